/** Every plain setting. Adding one: its file, and a line here. */
import type { Setting } from '../model/setting.ts';
import { passwordPolicy } from './password-policy.ts';

export const settings: readonly Setting[] = [passwordPolicy];

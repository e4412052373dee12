/** Tells whoever listens in this process what IAM was asked, and allowed: a test suite hears all of its sandboxes. */
import { channel } from 'node:diagnostics_channel';
import type { Demand } from './iam/evaluate.ts';

export const JUDGED = 'trueup:sandbox:judged';

export type Judged = { readonly role: string; readonly session: string; readonly demand: Demand };

const listeners = channel(JUDGED);

export function tellJudged(judged: Judged): void {
  if (listeners.hasSubscribers) listeners.publish(judged);
}

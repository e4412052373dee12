/** One text for many places: `{account}` and `{region}` stand for where it is applied. */
import type { Surroundings } from '../model/guardrail.ts';

export function atPlace(text: string, { account, region }: Pick<Surroundings, 'account' | 'region'>): string {
  return text.replaceAll('{account}', account).replaceAll('{region}', region);
}

/** One check of `trueup doctor`: what was looked at, how it came out, and what would mend it. */
import type { Remedy } from '../iam/remedies.ts';
import type { Reason } from '../model/problem.ts';
import type { Target } from '../model/snapshot.ts';

export type Check = Target & {
  readonly what: string;
  /** `unverified`: it cannot be told here whether it would work. */
  readonly status: 'ok' | 'failed' | 'unverified';
  readonly message: string;
  /** What to add, and where. */
  readonly remedies: readonly Remedy[];
};

export function checkAt(
  { account, region }: Target,
  status: Check['status'],
  what: string,
  ...[message, remedies = []]: readonly [message: string, remedies?: readonly Remedy[]]
): Check {
  return { account, region, what, status, message, remedies };
}

export function told({ message, advice }: Reason): string {
  return advice === undefined ? message : `${message}: ${advice}`;
}

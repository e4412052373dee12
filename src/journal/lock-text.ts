/** Who holds the lock, and whom does that keep out? The lock object as data; pure. */
import { z } from 'zod';

/** A share of an apply: machines that carry out different shares of the same state do not keep each other out. */
const share = z.object({ index: z.int().min(1), of: z.int().min(1), state: z.string() });

const holder = z.object({
  owner: z.string(),
  share: share.exactOptional(),
  /** ISO 8601 UTC, by the clock of the holder. */
  since: z.string(),
  renewedAt: z.string(),
  /** New with every sign of life. */
  beat: z.string(),
  /** Without a sign of life for this long the holder itself makes no further call. */
  leaseMs: z.int().min(1).max(600_000),
});
export type Holder = z.output<typeof holder>;

/** What somebody wants to hold it for. */
export type Claim = Pick<Holder, 'owner' | 'share'>;

const shape = z.object({ format: z.literal('trueup-lock/1'), holders: z.array(holder) });

/** `undefined`: not a lock that this version can read. */
export function parseLock(text: string): Holder[] | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data?.holders;
  } catch {
    return undefined;
  }
}

export function lockText(holders: readonly Holder[]): string {
  return `${JSON.stringify({ format: 'trueup-lock/1', holders })}\n`;
}

/** The first holder that keeps the claim out. */
export function blocking(holders: readonly Holder[], claim: Claim): Holder | undefined {
  return holders.find(({ share: theirs }) => {
    const ours = claim.share;
    const together = theirs && ours && theirs.of === ours.of && theirs.state === ours.state;
    return !together || theirs.index === ours.index;
  });
}

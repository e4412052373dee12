/** How often is looked for a change that AWS has accepted and may not show yet? */

/**
 * EC2 and IAM are eventually consistent, so a change may take a while to be seen.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const SOON_MS = [0, 250, 500, 1000, 2000, 4000, 8000];
const LATER_MS = 15_000;

/** The pause before each look, in milliseconds. At first in quick succession; then steadily, until `settlesWithinMs` has passed. */
export function* pauses(settlesWithinMs = 0): Generator<number> {
  yield* SOON_MS;
  let waited = SOON_MS.reduce((sum, pause) => sum + pause, 0);
  for (; waited < settlesWithinMs; waited += LATER_MS) yield LATER_MS;
}

/** After a refused call: a few looks, in case it was carried out all the same and only the answer was lost. */
export const AFTER_FAILURE: readonly number[] = [0, 500, 1500];

/** What is there now, and how long is it looked for? */
import { same } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { BUSY_PAUSES_MS, type Observation, stillBusy, type Value, type Want } from '../model/resource.ts';
import type { CellRun } from './cell-run.ts';

/**
 * EC2 and IAM are eventually consistent, so a change may take a while to be seen: seconds as a rule, minutes at worst.
 * After half a minute the cell says that it was not seen, and the next plan looks again.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
const SOON_MS = [0, 250, 500, 1000, 2000, 4000, 8000, 12_000];
const LATER_MS = 15_000;

/** The pause before each look, in milliseconds. At first in quick succession; then steadily, until `settlesWithinMs` has passed. */
function* pauses(settlesWithinMs = 0): Generator<number> {
  yield* SOON_MS;
  let waited = SOON_MS.reduce((sum, pause) => sum + pause, 0);
  for (; waited < settlesWithinMs; waited += LATER_MS) yield LATER_MS;
}

/** After a failed call: a few looks, in case it was carried out all the same and only the answer was lost. */
const AFTER_FAILURE: readonly number[] = [0, 500, 1500];

/** Looks for what an accepted call should have brought about, until it is there or long enough. */
export function lookFor(expected: Value, cell: Cell, run: CellRun): Promise<Observation | undefined> {
  return lookAfter(pauses(run.resource.settlesWithinMs), expected, cell, run);
}

/**
 * By these EC2 says that what was asked for is so already, as it does to the second copy of a request whose first answer
 * was lost: then it takes as long to be seen as after any other change.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const SAYS_DONE: readonly string[] = [
  'InvalidPermission.Duplicate',
  'InvalidPermission.NotFound',
  'InvalidSecurityGroupRuleId.NotFound',
];

export function saysDone(error: unknown): boolean {
  return error instanceof Error && SAYS_DONE.includes(error.name);
}

/** AWS read the one copy of the request that there was, and refused it: nothing was done, and there is nothing to look for. */
export function isRefused(error: unknown): boolean {
  const { attempts, httpStatusCode = 0 } = (error as { $metadata?: Sent }).$metadata ?? {};
  return attempts === 1 && httpStatusCode >= 400 && httpStatusCode < 500 && !saysDone(error);
}
type Sent = { readonly attempts?: number; readonly httpStatusCode?: number };

/** Looks whether a call that failed was carried out all the same. */
export function lookAfterFailure(expected: Value, cell: Cell, run: CellRun): Promise<Observation | undefined> {
  return lookAfter(AFTER_FAILURE, expected, cell, run);
}

async function lookAfter(
  rests: Iterable<number>,
  expected: Value,
  cell: Cell,
  run: CellRun,
): Promise<Observation | undefined> {
  for (const pause of rests) {
    if (pause > 0) await run.wait(pause, pause >= LATER_MS ? untilShown(run) : undefined);
    const seen = await look(cell, run, AGAIN);
    if (seen && same(seen.value, expected)) return seen;
    if (givesUpWaiting(run)) break;
  }
  return undefined;
}

/** Seconds are waited for even when the run is stopped, so that a call in flight has a known end; minutes are not. */
export function givesUpWaiting({ signal, resource }: CellRun): boolean {
  return signal.aborted && resource.settlesWithinMs !== undefined;
}

/** What AWS is still at work on is looked at again for a while. */
export async function lookUnlessBusy(cell: Cell, run: CellRun): Promise<Observation | undefined> {
  let seen = await look(cell, run);
  for (const pause of BUSY_PAUSES_MS) {
    if (!seen?.busy || run.signal.aborted) break;
    await run.wait(pause, stillBusy(seen.busy));
    seen = await look(cell, run);
  }
  return seen;
}

function untilShown({ resource: { name, settlesWithinMs = 0 } }: CellRun): string {
  return `waiting until AWS shows the change of ${name}: up to ${Math.ceil(settlesWithinMs / 60_000)} minutes`;
}

/** After a call its value says all that matters; whose it is was looked at before. */
const AGAIN = { again: true } as const;

async function look(
  { address }: Cell,
  { resource, session }: CellRun,
  more: Pick<Want, 'again'> = {},
): Promise<Observation | undefined> {
  const found = await resource.read(session, { ids: [address.id], close: true, ...more });
  const seen = Object.hasOwn(found, address.id) ? found[address.id] : undefined;
  if (seen?.unread) throw new TrueupError(seen.unread);
  return seen;
}

/** Accounts and regions that were discovered once and are shared by several runs: do they still answer the same question? */
import { same } from '../model/json.ts';
import { TrueupError } from '../model/problem.ts';
import type { Inventory, Stamp } from '../model/snapshot.ts';
import type { Fleet, Policy } from '../model/state.ts';
import { selectorsOf } from './discover.ts';
import { asksFor } from './select.ts';

export type StoredInventory = {
  readonly format: 'trueup-inventory/1';
  readonly stamp: Stamp;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly question: Question;
  readonly inventory: Inventory;
};

/** What discovery was asked: by the fleet, and by selectors that need units or tags of accounts. */
type Question = { readonly fleet: unknown; readonly asked: ReturnType<typeof asksFor> };

const MOST_HOURS = 24;

export function questionOf(fleet: Fleet, policies: readonly Policy[]): Question {
  const { accounts, include, exclude, callingAccount, regions, homeRegion, securityHub } = fleet;
  const asked = asksFor(selectorsOf(fleet, policies));
  return { fleet: { accounts, include, exclude, callingAccount, regions, homeRegion, securityHub }, asked };
}

/** @throws TrueupError `inventory-does-not-fit` */
export function reuseInventory(stored: StoredInventory, question: Question, now: Date): Inventory {
  const hours = (now.getTime() - Date.parse(stored.takenAt)) / 3_600_000;
  if (!(hours < MOST_HOURS)) throw notFitting(`it is older than ${MOST_HOURS} hours`);
  if (!same(stored.question.fleet, question.fleet))
    throw notFitting('the fleet has other accounts, regions, include or exclude since');
  // A selector for a tag that nobody looked up would mean no account at all, and say nothing.
  const missing = (['units', 'names', 'tags'] as const).find(
    (one) => question.asked[one] && !stored.question.asked[one],
  );
  if (missing) throw notFitting(`selectors of the state ask for ${WORDS[missing]}, which were not looked up`);
  return stored.inventory;
}

const WORDS = { units: 'organisational units', names: 'names of organisational units', tags: 'tags of accounts' };

function notFitting(why: string): TrueupError {
  return new TrueupError({
    code: 'inventory-does-not-fit',
    message: `the stored list of accounts does not fit this run: ${why}`,
    advice: 'take it again with "trueup targets --out FILE"',
  });
}

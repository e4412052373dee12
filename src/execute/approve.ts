/** Which cells of a fresh plan may be executed. Approval is a set of digests and can only narrow. */
import { addressKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { same } from '../model/json.ts';
import type { Cell, Plan } from '../model/plan.ts';
import type { Stamp } from '../model/snapshot.ts';
import { digestOf } from '../plan/digest.ts';
import { isOnTheWay } from './on-the-way.ts';

export type Approved = {
  readonly cells: readonly Cell[];
  /** Would change, and nobody approved that: it moved since the review, or is new. */
  readonly left: readonly Cell[];
  /** Approved as it is, but used by somebody whom the reviewers did not see. */
  readonly newlyUsed: readonly Cell[];
};

export type Approval = {
  /** Of cells, or the root digest of a plan, which approves exactly the plan that still has it. */
  readonly digests: ReadonlySet<string>;
  /** The cells as they were reviewed, where they are at hand: who used them then. */
  readonly reviewed?: readonly Cell[];
  /** Cells that earlier runs have begun and not finished, from their journals. */
  readonly unfinished?: readonly Cell[];
};

/** @param approval `undefined`: everything in the plan was shown and confirmed just now. */
export function approve(plan: Plan, approval: Approval | undefined): Approved {
  const changing = plan.cells.filter(({ outcome }) => outcome === 'change');
  if (!approval) return { cells: changing, left: [], newlyUsed: [] };
  const { digests, reviewed = [], unfinished = [] } = approval;
  const covers = coverage(plan, unfinished);
  const allowed = (cell: Cell): boolean => digests.has(plan.digest) || covers(cell, (digest) => digests.has(digest));
  const seen = new Map(reviewed.map((cell) => [addressKey(cell.address), cell]));
  const approved = changing.filter(allowed);
  const newlyUsed = approved.filter((cell) => hasNewUser(cell, seen.get(addressKey(cell.address))));
  return {
    cells: approved.filter((cell) => !newlyUsed.includes(cell)),
    left: changing.filter((cell) => !allowed(cell)),
    newlyUsed,
  };
}

/** Whether what is approved covers a cell: as it is, or as the rest of what an earlier run left half-done. */
export type Coverage = (cell: Cell, approves: (digest: string) => boolean) => boolean;

/** @param unfinished cells that earlier runs have begun and not finished, from their journals */
export function coverage({ stamp }: Pick<Plan, 'stamp'>, unfinished: readonly Cell[]): Coverage {
  const begun = groupBy(unfinished, ({ address }) => addressKey(address));
  return (cell, approves) =>
    approves(cell.digest) ||
    (begun.get(addressKey(cell.address)) ?? []).some((one) => approves(one.digest) && continues(cell, one, stamp));
}

/**
 * The rest of a cell that an earlier run left half-done: same end, and nobody else has been there.
 * A journal informs and never authorises: what it says was begun must itself have the digest that was approved.
 */
function continues(cell: Cell, begun: Cell, stamp: Stamp): boolean {
  return digestOf(stamp, begun) === begun.digest && same(begun.after, cell.after) && isOnTheWay(begun, cell.before);
}

function hasNewUser({ evidence }: Cell, reviewed: Cell | undefined): boolean {
  if (!reviewed) return false;
  const known = new Set(reviewed.evidence.flatMap(({ users }) => users));
  return evidence.some(({ users }) => users.some((user) => !known.has(user)));
}

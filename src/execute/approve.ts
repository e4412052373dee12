/** Which cells of a fresh plan may be executed. Approval is a set of digests and can only narrow. */
import { addressKey } from '../model/address.ts';
import { same } from '../model/json.ts';
import type { Cell, Plan } from '../model/plan.ts';
import { isOnTheWay } from './advance.ts';

export type Approved = {
  readonly cells: readonly Cell[];
  /** Would change, and nobody approved that: it moved since the review, or is new. */
  readonly left: readonly Cell[];
};

/**
 * @param digests of cells, or the root digest of a plan, which approves exactly the plan that still has it;
 *   `undefined`: everything in the plan was shown and confirmed just now.
 * @param unfinished cells that an earlier, interrupted run had begun, from its journal
 */
export function approve(
  plan: Plan,
  digests: ReadonlySet<string> | undefined,
  unfinished: readonly Cell[] = [],
): Approved {
  const changing = plan.cells.filter(({ outcome }) => outcome === 'change');
  if (!digests || digests.has(plan.digest)) return { cells: changing, left: [] };
  const begun = new Map(unfinished.map((cell) => [addressKey(cell.address), cell]));
  const allowed = (cell: Cell): boolean =>
    digests.has(cell.digest) || continues(cell, begun.get(addressKey(cell.address)), digests);
  return { cells: changing.filter(allowed), left: changing.filter((cell) => !allowed(cell)) };
}

/** The rest of an approved cell that a killed run left half-done: same end, and nobody else has been there. */
function continues(cell: Cell, begun: Cell | undefined, digests: ReadonlySet<string>): boolean {
  return (
    begun !== undefined && digests.has(begun.digest) && same(begun.after, cell.after) && isOnTheWay(begun, cell.before)
  );
}

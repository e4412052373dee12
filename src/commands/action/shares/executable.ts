/** What may a share carry out? What a record approves as it is now, and the order has, too; nothing by one of them alone. Pure. */
import { addressKey } from '../../../model/address.ts';
import type { Cell, Plan } from '../../../model/plan.ts';
import { decide } from '../decide.ts';
import type { OrderPart } from './part.ts';

/**
 * @param plan of the share, as it is now
 * @param begun what earlier runs left half-done there: of it no order can know, and it was within the limits then
 */
export function executable(
  plan: Plan,
  { approvals, digests }: Pick<OrderPart, 'approvals' | 'digests'>,
  begun: readonly Cell[],
): Cell[] {
  const approved = decide(plan, approvals, { unfinished: begun }).digests;
  const ordered = new Set(digests);
  const rests = new Set(begun.map(({ address }) => addressKey(address)));
  return plan.cells.filter(
    ({ digest, address }) => approved.has(digest) && (ordered.has(digest) || rests.has(addressKey(address))),
  );
}

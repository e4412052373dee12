/** Which cells share a session: one account, one region, one service, and no more than a session policy can name. */
import { byText, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cell } from '../model/plan.ts';
import type { Target } from '../model/snapshot.ts';

export type Batch = Target & { readonly service: string; readonly cells: readonly Cell[] };

/**
 * STS packs a policy in a way that only it knows; this many groups have room to spare in what was measured of it.
 * A batch that is refused all the same is halved (see `open-writer.ts`).
 */
export const CELLS_PER_BATCH = 20;

/** Cells in the order of their addresses, cut into batches. */
export function batchesOf(cells: readonly Cell[], size: number = CELLS_PER_BATCH): Batch[] {
  const groups = groupBy(cells, (cell) => `${targetKey(cell.address)} ${serviceOf(cell)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { account, region } = first.address;
    const sorted = [...group].sort(byText(({ address }) => `${address.resource}/${address.id}`));
    return slices(sorted, size).map((some) => ({ account, region, service: serviceOf(first), cells: some }));
  });
}

export function halve(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.cells.length / 2);
  return [batch.cells.slice(0, middle), batch.cells.slice(middle)].map((cells) => ({ ...batch, cells }));
}

function serviceOf({ steps }: Cell): string {
  return steps[0]?.call.operation.split(':')[0] ?? '';
}

function slices<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/**
 * Who keeps which traffic of a rule? Its peers fall into slices; within a slice everybody keeps the same.
 * The remainder of a rule is `rule − (∪ cuts − ∪ spared)`, so cuts are taken away first and what is spared comes back.
 */
import { contains, equal, intersect, NONE, type Point, type RangeSet, subtract, union } from './ranges.ts';
import { join, split } from './remembered.ts';

/** A set of traffic for a set of peers of one kind. */
export type Slice<P extends Point> = { readonly traffic: RangeSet<number>; readonly where: RangeSet<P> };

/** @returns slices that are disjoint, make up `area`, and differ in their traffic (which may be empty) */
export function slicesOf<P extends Point>(
  whole: Slice<P>,
  cuts: readonly Slice<P>[],
  spared: readonly Slice<P>[],
): readonly Slice<P>[] {
  let gone: readonly Slice<P>[] = [{ traffic: NONE, where: whole.where }];
  for (const cut of cuts) {
    const taken = intersect(whole.traffic, cut.traffic);
    gone = refine(gone, cut.where, (traffic) => (contains(traffic, taken) ? traffic : union(traffic, taken)));
  }
  for (const spare of spared) gone = refine(gone, spare.where, (traffic) => subtract(traffic, spare.traffic));
  return gone.map(({ traffic, where }) => ({ traffic: subtract(whole.traffic, traffic), where }));
}

/** Changes the traffic of whoever lies within `by`; slices with the same traffic become one. */
function refine<P extends Point>(
  slices: readonly Slice<P>[],
  by: RangeSet<P>,
  change: (traffic: RangeSet<number>) => RangeSet<number>,
): readonly Slice<P>[] {
  const refined: Slice<P>[] = [];
  const put = (traffic: RangeSet<number>, where: RangeSet<P>) => {
    if (where.length === 0) return;
    const at = refined.findIndex((slice) => slice.traffic === traffic || equal(slice.traffic, traffic));
    const slice = refined[at];
    if (slice) refined[at] = { traffic, where: join([slice.where, where]) };
    else refined.push({ traffic, where });
  };
  for (const { traffic, where } of slices) {
    const { inside, outside } = split(where, by);
    put(traffic, outside);
    if (inside.length > 0) put(change(traffic), inside);
  }
  return refined;
}

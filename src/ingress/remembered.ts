/**
 * What was computed from "everybody" before? Nearly every rule that is cut comes from anywhere, and the same entries cut
 * all of them: into the same slices, which the same networks cover. What grows out of all IPv4 or all IPv6 addresses is
 * kept for as long as the entries live that it was cut by; whatever else is computed each time.
 */
import { ALL_V4, ALL_V6, intersect, type Point, type RangeSet, subtract, union, unionOf } from './ranges.ts';

/** The parts of a set inside and outside another. */
type Split<P extends Point> = { readonly inside: RangeSet<P>; readonly outside: RangeSet<P> };

type Memory = {
  readonly splits: WeakMap<RangeSet<Point>, Split<Point>>;
  readonly joins: WeakMap<RangeSet<Point>, RangeSet<Point>>;
  readonly made: WeakMap<object, unknown>;
};

const memories = new WeakMap<RangeSet<Point>, Memory>();
remember(ALL_V4);
remember(ALL_V6);

export function split<P extends Point>(where: RangeSet<P>, by: RangeSet<P>): Split<P> {
  const memory = memories.get(where);
  if (!memory) return splitAnew(where, by);
  const known = memory.splits.get(by) as Split<P> | undefined;
  if (known) return known;
  const parts = splitAnew(where, by);
  memory.splits.set(by, parts);
  remember(parts.inside);
  remember(parts.outside);
  return parts;
}

export function join<P extends Point>(sets: readonly RangeSet<P>[]): RangeSet<P> {
  const [first, ...others] = sets;
  if (first === undefined || !sets.every((set) => memories.has(set))) return unionOf(sets);
  return others.reduce<RangeSet<P>>((sum, set) => joinTwo(sum, set), first);
}

/** @param make is asked once for each remembered set */
export function made<P extends Point, Made>(where: RangeSet<P>, make: (where: RangeSet<P>) => Made): Made {
  const memory = memories.get(where);
  if (!memory) return make(where);
  if (!memory.made.has(make)) memory.made.set(make, make(where));
  return memory.made.get(make) as Made;
}

function joinTwo<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): RangeSet<P> {
  const joins = memories.get(a)?.joins;
  const known = joins?.get(b) as RangeSet<P> | undefined;
  if (known) return known;
  const sum = union(a, b);
  remember(sum);
  joins?.set(b, sum);
  return sum;
}

function splitAnew<P extends Point>(where: RangeSet<P>, by: RangeSet<P>): Split<P> {
  const inside = intersect(where, by);
  return { inside, outside: subtract(where, inside) };
}

/** Nothing is the same set in every space, and belongs to none. */
function remember(set: RangeSet<Point>): void {
  if (set.length === 0 || memories.has(set)) return;
  memories.set(set, { splits: new WeakMap(), joins: new WeakMap(), made: new WeakMap() });
}

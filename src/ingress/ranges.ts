/**
 * Sets of addresses, ports or ICMP types as ranges: union, intersection, difference, containment, cover by CIDRs.
 * A set is the ascending list of its edges: `[a, b, c, d]` holds a ≤ x < b and c ≤ x < d. There is one list for one set,
 * adjacent ranges are already merged, and no operation needs arithmetic: the same code serves numbers and bigints.
 */
import { type Cidr, size4, size6 } from './cidr.ts';

export type Point = number | bigint;
export type RangeSet<P extends Point> = readonly P[];

export const NONE: RangeSet<never> = [];
export const ALL_V4: RangeSet<number> = [0, 2 ** 32];
export const ALL_V6: RangeSet<bigint> = [0n, 1n << 128n];

export function union<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): RangeSet<P> {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return combine(a, b, (inA, inB) => inA || inB);
}

export function intersect<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): RangeSet<P> {
  if (!overlaps(a, b)) return NONE;
  return combine(a, b, (inA, inB) => inA && inB);
}

export function subtract<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): RangeSet<P> {
  if (!overlaps(a, b)) return a;
  return combine(a, b, (inA, inB) => inA && !inB);
}

/** The union of any number of sets that come in any order. */
export function unionOf<P extends Point>(sets: readonly RangeSet<P>[]): RangeSet<P> {
  if (sets.length <= 2) return union(sets[0] ?? NONE, sets[1] ?? NONE);
  const half = sets.length >> 1;
  return union(unionOf(sets.slice(0, half)), unionOf(sets.slice(half)));
}

/** Whether every point of `inner` lies in `outer`, be it in several adjacent ranges. */
export function contains<P extends Point>(outer: RangeSet<P>, inner: RangeSet<P>): boolean {
  for (let i = 0; i < inner.length; i += 2) {
    const start = inner[i] as P;
    const end = inner[i + 1] as P;
    const at = edgesUpTo(outer, start);
    // An odd count of edges at or before the start: inside a range, which must last until the end.
    if (at % 2 === 0 || (outer[at] as P) < end) return false;
  }
  return true;
}

export function equal<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): boolean {
  return a.length === b.length && a.every((edge, i) => edge === b[i]);
}

export function includes<P extends Point>(set: RangeSet<P>, point: P): boolean {
  return edgesUpTo(set, point) % 2 === 1;
}

export function overlaps<P extends Point>(a: RangeSet<P>, b: RangeSet<P>): boolean {
  for (let i = 0; i < a.length; i += 2) {
    const at = edgesUpTo(b, a[i] as P);
    if (at % 2 === 1 || (at < b.length && (b[at] as P) < (a[i + 1] as P))) return true;
  }
  return false;
}

export function rangeOf(cidr: Cidr & { family: 'ipv4' }): RangeSet<number>;
export function rangeOf(cidr: Cidr & { family: 'ipv6' }): RangeSet<bigint>;
export function rangeOf(cidr: Cidr): RangeSet<number> | RangeSet<bigint> {
  // Everybody is the same set everywhere, so that it can be recognised.
  if (cidr.length === 0) return cidr.family === 'ipv4' ? ALL_V4 : ALL_V6;
  return cidr.family === 'ipv4'
    ? [cidr.first, cidr.first + size4(cidr.length)]
    : [cidr.first, cidr.first + size6(cidr.length)];
}

/** The fewest IPv4 networks that hold exactly these addresses, ascending. */
export function coverV4(set: RangeSet<number>): readonly (Cidr & { family: 'ipv4' })[] {
  const cover: (Cidr & { family: 'ipv4' })[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const end = set[i + 1] as number;
    // Networks grow and then shrink along a range, and each begins where one of its size may: start from the last size.
    let [size, length] = [1, 32];
    for (let first = set[i] as number; first < end; first += size) {
      for (; length > 0 && first % (size * 2) === 0 && first + size * 2 <= end; length--) size *= 2;
      for (; first + size > end; length++) size /= 2;
      cover.push({ family: 'ipv4', first, length });
    }
  }
  return cover;
}

/** The fewest IPv6 networks that hold exactly these addresses, ascending. */
export function coverV6(set: RangeSet<bigint>): readonly (Cidr & { family: 'ipv6' })[] {
  const cover: (Cidr & { family: 'ipv6' })[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const end = set[i + 1] as bigint;
    let [size, length] = [1n, 128];
    for (let first = set[i] as bigint; first < end; first += size) {
      for (; length > 0 && first % (size * 2n) === 0n && first + size * 2n <= end; length--) size *= 2n;
      for (; first + size > end; length++) size /= 2n;
      cover.push({ family: 'ipv6', first, length });
    }
  }
  return cover;
}

/** Walks the edges of both sets in order and keeps those where membership of the result changes. */
function combine<P extends Point>(a: RangeSet<P>, b: RangeSet<P>, keep: (inA: boolean, inB: boolean) => boolean): P[] {
  const edges: P[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const next = j >= b.length || (i < a.length && (a[i] as P) <= (b[j] as P)) ? (a[i] as P) : (b[j] as P);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    if (keep(i % 2 === 1, j % 2 === 1) !== (edges.length % 2 === 1)) edges.push(next);
  }
  return edges;
}

/** Every edge of any of the sets once, ascending. */
export function edgesOf<P extends Point>(sets: readonly RangeSet<P>[]): readonly P[] {
  return [...new Set(sets.flat())].sort((a, b) => (a < b ? -1 : 1));
}

/** How many edges lie at or before a point. */
export function edgesUpTo<P extends Point>(set: RangeSet<P>, point: P): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle] as P) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

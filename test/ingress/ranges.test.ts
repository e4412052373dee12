import { containsCidr, excludeCidr, mergeCidr, overlapCidr } from 'cidr-tools';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cidr, formatCidr, parseCidr } from '../../src/ingress/cidr.ts';
import {
  contains,
  coverV4,
  coverV6,
  includes,
  intersect,
  overlaps,
  type RangeSet,
  rangeOf,
  subtract,
  union,
  unionOf,
} from '../../src/ingress/ranges.ts';
import { lawRuns } from '../support/law-runs.ts';
import { cidr4, cidr6 } from './arbitraries.ts';

type V4 = Cidr & { family: 'ipv4' };
type V6 = Cidr & { family: 'ipv6' };
const isV4 = (cidr: Cidr): cidr is V4 => cidr.family === 'ipv4';
const isV6 = (cidr: Cidr): cidr is V6 => cidr.family === 'ipv6';
const set4 = (cidrs: readonly Cidr[]): RangeSet<number> => unionOf(cidrs.filter(isV4).map((cidr) => rangeOf(cidr)));
const set6 = (cidrs: readonly Cidr[]): RangeSet<bigint> => unionOf(cidrs.filter(isV6).map((cidr) => rangeOf(cidr)));
const texts = (cidrs: readonly Cidr[]): string[] => cidrs.map(formatCidr).sort();
/** The order and spelling of the oracle are its own. */
const respelt = (cidrs: readonly string[]): string[] =>
  cidrs
    .map((text) => {
      const cidr = parseCidr(text);
      return 'problem' in cidr ? cidr.problem : formatCidr(cidr);
    })
    .sort();

/** Networks that nest and touch. */
const some4 = fc.array(
  cidr4(0).map((cidr) => (isV4(cidr) ? near4(cidr) : cidr)),
  { minLength: 1, maxLength: 6 },
);
const some6 = fc.array(
  cidr6(0).map((cidr) => (isV6(cidr) ? near6(cidr) : cidr)),
  { minLength: 1, maxLength: 6 },
);
function near4({ first, length }: V4): V4 {
  const long = 24 + (length % 9);
  return { family: 'ipv4', first: 0x0a000000 + ((first % 2 ** 8) & -(2 ** (32 - long))), length: long };
}
function near6({ first, length }: V6): V6 {
  const long = 120 + (length % 9);
  const size = 1n << BigInt(128 - long);
  const host = (first >> 100n) & 0xffn;
  return { family: 'ipv6', first: (0xfdn << 120n) + host - (host % size), length: long };
}

/** Sets of small numbers, as sorted edges and as the numbers themselves. */
const small = fc.uniqueArray(fc.nat(20), { maxLength: 10 }).map((edges) => {
  const sorted = edges.sort((a, b) => a - b);
  return sorted.slice(0, sorted.length - (sorted.length % 2));
});
const members = (set: RangeSet<number>): number[] =>
  Array.from({ length: 21 }, (_, i) => i).filter((i) => includes(set, i));

describe('sets of ranges', () => {
  it('behave as sets of their members, and there is one list for one set', () => {
    const law = fc.property(small, small, (a, b) => {
      const [inA, inB] = [new Set(members(a)), new Set(members(b))];
      expect(members(union(a, b))).toEqual(
        Array.from({ length: 21 }, (_, i) => i).filter((i) => inA.has(i) || inB.has(i)),
      );
      expect(members(intersect(a, b))).toEqual([...inA].filter((i) => inB.has(i)));
      expect(members(subtract(a, b))).toEqual([...inA].filter((i) => !inB.has(i)));
      expect(contains(a, b)).toBe([...inB].every((i) => inA.has(i)));
      expect(overlaps(a, b)).toBe([...inB].some((i) => inA.has(i)));
      for (const set of [union(a, b), intersect(a, b), subtract(a, b)]) {
        expect(set.length % 2).toBe(0);
        expect(set).toEqual([...new Set(set)].sort((x, y) => x - y));
      }
    });
    fc.assert(law, { numRuns: lawRuns(10_000) });
  });

  it('are what cidr-tools says, for IPv4 and IPv6', () => {
    const law = fc.property(some4, some4, some6, some6, (a4, b4, a6, b6) => {
      const [a, b] = [texts([...a4, ...a6]), texts([...b4, ...b6])];
      const cover = (v4: RangeSet<number>, v6: RangeSet<bigint>) => texts([...coverV4(v4), ...coverV6(v6)]);
      expect(cover(union(set4(a4), set4(b4)), union(set6(a6), set6(b6)))).toEqual(respelt(mergeCidr([...a, ...b])));
      expect(cover(subtract(set4(a4), set4(b4)), subtract(set6(a6), set6(b6)))).toEqual(respelt(excludeCidr(a, b)));
      expect(overlaps(set4(a4), set4(b4)) || overlaps(set6(a6), set6(b6))).toBe(overlapCidr(a, b));
      // The oracle does not see a union of two halves unless it is merged first.
      expect(contains(set4(a4), set4(b4)) && contains(set6(a6), set6(b6))).toBe(containsCidr(mergeCidr(a), b));
    });
    fc.assert(law, { numRuns: lawRuns(3000) });
  });

  it('see a range that is held by two halves together', () => {
    const halves = set4([
      { family: 'ipv4', first: 0, length: 1 },
      { family: 'ipv4', first: 2 ** 31, length: 1 },
    ]);
    expect(contains(halves, [0, 2 ** 32])).toBe(true);
    expect(coverV4(halves)).toEqual([{ family: 'ipv4', first: 0, length: 0 }]);
  });

  it('are covered to the very ends of both spaces', () => {
    expect(texts(coverV4([1, 2 ** 32 - 1]))).toHaveLength(62);
    expect(texts(coverV6([1n, (1n << 128n) - 1n]))).toHaveLength(254);
    expect(texts(coverV6([0n, 1n << 128n]))).toEqual(['::/0']);
    expect(coverV4([])).toEqual([]);
  });
});

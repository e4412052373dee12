/** Is what was remembered about everybody what would be computed anew? */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ALL_V4, coverV4, type RangeSet, unionOf } from '../../src/ingress/ranges.ts';
import { type Slice, slicesOf } from '../../src/ingress/slices.ts';
import { IPV4 } from '../../src/ingress/space.ts';
import { lawRuns } from '../support/law-runs.ts';

const within = (last: number) =>
  fc.tuple(fc.nat(last - 1), fc.nat(last - 1)).map(([a, b]): RangeSet<number> => [Math.min(a, b), Math.max(a, b) + 1]);
/** Few sets, and the very same ones again and again, as the entries of a state are. */
const pool = fc.array(fc.array(within(2 ** 32), { minLength: 1, maxLength: 3 }).map(unionOf), {
  minLength: 1,
  maxLength: 4,
});
const traffic = fc.array(within(30), { minLength: 1, maxLength: 2 }).map(unionOf);

it('whatever cuts it, in any order, and whatever else was cut before', () => {
  const slice = fc.record({ traffic, at: fc.nat() });
  const rule = fc.record({
    traffic,
    cuts: fc.array(slice, { maxLength: 6 }),
    spared: fc.array(slice, { maxLength: 2 }),
  });
  const law = fc.property(pool, fc.array(rule, { minLength: 1, maxLength: 6 }), (sets, rules) => {
    for (const { traffic, cuts, spared } of rules) {
      const pick = (some: readonly { traffic: RangeSet<number>; at: number }[]): Slice<number>[] =>
        some.map((one) => ({ traffic: one.traffic, where: sets[one.at % sets.length] ?? [] }));
      const remembered = slicesOf({ traffic, where: ALL_V4 }, pick(cuts), pick(spared));
      const anew = slicesOf({ traffic, where: [...ALL_V4] }, pick(cuts), pick(spared));
      expect(remembered).toEqual(anew);
      for (const { where } of remembered)
        expect(IPV4.networks(where).map(({ where: [first] }) => first)).toEqual(
          coverV4(where).map(({ first }) => first),
        );
    }
  });
  fc.assert(law, { numRuns: lawRuns(5000) });
});

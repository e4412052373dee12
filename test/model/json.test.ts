/** Comparing data must not depend on how it is compared. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, same } from '../../src/model/json.ts';
import { lawRuns } from '../support/law-runs.ts';

/** Few keys and values, so that two of them are often alike. */
const { value: data } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, undefined, true, 0, 1, '', 'a', '1'),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0', '1'), tie('value'), { maxKeys: 2 }),
  ),
}));

describe('two pieces of data are the same', () => {
  it('exactly when their canonical texts are', () => {
    fc.assert(
      fc.property(data, data, (a, b) => {
        expect(same(a, b)).toBe(canonical(a) === canonical(b));
        expect(same(a, structuredClone(a))).toBe(true);
      }),
      { numRuns: lawRuns(10_000) },
    );
  });

  it.each([
    [{ a: undefined }, {}],
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [[undefined], [null]],
    [undefined, null],
  ])('%j and %j', (a, b) => expect(same(a, b)).toBe(true));

  it.each([
    [[], {}],
    [['a'], { 0: 'a' }],
    [{ a: null }, {}],
    [[1], [1, 1]],
    [1, '1'],
  ])('not %j and %j', (a, b) => {
    expect(same(a, b)).toBe(false);
    expect(same(b, a)).toBe(false);
  });
});

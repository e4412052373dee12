import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, flow } from '../../src/render/flow.ts';
import { type Span, span } from '../../src/render/paint.ts';

const unpainted = ({ text }: Span): string => text;

it.each([
  ['abc', 3],
  ['漢字', 4],
  ['한글', 4],
  ['🚀', 2],
  ['e\u0301', 1],
  ['ﾊﾝｶｸ', 4],
  ['ＡＢ', 4],
  ['→ “x” …', 7],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

describe('flow', () => {
  it('breaks at spaces and indents what follows', () => {
    const lines = flow([span('one two three'), span(' four')], { first: 0, rest: 2 }, 9, unpainted);
    expect(lines).toEqual(['one two', '  three', '  four']);
  });

  it('breaks inside a word that is longer than a line', () => {
    expect(flow([span('a 漢字漢字漢字')], { first: 0, rest: 2 }, 8, unpainted)).toEqual(['a 漢字漢', '  字漢字']);
  });

  it('gives an empty line for nothing', () => {
    expect(flow([], { first: 0, rest: 2 }, 40, unpainted)).toEqual(['']);
  });

  it('paints neighbours of one tone together', () => {
    const paint = ({ text, tone }: Span): string => `<${tone}:${text}>`;
    expect(flow([span('a b '), span('c'), span('d', 'good')], { first: 0, rest: 0 }, 40, paint)).toEqual([
      '<plain:a b c><good:d>',
    ]);
  });

  it('loses nothing but spaces, and is never wider than it may be', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '漢', '🚀', 'é', '-'), maxLength: 30 }));
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 60 }), (parts, width) => {
        const lines = flow(
          parts.map((text) => span(text)),
          { first: 4, rest: 6 },
          width,
          unpainted,
        );
        expect(lines.join('').replaceAll(' ', '')).toBe(parts.join('').replaceAll(' ', ''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

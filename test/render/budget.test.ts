import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, fitInto } from '../../src/render/budget.ts';

const more = (cells: number): string => `\n${cells} more\n`;
const block = (head: string, full: string, short: string, pieces: number): Block => ({
  head,
  pieces: Array.from({ length: pieces }, () => ({ full: () => full, short: () => short, cells: 1 })),
  more,
});

describe('fitInto', () => {
  it('shows everything in full where there is room', () => {
    expect(fitInto([block('A\n', 'full\n', 's\n', 2), block('B\n', 'full\n', 's\n', 1)], 100)).toBe(
      'A\nfull\nfull\nB\nfull\n',
    );
  });

  it('falls back to the short form, and then to a number', () => {
    expect(fitInto([block('A\n', `${'x'.repeat(30)}\n`, 'short\n', 100)], 90)).toBe(
      `A\n${'x'.repeat(30)}\n${'short\n'.repeat(8)}\n91 more\n`,
    );
  });

  it('leaves room for every block, however much the first one has to say', () => {
    const text = fitInto([block('A\n', 'aaaa\n', 'aaaa\n', 1000), block('B\n', 'bbbb\n', 'bbbb\n', 1000)], 200);
    expect(text).toMatch(/^A\n(aaaa\n)+\n\d+ more\nB\n(bbbb\n)+\n\d+ more\n$/);
  });

  it('is never longer than it may be, and accounts for every cell', () => {
    const piece = fc.record({
      full: fc.integer({ min: 1, max: 90 }).map((length) => () => `${'f'.repeat(length)}\n`),
      short: fc.integer({ min: 1, max: 20 }).map((length) => () => `${'s'.repeat(length)}\n`),
      cells: fc.constant(1),
    });
    const blocks = fc.array(fc.record({ head: fc.constant('#\n'), pieces: fc.array(piece), more: fc.constant(more) }));
    fc.assert(
      fc.property(blocks, fc.integer({ min: 0, max: 1000 }), (all, budget) => {
        const text = fitInto(all, budget);
        expect(text.length).toBeLessThanOrEqual(budget);
        const roomy = budget >= all.length * 20;
        const shown = (text.match(/^[fs]+$/gm) ?? []).length;
        const counted = [...text.matchAll(/(\d+) more/g)].reduce((sum, [, number]) => sum + Number(number), 0);
        if (roomy) expect(shown + counted).toBe(all.reduce((sum, { pieces }) => sum + pieces.length, 0));
      }),
    );
  });
});

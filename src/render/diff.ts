/** What differs between two lists of lines, with a little of what does not around it? */
import { diffArrays } from 'diff';

/** A line that goes, comes, stays, or stands for several that stay. */
export type DiffLine = { readonly sign: '-' | '+' | ' ' | '@'; readonly text: string };

const CONTEXT = 2;

export function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const lines = diffArrays([...before], [...after]).flatMap(({ added, removed, value }) =>
    value.map((text): DiffLine => ({ sign: added ? '+' : removed ? '-' : ' ', text })),
  );
  return withoutDistantContext(lines);
}

function withoutDistantContext(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = new Set(lines.flatMap(({ sign }, i) => (sign === ' ' ? [] : around(i))));
  const shown: DiffLine[] = [];
  let hidden = 0;
  for (const [i, line] of lines.entries()) {
    if (!near.has(i)) hidden += 1;
    if (near.has(i) && hidden > 0) shown.push(gap(hidden));
    if (near.has(i)) {
      shown.push(line);
      hidden = 0;
    }
  }
  return hidden > 0 && shown.length > 0 ? [...shown, gap(hidden)] : shown;
}

function around(i: number): number[] {
  return Array.from({ length: 2 * CONTEXT + 1 }, (_, k) => i - CONTEXT + k);
}

function gap(lines: number): DiffLine {
  return { sign: '@', text: `${lines} unchanged` };
}

/** How much fits? Whole pieces only; every section gets its share, so that no section can crowd out another. */

/** A piece in full and in short; the short form is used once the full one no longer fits. */
export type Piece = { readonly full: string; readonly short: string; readonly cells: number };

/** @param more the line that says how many cells are not shown */
export type Block = { readonly head: string; readonly pieces: readonly Piece[]; more(cells: number): string };

/** Joins blocks in order, at most `budget` UTF-16 units. What a block leaves over goes to those after it. */
export function fitInto(blocks: readonly Block[], budget: number): string {
  let left = budget;
  return blocks
    .map((block, i) => {
      const text = fitBlock(block, Math.floor(left / (blocks.length - i)));
      left -= text.length;
      return text;
    })
    .join('');
}

function fitBlock({ head, pieces, more }: Block, budget: number): string {
  // Many short lines tell more than a few long pieces: these may take half of the room when not all of them fit.
  const roomForFull = head.length + sum(pieces.map(({ full }) => full.length)) <= budget ? budget : budget / 2;
  let text = head;
  let hidden = sum(pieces.map(({ cells }) => cells));
  for (const { full, short, cells } of pieces) {
    const ending = hidden === cells ? 0 : more(hidden - cells).length;
    const length = text.length + ending;
    if (length + full.length <= roomForFull) text += full;
    else if (length + short.length <= budget) text += short;
    else break;
    hidden -= cells;
  }
  if (hidden > 0) text += more(hidden);
  return text.length <= budget ? text : '';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

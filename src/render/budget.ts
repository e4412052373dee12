/** How much fits? Whole pieces only; every section gets its share, so that no section can crowd out another. */

/**
 * A piece in full and in short; the short form is used once the full one no longer fits. Written only when there is a
 * chance that it is shown: of ten thousand pieces that is a hundred.
 */
export type Piece = { full(): string; short(): string; readonly cells: number };

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
  const fulls = inFull(pieces, budget - head.length);
  const roomForFull = fulls.length === pieces.length ? budget : budget / 2;
  let text = head;
  let hidden = pieces.reduce((total, { cells }) => total + cells, 0);
  for (const [i, { full, short, cells }] of pieces.entries()) {
    const ending = hidden === cells ? 0 : more(hidden - cells).length;
    const length = text.length + ending;
    const whole = length < roomForFull ? (fulls[i] ?? full()) : undefined;
    if (whole !== undefined && length + whole.length <= roomForFull) text += whole;
    else {
      const line = short();
      if (length + line.length > budget) break;
      text += line;
    }
    hidden -= cells;
  }
  if (hidden > 0) text += more(hidden);
  return text.length <= budget ? text : '';
}

/** As many from the first on as fit together. */
function inFull(pieces: readonly Piece[], budget: number): readonly string[] {
  const texts: string[] = [];
  let left = budget;
  for (const { full } of pieces) {
    const text = full();
    left -= text.length;
    if (left < 0) break;
    texts.push(text);
  }
  return texts;
}

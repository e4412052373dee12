/** Is what a page shows what is printed? `…` alone stands for lines left out, within a line for what varies. */

/** The lines of the page that are not printed, or not in this order. */
export function unseen(shown: readonly string[], printed: string): readonly string[] {
  const lines = printed.split('\n');
  let from = 0;
  return shown.filter((line) => {
    if (line.trim() === '…' || line.trim() === '') return false;
    const found = lines.findIndex((candidate, index) => index >= from && patternOf(line).test(candidate));
    if (found >= 0) from = found + 1;
    return found < 0;
  });
}

function patternOf(line: string): RegExp {
  const parts = line.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/** Small words of a message: quoting what stands in the state, and finding what was probably meant. */

const LONGEST_QUOTE = 60;

/** In quotes, and short enough for a sentence. The text stays hostile: whoever shows it must neutralise it. */
export function quote(text: string): string {
  return `"${text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text}"`;
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** `did you mean "x"?`, or the known names if none is near and they are few. */
export function suggest(word: string, known: readonly string[]): { readonly advice?: string } {
  const nearest = findNearest(word, known);
  if (nearest !== undefined) return { advice: `did you mean "${nearest}"?` };
  return known.length > 0 && known.length <= 15 ? { advice: `known are ${known.join(', ')}` } : {};
}

/** More names than a person has: comparing each mistake with each of them would take for ever. */
const MOST_NAMES = 500;

/** The known name with the fewest typing errors between it and the word, if they are few enough to be typing errors. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, LONGEST_QUOTE);
  const most = ({ length }: string) => Math.max(1, Math.floor(Math.max(wanted.length, length) / 3));
  const ranked = (known.length > MOST_NAMES ? [] : known)
    .filter((name) => Math.abs(name.length - wanted.length) <= most(name))
    .map((name) => ({ name, away: distance(wanted, name.toLowerCase()) }))
    .filter(({ name, away }) => away <= most(name))
    .sort((a, b) => a.away - b.away || (a.name < b.name ? -1 : 1));
  return ranked[0]?.name ?? known.find((name) => wanted.length >= 4 && name.toLowerCase().startsWith(wanted));
}

/** Levenshtein: insertions, deletions and replacements, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What was probably meant by a word that nobody knows? */

/** A longer one is compared by its beginning. */
const LONGEST_WORD = 60;

/** More names than a person has: comparing each mistake with each of them would take for ever. */
const MOST_NAMES = 500;

/** The known name with the fewest typing errors between it and the word, if they are few enough to be typing errors. */
export function findNearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase().slice(0, LONGEST_WORD);
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

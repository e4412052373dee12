/** Does a name match a pattern with `*` and `?`? At most pattern × text steps, whatever the pattern: names are chosen by others. */

/** Case-sensitive, over the whole text. `*` stands for any characters, `?` for exactly one. */
export function globMatches(pattern: string, text: string): boolean {
  const [wanted, given] = [[...pattern], [...text]];
  let [at, star, resume] = [0, -1, 0];
  let position = 0;
  while (position < given.length) {
    if (wanted[at] === '*') {
      star = at++;
      resume = position;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      // Let the last star take one character more, and try again after it.
      at = star + 1;
      position = ++resume;
    } else return false;
  }
  return wanted.slice(at).every((left) => left === '*');
}

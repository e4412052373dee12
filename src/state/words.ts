/** Small words of a message: quoting what stands in the state, and finding what was probably meant. */
import { findNearest } from '../model/nearest.ts';

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

/** Makes text that came from AWS fit to be shown: one line, no control or direction marks, bounded, no key ids. Pure. */

const LONGEST = 400;

// Control characters, and the marks that reorder or hide text: soft hyphen, zero width, bidirectional, byte order.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;
const KEY_ID = /\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g;

export function printable(text: string): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(KEY_ID, '$1…').replace(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : line;
}

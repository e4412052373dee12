/** Data as JSON text for a terminal or a log: the same data, with every character that could act on either spelled out. */

/** Control and format characters (bidi, zero width); line feeds between the lines of the text are ours. */
const ACTIVE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function renderJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(ACTIVE, spell);
}

function spell(character: string): string {
  return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16).padStart(4, '0'))
    .map((digits) => `\\u${digits}`)
    .join('');
}

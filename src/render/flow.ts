/** How do styled pieces of text become lines of a given width? Wide characters take two columns; nothing is cut off. */

import type { Paint, Span } from './paint.ts';

/** Where a line begins, and where its continuation lines do. */
export type Indent = { readonly first: number; readonly rest: number };

/** Columns that a terminal gives to East Asian wide characters and to emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const COMBINING = /^\p{M}$/u;
const NARROW_ONLY = /^[\x20-\x7e]*$/;

/** Columns that an escaped text takes in a terminal. */
export function displayWidth(text: string): number {
  if (NARROW_ONLY.test(text)) return text.length;
  return [...text].reduce((width, character) => width + characterWidth(character), 0);
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Lays spans out in lines no wider than `width`, broken at spaces, or inside a word that has no line to itself. */
export function flow(spans: readonly Span[], indent: Indent, width: number, paint: Paint): readonly string[] {
  const lines: Span[][] = [[]];
  let used = indent.first;
  for (const word of spans.flatMap(words).flatMap((span) => pieces(span, width - indent.rest))) {
    const room = displayWidth(word.text.trimEnd());
    const begun = lines.at(-1) ?? [];
    if (begun.length > 0 && used + room > width) {
      lines.push([word]);
      used = indent.rest + displayWidth(word.text);
    } else {
      begun.push(word);
      used += displayWidth(word.text);
    }
  }
  return lines.map((line, i) => ' '.repeat(i === 0 ? indent.first : indent.rest) + joined(line, paint));
}

/** A word keeps the spaces behind it. */
function words({ text, tone }: Span): Span[] {
  return (text.match(/^ +|[^ ]+ */g) ?? []).map((word) => ({ text: word, tone }));
}

function pieces(span: Span, width: number): Span[] {
  if (displayWidth(span.text.trimEnd()) <= width) return [span];
  const cut: string[] = [''];
  let used = 0;
  for (const character of span.text) {
    const columns = characterWidth(character);
    if (used + columns > width) cut.push('');
    used = used + columns > width ? columns : used + columns;
    cut[cut.length - 1] += character;
  }
  return cut.map((text) => ({ text, tone: span.tone }));
}

/** Spaces at the end of a line go; neighbours of one tone are painted together. */
function joined(line: readonly Span[], paint: Paint): string {
  const merged: Span[] = [];
  for (const { text, tone } of line) {
    const before = merged.at(-1);
    if (before?.tone === tone) merged[merged.length - 1] = { text: before.text + text, tone };
    else merged.push({ text, tone });
  }
  return merged.map((span, i) => paint(i < merged.length - 1 ? span : { ...span, text: span.text.trimEnd() })).join('');
}

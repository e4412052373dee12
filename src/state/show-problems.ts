/** Problems as plain text: place, sentence, the line with a caret below it, and what to write instead. */
import type { Problem } from '../model/problem.ts';

/** Whoever opens a pull request decides what stands here, so nothing of it may steer the terminal. */
export function showProblems(problems: readonly Problem[]): string {
  return problems.map(showProblem).join('\n\n');
}

function showProblem({ at, message, advice, text }: Problem): string {
  const head = `${neutralize(at.file)}:${at.line}:${at.column}  ${neutralize(message)}`;
  const gutter = ' '.repeat(String(at.line).length);
  const excerpt = text === undefined ? [] : showLine(text, at.line, at.column, gutter);
  const hint = advice === undefined ? [] : [`  ${gutter} = ${neutralize(advice)}`];
  return [head, ...excerpt, ...hint].join('\n');
}

const WIDEST = 100;
const LEFT_OF_CARET = 60;

function showLine(text: string, line: number, column: number, gutter: string): readonly string[] {
  const caret = column - 1;
  const start = caret < LEFT_OF_CARET || text.length <= WIDEST ? 0 : wholeCharacter(text, caret - LEFT_OF_CARET);
  const end = text.length - start <= WIDEST ? text.length : wholeCharacter(text, start + WIDEST);
  const before = `${start > 0 ? '…' : ''}${neutralize(text.slice(start, caret))}`;
  const after = `${neutralize(text.slice(caret, end))}${end < text.length ? '…' : ''}`;
  return [`  ${line} | ${before}${after}`, `  ${gutter} | ${' '.repeat(width(before))}^`];
}

/** Not between the two halves of a character beyond U+FFFF. */
function wholeCharacter(text: string, index: number): number {
  return /[\uDC00-\uDFFF]/.test(text.charAt(index)) ? index + 1 : index;
}

/**
 * Characters that move the cursor, colour the terminal, reorder the text or are not shown at all, written as their code
 * points. A tab becomes a space, so that the caret below stands in its place.
 */
export function neutralize(text: string): string {
  const tabless = text.replaceAll('\t', ' ');
  return tabless.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]/u;
const COMBINING = /[\p{Mn}\p{Me}]/u;

/** Columns on a terminal, near enough for a caret: most East Asian characters and emoji take two, accents none. */
function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1), 0);
}

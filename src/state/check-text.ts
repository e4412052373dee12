/** May this text be parsed at all? What a reviewer sees must be what is read, and no file may exhaust the parser. */
import type { Problem } from '../model/problem.ts';
import { problemAt, type Source } from './source.ts';

export const LARGEST_FILE = 1024 * 1024;

/**
 * Control characters, line breaks that YAML does not know, zero-width characters, and those that reorder the text
 * around them (a reviewer would read another rule than the one that applies: https://trojansource.codes). Marks that
 * Arabic, Hebrew or emoji need (U+200C to U+200F) are left alone.
 */
const HIDDEN = /[\p{Cc}\p{Cs}\u2028\u2029\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/u;
const ALLOWED = /[\t\n]|\r(?=\n)/y;

export function checkText(source: Source): Problem | undefined {
  const bytes = Buffer.byteLength(source.text);
  if (bytes > LARGEST_FILE) return problemAt(source, 0, tooLarge(bytes));
  const offset = findHidden(source.text);
  return offset === undefined ? undefined : problemAt(source, offset, hidden(source.text, offset));
}

export function tooLarge(bytes: number) {
  return {
    code: 'file-too-large',
    message: `the file has ${bytes} bytes, more than the ${LARGEST_FILE} (1 MiB) that a file of the state may have`,
    advice: 'split it into several files: all .yaml and .yml files below the directory are read',
  } as const;
}

function hidden(text: string, offset: number) {
  const point = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    code: 'hidden-character',
    message: `the character U+${point} is not shown, or changes how the text around it is shown`,
    advice: 'remove it, so that what a reviewer sees is what is read',
  } as const;
}

function findHidden(text: string): number | undefined {
  const search = new RegExp(HIDDEN, 'gu');
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    ALLOWED.lastIndex = match.index;
    if (!ALLOWED.test(text)) return match.index;
  }
  return undefined;
}

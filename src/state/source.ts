/** A file of the state as text: which line and column is an offset, and what does the line say? */
import type { Position, Problem } from '../model/problem.ts';
import type { StateCode } from './codes.ts';

export type Source = {
  readonly path: string;
  /** Without a byte order mark. */
  readonly text: string;
  /** Offset at which each line starts. */
  readonly lines: readonly number[];
};

/** A problem that does not know yet where it stands. */
export type Complaint = { readonly code: StateCode; readonly message: string; readonly advice?: string };

/** A byte order mark is accepted and does not count as a column. */
export function openSource(path: string, content: string): Source {
  const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
  const lines = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines.push(end + 1);
  return { path, text, lines };
}

/** Columns count UTF-16 code units, as editors and TypeScript do. */
export function positionAt(source: Source, offset: number): Position {
  const inside = Math.max(0, Math.min(offset, source.text.length));
  const line = lineIndex(source.lines, inside);
  return { file: source.path, line: line + 1, column: inside - (source.lines[line] ?? 0) + 1 };
}

export function problemAt(source: Source, offset: number, complaint: Complaint): Problem {
  const at = positionAt(source, offset);
  return { ...complaint, at, text: lineText(source, at.line) };
}

/** The lines on which these places are, by their numbers. */
export function linesAt(source: Source, places: readonly Position[]): { readonly [line: number]: string } {
  return Object.fromEntries([...new Set(places.map(({ line }) => line))].map((line) => [line, lineText(source, line)]));
}

/** A slice without a search: a line may be a megabyte long and have a problem at every second character. */
function lineText({ text, lines }: Source, line: number): string {
  const next = lines[line];
  const end = next === undefined ? text.length : next - 1;
  return text.slice(lines[line - 1], text[end - 1] === '\r' ? end - 1 : end);
}

/** The last line that starts at or before the offset. */
function lineIndex(lines: readonly number[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

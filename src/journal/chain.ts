/** The lines of a journal as a chain of hashes: a line that was changed, lost or put in does not fit its neighbours. */
import { createHash } from 'node:crypto';
import type { JournalEntry, JournalLine } from '../model/journal.ts';

/** SHA-256 of a line's text, as the next line carries it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function writeLine(previous: string, at: string, entry: JournalEntry): string {
  return JSON.stringify({ at, previous, entry } satisfies JournalLine);
}

export type Chain = {
  readonly lines: readonly JournalLine[];
  /** What does not fit, in words. */
  readonly faults: readonly string[];
};

/** @param first the hash that the first line must carry @param text the whole file */
export function readChain(first: string, text: string): Chain {
  const lines: JournalLine[] = [];
  const faults: string[] = [];
  const texts = text.split('\n');
  // A killed process can leave its last line half-written: it was never acted upon, because it was never durable.
  const torn = texts.pop();
  if (torn) faults.push('the last line is incomplete: the process was killed while writing it');
  let previous = first;
  for (const [index, one] of texts.entries()) {
    const line = parse(one);
    if (!line) {
      faults.push(`line ${index + 1} is not a journal entry`);
      break;
    }
    if (line.previous !== previous) faults.push(`line ${index + 1} does not follow the line before it`);
    lines.push(line);
    previous = hashOf(one);
  }
  return { lines, faults };
}

function parse(text: string): JournalLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<JournalLine> | null;
    return line && typeof line.previous === 'string' && typeof line.entry?.kind === 'string'
      ? (line as JournalLine)
      : undefined;
  } catch {
    return undefined;
  }
}

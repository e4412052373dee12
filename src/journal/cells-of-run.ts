/** What a run did to each cell: which of its calls were sent, and how it ended. */
import { addressKey } from '../model/address.ts';
import type { CellResult, JournalLine } from '../model/journal.ts';
import type { Cell } from '../model/plan.ts';

export type CellRecord = {
  readonly cell: Cell;
  /** Indices of the steps whose call was, or may have been, sent. */
  readonly sent: readonly number[];
  /** Absent when the run was killed before the cell ended. */
  readonly result?: CellResult;
};

/** One record per cell, in the order in which they were begun. */
export function cellsOfRun(lines: readonly JournalLine[]): CellRecord[] {
  const records = new Map<string, { cell: Cell; sent: number[]; result?: CellResult }>();
  for (const { entry } of lines) {
    if (entry.kind === 'begin') {
      records.set(addressKey(entry.cell.address), { cell: entry.cell, sent: [] });
      continue;
    }
    const record = records.get(addressKey(entry.address));
    if (!record) continue;
    if (entry.kind === 'intent') record.sent.push(entry.step);
    if (entry.kind === 'end') record.result = entry.result;
  }
  return [...records.values()];
}

/** Cells that were begun and not finished: killed, interrupted or failed half-way. */
export function unfinished(records: readonly CellRecord[]): Cell[] {
  return records.filter(({ sent, result }) => sent.length > 0 && result !== 'applied').map(({ cell }) => cell);
}

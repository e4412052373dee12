/** Which cells did earlier runs leave half-done? Their approved rest may still be carried out. */
import type { Cell } from '../model/plan.ts';
import { cellsOfRun, unfinished } from './cells-of-run.ts';
import { readHeader, readRun } from './read-journal.ts';
import type { JournalStore } from './store.ts';

type Shard = { readonly index: number; readonly of: number };

/** Of the latest run; where that was a share, of the latest run of every share. `shard`: which share asks, if one does. */
export async function unfinishedCells(store: JournalStore, shard?: Shard): Promise<Cell[]> {
  const latest = await latestRuns(store, shard);
  const runs = await Promise.all(latest.map((run) => readRun(store, run)));
  return runs.flatMap(({ lines }) => unfinished(cellsOfRun(lines)));
}

async function latestRuns(store: JournalStore, shard: Shard | undefined): Promise<string[]> {
  const found = new Map<string, string>();
  for (const run of (await store.runs()).reverse()) {
    const { share = '' } = await readHeader(store, run);
    const [index, of] = share.split('/').map(Number);
    if (shard && of === shard.of && index !== shard.index) continue;
    if (!found.has(share)) found.set(share, run);
    const complete = share === '' || (shard && of === shard.of) || found.size >= (of ?? 1);
    if (complete) break;
  }
  // What is later counts: whoever looks up a cell finds its latest record.
  return [...found.values()].reverse();
}

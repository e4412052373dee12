/** Which cells did earlier runs leave half-done? Their approved rest may still be carried out. */
import type { Cell } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { cellsOfRun, unfinished } from './cells-of-run.ts';
import { readRun } from './read-journal.ts';
import type { JournalStore } from './store.ts';

/** What was left longer ago than this many runs is planned and reviewed anew. */
const LOOK_BACK = 20;

/** Of the latest runs; a run whose journal cannot be read has nothing to say here. */
export async function unfinishedCells(store: JournalStore): Promise<Cell[]> {
  const latest = (await store.runs()).reverse().slice(0, LOOK_BACK);
  const runs = await Promise.all(latest.map((run) => readRun(store, run).catch(nothingWhenUnreadable)));
  return runs.flatMap((run) => (run ? unfinished(cellsOfRun(run.lines)) : []));
}

function nothingWhenUnreadable(error: unknown): undefined {
  if (error instanceof TrueupError && error.code === 'journal-unreadable') return undefined;
  throw error;
}

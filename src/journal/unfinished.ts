/** Which cells did earlier runs leave half-done? Their approved rest may still be carried out. */
import type { Cell } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { cellsOfRun, unfinished } from './cells-of-run.ts';
import { readRun, summarizeRun } from './read-journal.ts';
import type { JournalStore } from './store.ts';

/** What was left longer ago than this many runs is planned and reviewed anew. */
const LOOK_BACK = 20;

/**
 * Of the latest runs; a run whose journal cannot be read has nothing to say here.
 *
 * @param shares how many runs one apply may have left
 */
export async function unfinishedCells(store: JournalStore, shares = 1): Promise<Cell[]> {
  const latest = (await store.runs()).reverse().slice(0, LOOK_BACK * shares);
  const runs = await Promise.all(latest.map((run) => leftIn(store, run).catch(nothingWhenUnreadable)));
  return runs.flatMap((cells) => cells ?? []);
}

/** Most runs have left nothing, and say so in one object: what they did need not be read. */
async function leftIn(store: JournalStore, run: string): Promise<Cell[]> {
  if ((await summarizeRun(store, run)).unfinished === 0) return [];
  return unfinished(cellsOfRun((await readRun(store, run)).lines));
}

function nothingWhenUnreadable(error: unknown): undefined {
  if (error instanceof TrueupError && error.code === 'journal-unreadable') return undefined;
  throw error;
}

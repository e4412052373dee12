/** What did earlier runs begin and not finish? In the journal where it is kept, or in the artifacts that they left. */
import { journalsOfRuns } from '../../github/journals.ts';
import { openArchive } from '../../journal/archive.ts';
import { unfinishedCells } from '../../journal/unfinished.ts';
import type { Cell } from '../../model/plan.ts';
import { TrueupError } from '../../model/problem.ts';
import { forTerminal } from '../../render/escape.ts';
import type { Run } from '../../run.ts';
import { openStore } from '../journal-place.ts';
import type { Desk } from './desk.ts';
import { keptHere } from './report-apply.ts';

export async function begunBefore(desk: Desk, run: Run, journal: string, branch: string): Promise<Cell[]> {
  const here = await unfinishedCells(await openStore(journal, run), run.shard?.of);
  return keptHere(journal) ? [...here, ...(await begunInArtifacts(desk, branch))] : here;
}

/** Without them nothing is done that should not be: the rest of what was begun then waits, to be approved anew. */
async function begunInArtifacts({ api, job, tell }: Desk, branch: string): Promise<Cell[]> {
  try {
    const journals = await journalsOfRuns(api, job, branch);
    const cells = await Promise.all(journals.map((files) => unfinishedCells(openArchive('an artifact', files))));
    return cells.flat();
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    tell(`warning: could not read what earlier runs left half-done: ${forTerminal(error.message, 300)}`);
    return [];
  }
}

/** Told before the first call: a workflow can keep the journal also of a run that is killed. */
export function announceJournal({ setOutput, publication }: Desk, journal: string): void {
  if (publication === 'full' && keptHere(journal)) setOutput('journal-path', journal);
}

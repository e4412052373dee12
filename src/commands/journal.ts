/** `trueup journal list|show|verify`: what earlier runs did, and whether their records still hold together. */
import { cellsOfRun } from '../journal/cells-of-run.ts';
import { listRuns, readRun } from '../journal/read-journal.ts';
import { forTerminal } from '../render/escape.ts';
import { renderOutcomes } from '../render/outcome.ts';
import { journalPlace } from './apply.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

export type JournalOptions = { readonly journal?: string; readonly json?: boolean };

export async function listJournal(options: JournalOptions, io: Io): Promise<ExitCode> {
  const place = journalPlace(options.journal, io);
  const runs = await Promise.all((await listRuns(place)).map(async (id) => summaryOf(place, id)));
  if (options.json) io.result(JSON.stringify(runs, null, 2));
  else if (runs.length === 0) io.say(`no runs in ${forTerminal(place)}`);
  else
    io.result(
      runs
        .map((run) => `${run.run}  ${run.what}  ${run.cells} cells  ${run.closed ? 'closed' : 'NOT CLOSED'}`)
        .join('\n'),
    );
  return EXIT.done;
}

async function summaryOf(place: string, id: string) {
  const { header, lines, closed } = await readRun(place, id);
  const what = header.reverts ? `revert of ${header.reverts}` : 'apply';
  return {
    run: forTerminal(id),
    what: forTerminal(what),
    startedAt: header.startedAt,
    cells: cellsOfRun(lines).length,
    closed,
  };
}

export async function showJournal(run: string, options: JournalOptions, io: Io): Promise<ExitCode> {
  const read = await readRun(journalPlace(options.journal, io), run);
  if (options.json) {
    io.result(JSON.stringify(read, null, 2));
    return EXIT.done;
  }
  const outcomes = cellsOfRun(read.lines).map(({ cell, result }) => ({
    cell,
    result: result ?? ('interrupted' as const),
  }));
  io.result(renderOutcomes(outcomes, { colour: io.colour, width: io.width }));
  if (!read.closed)
    io.say('this run did not close its journal: it was killed; the next run continues what it left half-done');
  return EXIT.done;
}

export async function verifyJournal(run: string | undefined, options: JournalOptions, io: Io): Promise<ExitCode> {
  const place = journalPlace(options.journal, io);
  const ids = run === undefined ? await listRuns(place) : [run];
  const checked = await Promise.all(ids.map(async (id) => ({ id, faults: (await readRun(place, id)).faults })));
  const text = checked.map(({ id, faults }) =>
    faults.length === 0
      ? `${forTerminal(id)}: holds together`
      : faults.map((fault) => `${forTerminal(id)}: ${forTerminal(fault)}`).join('\n'),
  );
  io.result(options.json ? JSON.stringify(checked, null, 2) : text.join('\n'));
  return checked.every(({ faults }) => faults.length === 0) ? EXIT.done : EXIT.error;
}

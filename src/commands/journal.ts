/** `trueup journal list|show|verify`: what earlier runs did, and whether their records still hold together. */
import { cellsOfRun } from '../journal/cells-of-run.ts';
import { readRun, summarizeRun } from '../journal/read-journal.ts';
import type { JournalStore } from '../journal/store.ts';
import { TrueupError } from '../model/problem.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { renderOutcomes } from '../render/outcome.ts';
import { counted } from '../render/phrase.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { withStore } from './journal-place.ts';
import type { CommonOptions } from './options.ts';

export type JournalOptions = CommonOptions & { readonly journal?: string };

export async function listJournal(options: JournalOptions, io: Io): Promise<ExitCode> {
  return withStore(options, io, async (store) => {
    const runs = await Promise.all((await store.runs()).map((id) => describe(store, id)));
    if (options.json) io.result(renderJson(runs));
    else if (runs.length === 0) io.say(`no runs in ${forTerminal(store.place, 300)}`);
    else
      io.result(
        runs
          .map(({ run, what, cells, closed }) =>
            [run, what, counted(cells, ['cell', 'cells']), closed ? 'closed' : 'NOT CLOSED'].join('  '),
          )
          .join('\n'),
      );
    return EXIT.done;
  });
}

async function describe(store: JournalStore, id: string) {
  const summary = await summarizeRun(store, id).catch(withoutHeader);
  if (!summary) return { run: forTerminal(id), what: 'killed before it began', startedAt: '', cells: 0, closed: false };
  const { header, closed, cells } = summary;
  const what = `${header.reverts ? `revert of ${header.reverts}` : 'apply'}${header.share ? ` share ${header.share}` : ''}`;
  return { run: forTerminal(id), what: forTerminal(what), startedAt: header.startedAt, cells, closed };
}

/** A run that was killed while it was made has done nothing; it must not hide the others. */
function withoutHeader(error: unknown): undefined {
  if (error instanceof TrueupError && error.code === 'journal-unreadable') return undefined;
  throw error;
}

export async function showJournal(run: string, options: JournalOptions, io: Io): Promise<ExitCode> {
  const read = await withStore(options, io, (store) => readRun(store, run));
  if (options.json) {
    io.result(renderJson(read));
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
  const checked = await withStore(options, io, async (store) => {
    const ids = run === undefined ? await store.runs() : [run];
    return Promise.all(ids.map(async (id) => ({ id, faults: (await readRun(store, id)).faults })));
  });
  const text = checked.map(({ id, faults }) =>
    faults.length === 0
      ? `${forTerminal(id)}: holds together`
      : faults.map((fault) => `${forTerminal(id)}: ${forTerminal(fault)}`).join('\n'),
  );
  io.result(options.json ? renderJson(checked) : text.join('\n'));
  return checked.every(({ faults }) => faults.length === 0) ? EXIT.done : EXIT.error;
}

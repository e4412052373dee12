/** `trueup revert RUN`: plans the way back from a run, shows it, asks, and executes it like any plan. */
import { cellsOfRun } from '../journal/cells-of-run.ts';
import { readRun } from '../journal/read-journal.ts';
import type { Cell } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import type { Only } from '../plan/govern.ts';
import { planBack, protect, type Run } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { confirmed } from './apply.ts';
import { execute, writeRole } from './carry-out.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { journalPlace, openStore } from './journal-place.ts';
import { underLock } from './lock.ts';
import type { CommonOptions } from './options.ts';
import { exitOf } from './plan.ts';
import { refuseOtherWorld } from './same-world.ts';
import { withRun } from './session.ts';
import { showPlan } from './show.ts';

export type RevertOptions = CommonOptions & {
  readonly run: string;
  readonly yes?: boolean;
  readonly journal?: string;
  readonly breakLock?: readonly string[];
  readonly failFast?: boolean;
};

export async function revert(options: RevertOptions, io: Io): Promise<ExitCode> {
  const journal = journalPlace(options.journal, io);
  return withRun(options, 'apply', io, async (run) => {
    const { result, lost } = await underLock(run, { ...options, journal }, io, (signal) =>
      revertUnderLock(run, { ...options, journal }, { ...io, signal }),
    );
    return lost ? EXIT.error : result;
  });
}

async function revertUnderLock(
  run: Run,
  options: RevertOptions & { readonly journal: string },
  io: Io,
): Promise<ExitCode> {
  const { journal } = options;
  const done = await readRun(await openStore(journal, run), options.run);
  if (done.faults.some((fault) => !fault.includes('incomplete'))) refuseTampered(options.run, done.faults);
  refuseOtherWorld(done.header, run);
  const cells = cellsOfRun(done.lines)
    .filter(({ sent, cell }) => sent.length > 0 && isMeant(cell, run.only))
    .map(({ cell }) => cell);
  const protection = await protect(run);
  const back = await planBack(run, { run: options.run, cells, names: done.header.names ?? {} }, protection);
  if (!options.json) io.result(showPlan(back, 'text', io));
  const changing = back.cells.filter(({ outcome }) => outcome === 'change');
  if (changing.length === 0) {
    io.say('nothing to revert: everything that can be is as it was before the run');
    if (options.json) io.result(renderJson({ plan: back, outcomes: [] }));
    return exitOf(back, false);
  }
  writeRole(run);
  if (!(await confirmed(changing.length, options, false, io))) return EXIT.done;
  const { json = false, failFast = false } = options;
  const how = { journal, protection, json, failFast, reverts: options.run };
  const code = await execute(changing, back, run, how, io);
  return code === EXIT.done ? exitOf(back, false) : code;
}

function isMeant({ address }: Cell, only: Only | undefined): boolean {
  if (only?.guardrails) throw usageError('a way back knows no guardrails', 'narrow it by account=… and region=…');
  return (only?.accounts?.includes(address.account) ?? true) && (only?.regions?.includes(address.region) ?? true);
}

/** A journal informs a revert; one that somebody has edited would inform it wrongly. */
function refuseTampered(run: string, faults: readonly string[]): never {
  throw new TrueupError({
    code: 'journal-tampered',
    message: `the journal of run ${forTerminal(run)} does not hold together: ${faults.map((fault) => forTerminal(fault)).join('; ')}`,
    advice: 'restore it from a copy; "trueup journal verify" shows every fault',
  });
}

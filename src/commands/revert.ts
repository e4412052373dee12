/** `trueup revert RUN`: plans the way back from a run, shows it, asks, and executes it like any plan. */
import { cellsOfRun } from '../journal/cells-of-run.ts';
import { readRun } from '../journal/read-journal.ts';
import { unfinishedCells } from '../journal/unfinished.ts';
import type { Cell } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import type { Only } from '../plan/govern.ts';
import { narrow, planBack, protect } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import type { Run } from '../run.ts';
import { execute, writeRole } from './carry-out.ts';
import { approvedDigests, confirmed, expectAnswer, refusedByLimits, tellUnapplied, worst } from './consent.ts';
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
  /** Digests of cells of the way back, or of all of it. */
  readonly approved?: readonly string[];
  readonly yes?: boolean;
  readonly journal?: string;
  readonly breakLock?: readonly string[];
  readonly failFast?: boolean;
};

export async function revert(options: RevertOptions, io: Io): Promise<ExitCode> {
  const journal = journalPlace(options.journal, io);
  const digests = approvedDigests(undefined, options.approved);
  expectAnswer(options, io, 'revert');
  return withRun(options, 'apply', io, async (run) => {
    const { result, lost } = await underLock(run, { ...options, journal }, io, (signal) =>
      revertUnderLock(run, { ...options, journal, digests }, { ...io, signal }),
    );
    return lost ? EXIT.error : result;
  });
}

type Order = RevertOptions & { readonly journal: string; readonly digests: ReadonlySet<string> | undefined };

async function revertUnderLock(run: Run, options: Order, io: Io): Promise<ExitCode> {
  const { journal, digests, json = false, failFast = false } = options;
  const store = await openStore(journal, run);
  const done = await readRun(store, options.run);
  if (done.faults.some((fault) => !fault.includes('incomplete'))) refuseTampered(options.run, done.faults);
  refuseOtherWorld(done.header, run);
  const cells = cellsOfRun(done.lines)
    .filter(({ sent, cell }) => sent.length > 0 && isMeant(cell, run.only))
    .map(({ cell }) => cell);
  const protection = await protect(run);
  const back = await planBack(run, { run: options.run, cells, names: done.header.names ?? {} }, protection);
  if (!json) io.result(showPlan(back, 'text', io));
  if (back.cells.every(({ outcome }) => outcome !== 'change')) {
    io.say('nothing to revert: everything that can be is as it was before the run');
    if (json) io.result(renderJson({ plan: back, outcomes: [] }));
    return exitOf(back, false);
  }
  writeRole(run);
  const chosen = narrow(back, digests && { digests, unfinished: await unfinishedCells(store) });
  const code = worst(exitOf(back, false), tellUnapplied(back, chosen, options, io));
  const refused = !digests && refusedByLimits(back.breaches, back.digest, io);
  if (refused || chosen.cells.length === 0) {
    if (json) io.result(renderJson({ plan: back, outcomes: [] }));
    return refused ? EXIT.refused : code;
  }
  if (!(await confirmed(chosen.cells.length, options, io))) return EXIT.done;
  const how = { journal, protection, json, failFast, reverts: options.run };
  return worst(code, await execute(chosen.cells, back, run, how, io));
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

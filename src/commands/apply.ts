/** `trueup apply [PLAN]`: plan, show, ask, execute. A plan file is a set of approved digests and nothing more. */
import type { Approval, Approved } from '../execute/approve.ts';
import { unfinishedCells } from '../journal/unfinished.ts';
import type { Cell, Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { narrow, observe, plan as planOf, protect, type Run } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { execute, writeRole } from './carry-out.ts';
import { readPlan } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { journalPlace, openStore } from './journal-place.ts';
import { underLock } from './lock.ts';
import type { CommonOptions } from './options.ts';
import { exitOf } from './plan.ts';
import { refuseOtherWorld } from './same-world.ts';
import { withRun } from './session.ts';
import { showPlan } from './show.ts';

export type ApplyOptions = CommonOptions & {
  /** A plan file. */
  readonly plan?: string;
  readonly approved?: readonly string[];
  readonly yes?: boolean;
  readonly journal?: string;
  /** Owners to take the lock away from, if they are dead. */
  readonly breakLock?: readonly string[];
  readonly failFast?: boolean;
};

export async function apply(options: ApplyOptions, io: Io): Promise<ExitCode> {
  const journal = journalPlace(options.journal, io);
  const file = options.plan === undefined ? undefined : await readPlan(options.plan);
  if (options.shard && !file) throw shareWithoutPlan();
  return withRun(options, 'apply', io, async (run) => {
    writeRole(run);
    if (file) refuseOtherWorld(file, run);
    const { result, lost } = await underLock(run, { ...options, journal }, io, (signal) =>
      applyUnderLock(run, { ...options, journal, file }, { ...io, signal }),
    );
    return lost ? EXIT.error : result;
  });
}

type Order = Omit<ApplyOptions, 'plan'> & { readonly journal: string; readonly file: Plan | undefined };

async function applyUnderLock(run: Run, options: Order, io: Io): Promise<ExitCode> {
  const { journal, file, json = false } = options;
  const seen = await observe(run);
  const fresh = planOf(run, seen);
  const digests = approvedDigests(file, options.approved);
  // What was reviewed and needs no answer is not shown a second time; how it ended is.
  if (digests && options.yes) tellRest(fresh, io);
  else if (!json) io.result(showPlan(fresh, 'text', io));
  const chosen = narrow(fresh, digests && (await approvalOf(digests, options, run)));
  const code = worst(exitOf(fresh, false), tellUnapplied(fresh, chosen, options, io));
  if (chosen.cells.length === 0) {
    io.say('nothing to apply');
    if (json) io.result(renderJson({ plan: fresh, outcomes: [] }));
    return code;
  }
  const refusal = digests ? undefined : refuseBreaches(fresh, io);
  if (refusal !== undefined) return refusal;
  if (!(await confirmed(chosen.cells.length, options, digests !== undefined, io))) return EXIT.done;
  const protection = await protect(run, seen.inventory);
  const how = { journal, protection, json, failFast: options.failFast ?? false };
  return worst(code, await execute(chosen.cells, fresh, run, how, io));
}

async function approvalOf(digests: ReadonlySet<string>, { journal, file }: Order, run: Run): Promise<Approval> {
  const unfinished = await unfinishedCells(await openStore(journal, run));
  return { digests, unfinished, ...(file && { reviewed: file.cells }) };
}

/** What was approved and is not applied, or would change and was not approved: nobody should have to guess. */
function tellUnapplied(fresh: Plan, { cells, left, newlyUsed }: Approved, { file, approved }: Order, io: Io): ExitCode {
  if (left.length > 0) io.say(`${left.length} more would change but were not approved; they stay as they are`);
  for (const { title, evidence } of newlyUsed) {
    const now = evidence.map(({ sentence }) => sentence).join('; ');
    io.say(`held: ${forTerminal(title, 300)} is used by somebody since it was reviewed: ${forTerminal(now, 500)}`);
  }
  const missed = movedSince(file, fresh, [...cells, ...newlyUsed]);
  for (const title of missed) io.say(`not applied, it moved since it was reviewed: ${forTerminal(title, 300)}`);
  const unknown = (approved ?? []).filter(
    (digest) => digest !== fresh.digest && !cells.some((one) => one.digest === digest),
  );
  for (const digest of unknown) io.say(`not applied, nothing in the plan of now has the digest ${digest}`);
  if (missed.length > 0 || unknown.length > 0) return EXIT.error;
  return newlyUsed.length > 0 ? EXIT.refused : EXIT.done;
}

/** How much changes in all can be judged only over the whole. */
function shareWithoutPlan(): TrueupError {
  return usageError(
    'a share is applied only from a plan that was judged as a whole',
    'plan the shares, join them with "trueup plan --merge FILE... --out PLAN", and give PLAN to every share',
  );
}

const DIGEST = /^(?:sha256:)?[0-9a-f]{64}$/;

function approvedDigests(
  file: Plan | undefined,
  given: readonly string[] | undefined,
): ReadonlySet<string> | undefined {
  if (!file && !given) return undefined;
  const malformed = given?.find((digest) => !DIGEST.test(digest));
  if (malformed !== undefined) {
    throw usageError(
      `--approved ${JSON.stringify(malformed)} is not a digest`,
      'write the digest of a plan (sha256:…) or of a cell, as "trueup plan --json" shows them',
    );
  }
  const planned = file?.cells.filter(({ outcome }) => outcome === 'change').map(({ digest }) => digest) ?? [];
  return new Set([...planned, ...(given ?? [])]);
}

/** What no approval can apply, so that nobody takes silence for clean. */
function tellRest({ cells }: Plan, io: Io): void {
  for (const { outcome, title, address, reason } of cells) {
    if (outcome === 'change') continue;
    const place = `${address.account} ${address.region} ${forTerminal(title, 200)}`;
    io.say(`${outcome}: ${place}: ${forTerminal(reason?.message ?? '', 500)}`);
  }
}

/** Cells of the file that still change, but not as they were reviewed. */
function movedSince(file: Plan | undefined, fresh: Plan, approved: readonly Cell[]): string[] {
  const done = new Set(approved);
  const key = ({ address }: Cell): string => JSON.stringify(address);
  const still = new Map(fresh.cells.filter((cell) => !done.has(cell)).map((cell) => [key(cell), cell]));
  return (file?.cells ?? []).flatMap((cell) =>
    cell.outcome === 'change' && still.has(key(cell)) ? [still.get(key(cell))?.title ?? ''] : [],
  );
}

function refuseBreaches({ breaches, digest }: Plan, io: Io): ExitCode | undefined {
  if (breaches.length === 0) return undefined;
  for (const { message } of breaches) io.say(`refused: ${message}`);
  io.say(`nothing was applied; if this is meant, review the plan and run "trueup apply --approved ${digest}"`);
  return EXIT.refused;
}

export async function confirmed(
  count: number,
  { yes, json }: { readonly yes?: boolean; readonly json?: boolean },
  reviewed: boolean,
  io: Io,
): Promise<boolean> {
  if (yes) return true;
  if (json) throw usageError('--json leaves no place to ask', 'add --yes when the plan has been reviewed');
  const answer = await io.ask(`Apply ${reviewed ? 'the approved' : 'these'} ${count} changes? Only "yes" does: `);
  if (answer === undefined) throw usageError('there is nobody to ask', 'add --yes when the plan has been reviewed');
  if (io.signal.aborted)
    throw new TrueupError({ code: 'interrupted', message: 'stopped at the question; nothing was applied' });
  if (answer.trim() === 'yes') return true;
  io.say('nothing was applied');
  return false;
}

function worst(a: ExitCode, b: ExitCode): ExitCode {
  return a > b ? a : b;
}

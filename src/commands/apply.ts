/** `trueup apply [PLAN]`: plan, show, ask, execute. A plan file is a set of approved digests and nothing more. */
import type { Approval } from '../execute/approve.ts';
import { unfinishedCells } from '../journal/unfinished.ts';
import type { Plan } from '../model/plan.ts';
import type { TrueupError } from '../model/problem.ts';
import { narrow, observe, plan as planOf, protect } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import type { Run } from '../run.ts';
import { execute, writeRole } from './carry-out.ts';
import {
  approvedDigests,
  breachesLeft,
  confirmed,
  expectAnswer,
  refusedByLimits,
  tellMistakes,
  tellUnapplied,
  worst,
} from './consent.ts';
import { readReviewedPlan } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { journalPlace, openStore } from './journal-place.ts';
import { underLock } from './lock.ts';
import type { CommonOptions } from './options.ts';
import { exitOf, tellNothing } from './plan.ts';
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
  const file = options.plan === undefined ? undefined : await readReviewedPlan(options.plan);
  if (options.shard && !file) throw shareWithoutPlan();
  const digests = approvedDigests(file, options.approved);
  expectAnswer(options, io, 'apply');
  return withRun(options, 'apply', io, async (run) => {
    writeRole(run);
    if (file) refuseOtherWorld(file, run);
    const { result, lost } = await underLock(run, { ...options, journal }, io, (signal) =>
      applyUnderLock(run, { ...options, journal, file, digests }, { ...io, signal }),
    );
    return lost ? EXIT.error : result;
  });
}

type Order = Omit<ApplyOptions, 'plan'> & {
  readonly journal: string;
  readonly file: Plan | undefined;
  readonly digests: ReadonlySet<string> | undefined;
};

async function applyUnderLock(run: Run, options: Order, io: Io): Promise<ExitCode> {
  const { journal, digests, json = false } = options;
  const seen = await observe(run);
  tellNothing(run, seen, io);
  const fresh = planOf(run, seen);
  // What was reviewed and needs no answer is not shown a second time; how it ended is.
  if (digests && options.yes) tellRest(fresh, io);
  else if (!json) io.result(showPlan(fresh, 'text', io));
  const chosen = narrow(fresh, digests && (await approvalOf(digests, options, run)));
  const mistaken = tellMistakes(fresh, io);
  const code = worst(worst(exitOf(fresh, false), tellUnapplied(fresh, chosen, options, io)), mistaken);
  if (chosen.cells.length === 0) {
    const held = fresh.cells.filter(({ outcome }) => outcome === 'held').length;
    io.say(held > 0 ? `nothing to apply; ${held} held, and left as it is` : 'nothing to apply');
    if (json) io.result(renderJson({ plan: fresh, outcomes: [] }));
    return code;
  }
  if (refusedByLimits(breachesLeft(fresh, chosen, options, run), (options.file ?? fresh).digest, io)) {
    if (json) io.result(renderJson({ plan: fresh, outcomes: [] }));
    return EXIT.refused;
  }
  if (!(await confirmed(chosen.cells.length, options, io))) return EXIT.done;
  const protection = await protect(run, seen.inventory);
  const how = { journal, protection, json, failFast: options.failFast ?? false };
  return worst(code, await execute(chosen.cells, fresh, run, how, io));
}

async function approvalOf(digests: ReadonlySet<string>, { journal, file }: Order, run: Run): Promise<Approval> {
  const unfinished = await unfinishedCells(await openStore(journal, run));
  return { digests, unfinished, ...(file && { reviewed: file.cells }) };
}

/** How much changes in all can be judged only over the whole. */
function shareWithoutPlan(): TrueupError {
  return usageError(
    'a share is applied only from a plan that was judged as a whole',
    'plan the shares, join them with "trueup plan --merge FILE... --out PLAN", and give PLAN to every share',
  );
}

/** What no approval can apply, so that nobody takes silence for clean. */
function tellRest({ cells }: Plan, io: Io): void {
  for (const { outcome, title, address, reason } of cells) {
    if (outcome === 'change') continue;
    const place = `${address.account} ${address.region} ${forTerminal(title, 200)}`;
    io.say(`${outcome}: ${place}: ${forTerminal(reason?.message ?? '', 500)}`);
  }
}

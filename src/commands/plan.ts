/** `trueup plan`: what would be done, from live AWS or from a stored snapshot. */
import type { Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { mergePlans } from '../plan/merge.ts';
import { stateDigest } from '../plan/shard.ts';
import { observe, plan as planOf } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import type { Run } from '../run.ts';
import { readPlan, readSnapshot } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';
import { whyNothing } from './nothing.ts';
import { type CommonOptions, parseOnly, parseShard } from './options.ts';
import { chooseFleet, readState, withRun } from './session.ts';
import { type Format, showPlan } from './show.ts';
import { writeWhole } from './write-whole.ts';

export type PlanOptions = CommonOptions & {
  readonly out?: string;
  readonly snapshot?: string;
  readonly base?: string;
  readonly format?: Format;
  readonly detailedExitcode?: boolean;
  /** Files with the shares of a plan. */
  readonly merge?: readonly string[];
};

export async function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  const made = await make(options, io);
  io.result(showPlan(made, options.json ? 'json' : (options.format ?? 'text'), io));
  if (options.out) {
    await writeWhole(options.out, `${JSON.stringify(made, null, 2)}\n`);
    io.say(`${made.share ? 'share' : 'plan'} written to ${options.out}; ${nextStep(made, options.out)}`);
  }
  return exitOf(made, options.detailedExitcode ?? false);
}

function nextStep({ share }: Plan, file: string): string {
  if (!share) return `"trueup apply ${file}" applies what of it still holds`;
  return `"trueup plan --merge" makes one plan of all ${share.of} shares, and judges the limits over the whole`;
}

function make(options: PlanOptions, io: Io): Promise<Plan> {
  const { snapshot, merge, shard } = options;
  if (merge && (snapshot !== undefined || shard !== undefined))
    throw usageError('--merge joins shares that are planned already', 'leave --snapshot and --shard out');
  if (merge) return mergeShares(merge, options, io);
  return snapshot === undefined ? planLive(options, io) : planOffline(options, snapshot, io);
}

/** Unread never counts as clean. */
export function exitOf({ cells }: Plan, detailed: boolean): ExitCode {
  if (cells.some(({ outcome }) => outcome === 'unread')) return EXIT.error;
  return detailed && cells.length > 0 ? EXIT.pending : EXIT.done;
}

async function planLive(options: PlanOptions, io: Io): Promise<Plan> {
  const base = options.base === undefined ? undefined : await readState(options.base, io);
  return withRun(options, 'read', io, async (run) => {
    const seen = await observe(run);
    tellNothing(run, seen, io);
    return planOf(run, seen, base);
  });
}

async function planOffline(options: PlanOptions, path: string, io: Io): Promise<Plan> {
  const [only, shard] = [parseOnly(options.only), parseShard(options.shard)];
  const stored = await readSnapshot(path);
  const state = await readState(options.state, io);
  const base = options.base === undefined ? undefined : await readState(options.base, io);
  const fleet = chooseFleet(state, options.fleet ?? stored.stamp.fleet);
  io.say(
    `planned from the snapshot of ${forTerminal(stored.takenAt, 40)}${stored.stamp.world === 'sandbox' ? ' of the sandbox' : ''}`,
  );
  const made = planOf({ state, fleet, now: io.now, ...(only && { only }), ...(shard && { shard }) }, stored, base);
  tellNothing({ state, ...(only && { only }), ...(shard && { shard }) }, stored, io);
  return made;
}

/** A share of which nothing is governed says nothing about the whole. */
export function tellNothing(run: Pick<Run, 'state' | 'only' | 'shard'>, { inventory }: Snapshot, io: Io): void {
  const nothing = run.shard ? undefined : whyNothing(run.state, inventory, run.only);
  if (nothing) io.say(nothing);
}

/** One plan, with the limits of the state here judged over the whole. */
async function mergeShares(files: readonly string[], options: PlanOptions, io: Io): Promise<Plan> {
  const parts = await Promise.all(files.map(readPlan));
  const state = await readState(options.state, io);
  const fleet = chooseFleet(state, options.fleet ?? parts[0]?.stamp.fleet);
  const merged = mergePlans(parts, fleet.safety.limits);
  if (parts[0]?.share?.basis.state === stateDigest(state, fleet)) return merged;
  throw new TrueupError({
    code: 'shares-do-not-fit',
    message: `these shares were planned from another state than the one in ${options.state}`,
    advice: 'merge at the commit that the shares were planned at',
  });
}

/** `trueup plan`: what would be done, from live AWS or from a stored snapshot. */
import type { Plan } from '../model/plan.ts';
import { observe, plan as planOf } from '../reconcile.ts';
import { readSnapshot, writeWhole } from './files.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { type CommonOptions, parseOnly } from './options.ts';
import { chooseFleet, readState, withRun } from './session.ts';
import { type Format, showPlan } from './show.ts';

export type PlanOptions = CommonOptions & {
  readonly out?: string;
  readonly snapshot?: string;
  readonly base?: string;
  readonly format?: Format;
  readonly detailedExitcode?: boolean;
};

export async function plan(options: PlanOptions, io: Io): Promise<ExitCode> {
  const made = options.snapshot ? await planOffline(options, options.snapshot, io) : await planLive(options, io);
  io.result(showPlan(made, options.json ? 'json' : (options.format ?? 'text'), io));
  if (options.out) {
    await writeWhole(options.out, `${JSON.stringify(made, null, 2)}\n`);
    io.say(`plan written to ${options.out}; "trueup apply ${options.out}" applies what of it still holds`);
  }
  return exitOf(made, options.detailedExitcode ?? false);
}

/** Unread never counts as clean. */
export function exitOf({ cells }: Plan, detailed: boolean): ExitCode {
  if (cells.some(({ outcome }) => outcome === 'unread')) return EXIT.error;
  return detailed && cells.some(({ outcome }) => outcome === 'change') ? EXIT.pending : EXIT.done;
}

async function planLive(options: PlanOptions, io: Io): Promise<Plan> {
  const base = options.base === undefined ? undefined : await readState(options.base, io);
  return withRun(options, 'read', io, async (run) => planOf(run, await observe(run), base));
}

async function planOffline(options: PlanOptions, path: string, io: Io): Promise<Plan> {
  const only = parseOnly(options.only);
  const stored = await readSnapshot(path);
  const state = await readState(options.state, io);
  const base = options.base === undefined ? undefined : await readState(options.base, io);
  const fleet = chooseFleet(state, options.fleet ?? stored.stamp.fleet);
  io.say(`planned from the snapshot of ${stored.takenAt}${stored.stamp.world === 'sandbox' ? ' of the sandbox' : ''}`);
  return planOf({ state, fleet, now: io.now, ...(only && { only }) }, stored, base);
}

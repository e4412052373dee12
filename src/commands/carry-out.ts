/** Executes approved cells with a journal, and tells how each of them ended. Shared by apply and revert. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CellOutcome } from '../execute/run-cell.ts';
import type { Protection } from '../fleet/protection.ts';
import { createJournal } from '../journal/write-journal.ts';
import { addressKey, byText } from '../model/address.ts';
import type { Session } from '../model/aws.ts';
import { isJournalFailure, type RunHeader } from '../model/journal.ts';
import type { Cell, Plan } from '../model/plan.ts';
import { TrueupError } from '../model/problem.ts';
import { carryOut } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { renderOutcomes } from '../render/outcome.ts';
import { type Run, stampOf } from '../run.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { openStore } from './journal-place.ts';
import { patience } from './patience.ts';

export type CarryOutOptions = {
  readonly journal: string;
  readonly failFast: boolean;
  readonly protection: Protection;
  readonly json?: boolean;
  readonly reverts?: string;
};

export async function execute(
  cells: readonly Cell[],
  plan: Plan,
  run: Run,
  options: CarryOutOptions,
  io: Io,
): Promise<ExitCode> {
  const { run: id, outcomes, failure } = await attempt(cells, plan, run, options, io);
  // What was done is shown whatever became of the rest.
  if (options.json) io.result(renderJson({ plan, run: id, outcomes: outcomes.map(summaryOf) }));
  else io.result(renderOutcomes(outcomes, { colour: io.colour, width: io.width }, plan.names));
  if (failure !== undefined) throw failure;
  io.say(`journal: run ${id} in ${forTerminal(options.journal)}; "trueup revert ${id}" plans the way back`);
  return exitOf(outcomes, io);
}

function summaryOf({ cell, result, reason }: CellOutcome) {
  const { address, title, digest } = cell;
  return { address, title, digest, result, ...(reason && { reason }) };
}

export type Recorded = { readonly run: string; readonly outcomes: readonly CellOutcome[] };

/**
 * How each cell ended, in the order of their addresses, and the run of the journal that has it. A journal that can no
 * longer be written ends the run; it is then the reason of a cell, so that what was done can be told beside it.
 */
export async function record(
  cells: readonly Cell[],
  plan: Plan,
  run: Run,
  options: CarryOutOptions,
  io: Pick<Io, 'env' | 'now' | 'signal' | 'progress' | 'say'>,
): Promise<Recorded> {
  const { failure, ...recorded } = await attempt(cells, plan, run, options, io);
  if (failure !== undefined && !isJournalFailure(failure)) throw failure;
  return recorded;
}

/** `failure`: what ended the run early; what had been done by then is told all the same. */
async function attempt(
  cells: readonly Cell[],
  plan: Plan,
  run: Run,
  options: CarryOutOptions,
  io: Pick<Io, 'env' | 'now' | 'signal' | 'progress' | 'say'>,
): Promise<Recorded & { readonly failure?: unknown }> {
  const role = writeRole(run);
  const header = headerOf(plan, run, options, io);
  const journal = await createJournal(await openStore(options.journal, run), header, () => new Date().toISOString());
  const outcomes: CellOutcome[] = [];
  // How much of STS's packed limit the policy of each write session took, in percent.
  const sizes: number[] = [];
  let failure: unknown;
  try {
    const events = carryOut(cells, {
      partition: run.connection.caller.partition,
      fences: run.fleet.fences,
      protection: options.protection,
      journal,
      concurrency: run.fleet.limits.concurrency,
      failFast: options.failFast,
      signal: io.signal,
      explain: (error, context) => run.connection.explain(error, context),
      wait: patience(io, (ms) => pause(ms, io.signal)),
      openWriter: (request) => openWriter(request, role, run),
    });
    for await (const event of events) {
      if (event.kind === 'session') sizes.push(event.packedPolicySize ?? 0);
      if (event.kind !== 'cell') continue;
      outcomes.push(event);
      io.progress('apply', outcomes.length, cells.length);
    }
  } catch (error) {
    failure = error;
  }
  // The first error is the one that says why.
  await journal.close().catch((error: unknown) => {
    failure ??= error;
  });
  if (sizes.length > 0)
    io.say(`write sessions: ${sizes.length}; the largest policy took ${Math.max(...sizes)} % of what STS packs`);
  const sorted = outcomes.sort(byText(({ cell }) => addressKey(cell.address)));
  return { run: header.run, outcomes: sorted, ...(failure !== undefined && { failure }) };
}

/** Seconds pass whatever happens, so that a call in flight gets its end; what is longer ends when the run is stopped. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const LONG_MS = 10_000;
  await sleep(ms, undefined, ms > LONG_MS ? { signal } : {}).catch(() => {});
}

async function openWriter(
  request: {
    account: string;
    region: string;
    operations: Parameters<Run['connection']['assume']>[0]['operations'];
    policy: Parameters<Run['connection']['assume']>[0]['policy'];
  },
  role: string,
  { connection }: Run,
): Promise<Session> {
  try {
    return await connection.assume({ ...request, role });
  } catch (error) {
    // The executor makes the batch smaller; every other refusal is told with the role it is about.
    if (error instanceof Error && error.name === 'PackedPolicyTooLargeException') throw error;
    const { account, region } = request;
    throw new TrueupError(connection.explain(error, { doing: 'assume the write role', account, region, role }), {
      cause: error,
    });
  }
}

/** Trueup writes only through sessions that are narrowed to the plan, and only a role can be narrowed. */
export function writeRole({ fleet }: Pick<Run, 'fleet'>): string {
  if (fleet.role.write) return fleet.role.write;
  throw new TrueupError({
    code: 'no-write-role',
    message: `fleet "${fleet.name}" names no write role, so nothing can be applied`,
    advice: `add "role: { write: trueup-write }" at ${fleet.at.file}:${fleet.at.line}; planning needs none`,
  });
}

function headerOf(plan: Plan, run: Run, { reverts }: CarryOutOptions, io: Pick<Io, 'env' | 'now'>): RunHeader {
  const { GITHUB_RUN_ID: pipeline, GITHUB_SHA: commit } = io.env;
  const time = io.now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return {
    format: 'trueup-journal/1',
    run: `${time}Z-${randomBytes(3).toString('hex')}`,
    stamp: stampOf(run),
    startedAt: io.now.toISOString(),
    plan: plan.digest,
    ...(reverts && { reverts }),
    ...(run.shard && { share: `${run.shard.index}/${run.shard.of}` }),
    names: plan.names,
    identity: { caller: run.connection.caller.arn, ...(pipeline && { pipeline }), ...(commit && { commit }) },
  };
}

/** What the outcomes of a run mean to whoever started it. */
export function exitOf(outcomes: readonly CellOutcome[], { signal }: Pick<Io, 'signal'>): ExitCode {
  if (signal.aborted) return EXIT.interrupted;
  if (outcomes.some(({ result }) => result !== 'applied' && result !== 'held')) return EXIT.error;
  return outcomes.some(({ result }) => result === 'held') ? EXIT.refused : EXIT.done;
}

/**
 * One cell, for real: read again, compare, call, read back, with the intent in the journal before and the result after.
 * Every way in which it can end is an outcome; nothing here throws for what AWS answers.
 */
import { protectedCell } from '../fleet/protection.ts';
import { type CellResult, isJournalFailure, type JournalEntry } from '../model/journal.ts';
import { same } from '../model/json.ts';
import type { Call } from '../model/operation.ts';
import { advance, type Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Step } from '../model/resource.ts';
import { bind } from './bind.ts';
import type { CellRun, Ending } from './cell-run.ts';
import { INTERRUPTED, moved, NOT_AS_PLANNED, NOT_AWAITED, NOT_SENT, notVerified } from './endings.ts';
import { givesUpWaiting, isRefused, lookAfterFailure, lookFor, lookUnlessBusy, saysDone } from './look.ts';
import { newUser, otherInput } from './premises.ts';
import { isNotSent } from './stoppable.ts';

export type CellOutcome = { readonly cell: Cell; readonly result: CellResult; readonly reason?: Reason };

export async function runCell(cell: Cell, run: CellRun): Promise<CellOutcome> {
  const note = (entry: JournalEntry): Promise<void> => run.journal.append(cell.address, entry);
  await note({ kind: 'begin', cell });
  const { result, reason } = await attempt(cell, run, note);
  await note({ kind: 'end', address: cell.address, result, ...(reason && { reason }) });
  return { cell, result, ...(reason && { reason }) };
}

type Note = (entry: JournalEntry) => Promise<void>;

async function attempt(cell: Cell, run: CellRun, note: Note): Promise<Ending> {
  try {
    const other = await otherInput(cell, run);
    if (other) return moved(other);
    const newcomer = await newUser(cell, run);
    if (newcomer) return { result: 'held', reason: newcomer };
    // The value itself is read last, so that as little time as possible lies between looking and doing.
    const first = await lookUnlessBusy(cell, run);
    if (!first) return moved('it is no longer there');
    if (same(first.value, cell.after)) return { result: 'applied' };
    if (!same(first.value, cell.before)) return moved('it is no longer as it was planned from');
    const protection = protectedCell(run.protection, cell, first.about);
    if (protection) return { result: 'held', reason: protection };
    const elsewhere = first.managedBy ?? first.busy;
    if (elsewhere) return { result: 'held', reason: elsewhere };
    return await walk(cell, first, run, note);
  } catch (error) {
    if (isJournalFailure(error)) throw error;
    return { result: 'failed', reason: run.explain(error, { doing: `read ${cell.title}`, ...placeOf(cell) }) };
  }
}

/** The steps in order, each only on exactly the value that it was planned for. */
async function walk(cell: Cell, first: Observation, run: CellRun, note: Note): Promise<Ending> {
  let seen = first;
  for (const [index, step] of cell.steps.entries()) {
    if (run.signal.aborted) return INTERRUPTED;
    const failure = await take(cell, index, seen, run, note);
    if (failure?.reason === NOT_SENT) return INTERRUPTED;
    if (failure?.isRefused) return { result: 'failed', reason: failure.reason };
    const expected = advance(seen.value, step);
    const next = await (failure && !failure.saysDone ? lookAfterFailure : lookFor)(expected, cell, run);
    // An error may hide a success: a retried request finds what its first copy did. What is there decides.
    if (next) seen = next;
    else if (failure) return { result: 'failed', reason: failure.reason };
    else if (givesUpWaiting(run)) return NOT_AWAITED;
    else return { result: 'failed', reason: notVerified(step) };
  }
  return same(seen.value, cell.after) ? { result: 'applied' } : { result: 'failed', reason: NOT_AS_PLANNED };
}

/** `saysDone`: AWS refused the call because what it asks for is so already. `isRefused`: it did nothing, for certain. */
type Failure = { readonly reason: Reason; readonly saysDone?: boolean; readonly isRefused?: boolean };

/** Sends one call; `undefined` when AWS accepted it. */
async function take(
  cell: Cell,
  index: number,
  seen: Observation,
  run: CellRun,
  note: Note,
): Promise<Failure | undefined> {
  const { address } = cell;
  const planned = (cell.steps[index] as Step).call;
  const call = bind(planned, seen.handles);
  if (!call) return { reason: { code: 'handle-gone', message: `what ${planned.operation} was planned for is gone` } };
  await note({ kind: 'intent', address, step: index, call });
  const { requestId, failure } = await send(call, cell, run);
  await note({
    kind: 'result',
    address,
    step: index,
    ok: !failure,
    ...(requestId && { requestId }),
    ...(failure && { error: failure.reason }),
  });
  return failure;
}

type Sent = { readonly requestId?: string | undefined; readonly failure?: Failure };

async function send(call: Call, cell: Cell, run: CellRun): Promise<Sent> {
  try {
    const { $metadata } = (await run.session.send(call)) as { $metadata?: { requestId?: string } };
    return { requestId: $metadata?.requestId };
  } catch (error) {
    if (isNotSent(error)) return { failure: { reason: NOT_SENT } };
    const context = { doing: `change ${cell.title}`, operation: call.operation, ...placeOf(cell) };
    const failure = { reason: run.explain(error, context), saysDone: saysDone(error), isRefused: isRefused(error) };
    return { failure };
  }
}

function placeOf({ address: { account, region } }: Cell): { account: string; region: string } {
  return { account, region };
}

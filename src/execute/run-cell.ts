/**
 * One cell, for real: read again, compare, call, read back, with the intent in the journal before and the result after.
 * Every way in which it can end is an outcome; nothing here throws for what AWS answers.
 */
import { type Protection, protectedBecause } from '../fleet/protection.ts';
import type { ErrorContext, Session } from '../model/aws.ts';
import { type CellResult, isJournalFailure, type Journal, type JournalEntry } from '../model/journal.ts';
import { same } from '../model/json.ts';
import type { Call } from '../model/operation.ts';
import { type Cell, splitInput } from '../model/plan.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import {
  BUSY_PAUSES_MS,
  type Observation,
  type Reader,
  type Resource,
  type Step,
  type Value,
  versionOf,
} from '../model/resource.ts';
import { advance } from './advance.ts';
import { bind } from './bind.ts';
import { AFTER_FAILURE, pauses } from './looks.ts';

export type CellOutcome = { readonly cell: Cell; readonly result: CellResult; readonly reason?: Reason };

export type CellRun = {
  readonly session: Session;
  readonly resource: Resource;
  readonly readers: ReadonlyMap<string, Reader>;
  /** Looked at again with what was just read: somebody may have tagged it since the plan. */
  readonly protection: Protection;
  readonly journal: Journal;
  /** Once aborted no further call is begun; the one in flight is finished and its result recorded. */
  readonly signal: AbortSignal;
  explain(error: unknown, context: ErrorContext): Reason;
  wait(ms: number): Promise<void>;
};

export async function runCell(cell: Cell, run: CellRun): Promise<CellOutcome> {
  const note = (entry: JournalEntry): Promise<void> => run.journal.append(cell.address, entry);
  await note({ kind: 'begin', cell });
  const { result, reason } = await attempt(cell, run, note);
  await note({ kind: 'end', address: cell.address, result, ...(reason && { reason }) });
  return { cell, result, ...(reason && { reason }) };
}

type Ending = { readonly result: CellResult; readonly reason?: Reason };
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
    const protection = protectedBecause(run.protection, cell.address, first.about);
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
    if (failure === NOT_SENT) return INTERRUPTED;
    const expected = advance(seen.value, step);
    const next = await lookFor(expected, cell, run, failure ? AFTER_FAILURE : pauses(run.resource.settlesWithinMs));
    // An error may hide a success: a retried request finds what its first copy did. What is there decides.
    if (next) seen = next;
    else if (failure) return { result: 'failed', reason: failure };
    else if (givesUpWaiting(run)) return NOT_AWAITED;
    else return { result: 'failed', reason: notVerified(step) };
  }
  return same(seen.value, cell.after) ? { result: 'applied' } : { result: 'failed', reason: NOT_AS_PLANNED };
}

/** Sends one call; `undefined` when AWS accepted it. */
async function take(
  cell: Cell,
  index: number,
  seen: Observation,
  run: CellRun,
  note: Note,
): Promise<Reason | undefined> {
  const { address } = cell;
  const planned = (cell.steps[index] as Step).call;
  const call = bind(planned, seen.handles);
  if (!call) return { code: 'handle-gone', message: `what ${planned.operation} was planned for is gone` };
  await note({ kind: 'intent', address, step: index, call });
  // Writing the intent took time, in which the run may have been stopped or its lock lost.
  const { requestId, error }: Sent = run.signal.aborted ? { error: NOT_SENT } : await send(call, cell, run);
  await note({
    kind: 'result',
    address,
    step: index,
    ok: !error,
    ...(requestId && { requestId }),
    ...(error && { error }),
  });
  return error;
}

type Sent = { readonly requestId?: string | undefined; readonly error?: Reason };

async function send(call: Call, cell: Cell, run: CellRun): Promise<Sent> {
  try {
    const { $metadata } = (await run.session.send(call)) as { $metadata?: { requestId?: string } };
    return { requestId: $metadata?.requestId };
  } catch (error) {
    return {
      error: run.explain(error, { doing: `change ${cell.title}`, operation: call.operation, ...placeOf(cell) }),
    };
  }
}

/** Looks until the value is there, or long enough. */
async function lookFor(
  expected: Value,
  cell: Cell,
  run: CellRun,
  rests: Iterable<number>,
): Promise<Observation | undefined> {
  for (const pause of rests) {
    if (pause > 0) await run.wait(pause);
    const seen = await look(cell, run);
    if (seen && same(seen.value, expected)) return seen;
    if (givesUpWaiting(run)) break;
  }
  return undefined;
}

/** Seconds are waited for even when the run is stopped, so that a call in flight has a known end; minutes are not. */
function givesUpWaiting({ signal, resource }: CellRun): boolean {
  return signal.aborted && resource.settlesWithinMs !== undefined;
}

/** What AWS is still at work on is looked at again for a while. */
async function lookUnlessBusy(cell: Cell, run: CellRun): Promise<Observation | undefined> {
  let seen = await look(cell, run);
  for (const pause of BUSY_PAUSES_MS) {
    if (!seen?.busy || run.signal.aborted) break;
    await run.wait(pause);
    seen = await look(cell, run);
  }
  return seen;
}

async function look({ address }: Cell, { resource, session }: CellRun): Promise<Observation | undefined> {
  const found = await resource.read(session, { ids: [address.id], close: true });
  const seen = Object.hasOwn(found, address.id) ? found[address.id] : undefined;
  if (seen?.unread) throw new TrueupError(seen.unread);
  return seen;
}

/** What the decision rested on and is no longer so, e.g. a new version of a prefix list. */
async function otherInput({ inputs }: Cell, { readers, session }: CellRun): Promise<string | undefined> {
  for (const [input, version] of Object.entries(inputs)) {
    const { reader, id } = splitInput(input);
    const found = await readers.get(reader)?.read(session, { ids: [id] });
    const now = found?.[id];
    if (!now || versionOf(now) !== version) return `${reader} ${id} is no longer the one that was planned with`;
  }
  return undefined;
}

/** Whoever uses the resource now and did not when the plan was made; one who has gone does not matter. */
async function newUser({ address, evidence }: Cell, { readers, session }: CellRun): Promise<Reason | undefined> {
  for (const { reader: name, users } of evidence) {
    const reader = readers.get(name);
    if (!reader) continue;
    const found = await reader.read(session, { ids: [address.id] });
    const newcomers = Object.keys(found[address.id]?.value ?? {}).filter((id) => !users.includes(id));
    if (newcomers.length > 0) {
      return {
        code: 'new-user',
        message: `in use by ${newcomers.join(', ')} since the plan was made`,
        advice: 'plan again',
      };
    }
  }
  return undefined;
}

function placeOf({ address: { account, region } }: Cell): { account: string; region: string } {
  return { account, region };
}

function moved(what: string): Ending {
  return {
    result: 'moved',
    reason: { code: 'moved', message: what, advice: 'nothing was changed; plan again and review what is there now' },
  };
}

function notVerified({ call }: Step): Reason {
  return {
    code: 'not-verified',
    message: `${call.operation} was accepted, but reading back does not show it`,
    advice: 'plan again: what is still to do will be in the plan',
  };
}

const NOT_AWAITED: Ending = {
  result: 'interrupted',
  reason: {
    code: 'interrupted',
    message: 'the last call was accepted; the run was stopped before AWS showed it',
    advice: 'plan again: what AWS shows by then is no longer in the plan',
  },
};

const NOT_SENT: Reason = {
  code: 'not-sent',
  message: 'stopped before the call was sent',
  advice: 'the next run continues from here',
};

const INTERRUPTED: Ending = {
  result: 'interrupted',
  reason: { code: 'interrupted', message: 'stopped on request', advice: 'the next run continues from here' },
};

const NOT_AS_PLANNED: Reason = {
  code: 'not-as-planned',
  message: 'all its calls were accepted, but it is not as planned',
  advice: 'plan again: what is still to do will be in the plan',
};

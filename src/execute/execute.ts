/** The only writer: approved cells in, events out. One target that fails never stops another. */
import PQueue from 'p-queue';
import { protectedCell } from '../fleet/protection.ts';
import type { ErrorContext, PolicyDocument } from '../model/aws.ts';
import { isJournalFailure, type Journal } from '../model/journal.ts';
import type { Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import { type Batch, batchesOf } from './batch.ts';
import { openChannel } from './channel.ts';
import { openWriters, type Writers } from './open-writer.ts';
import type { CellOutcome } from './run-cell.ts';
import { groupsOf, runGroup } from './run-group.ts';

export type ExecuteOptions = Writers & {
  readonly journal: Journal;
  readonly concurrency: number;
  readonly failFast: boolean;
  /** Ctrl-C: the call in flight is finished, nothing new is begun, the journal is closed by whoever opened it. */
  readonly signal: AbortSignal;
  explain(error: unknown, context: ErrorContext): Reason;
  wait(ms: number, why?: string): Promise<void>;
};

export type ExecutionEvent =
  | {
      readonly kind: 'session';
      readonly batch: Batch;
      readonly policy: PolicyDocument;
      readonly packedPolicySize?: number;
    }
  | ({ readonly kind: 'cell' } & CellOutcome);

/** Every cell that is put in comes out exactly once, as the event that says how it ended. */
export async function* execute(cells: readonly Cell[], options: ExecuteOptions): AsyncGenerator<ExecutionEvent> {
  const channel = openChannel<ExecutionEvent>();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const queue = new PQueue({ concurrency: options.concurrency });
  const report = (event: ExecutionEvent): void => {
    channel.push(event);
    if (options.failFast && event.kind === 'cell' && event.result === 'failed') stop.abort();
  };
  const allowed = cells.filter((cell) => {
    const reason = protectedCell(options.protection, cell);
    if (reason) report({ kind: 'cell', cell, result: 'held', reason });
    return !reason;
  });
  const work = batchesOf(allowed).map((batch) =>
    queue
      .add(() => runBatch(batch, { ...options, signal }, report))
      .catch((error: unknown) => {
        stop.abort();
        throw error;
      }),
  );
  // A defect in one batch must not leave the reader waiting, nor hide the others' outcomes.
  const done = Promise.allSettled(work).then((results) => {
    channel.end();
    return results.find((result) => result.status === 'rejected');
  });
  yield* channel.items();
  const broken = await done;
  if (broken) throw broken.reason;
}

async function runBatch(batch: Batch, options: ExecuteOptions, report: (event: ExecutionEvent) => void): Promise<void> {
  const waiting = new Set(batch.cells);
  const skip = (reason: Reason, result: CellOutcome['result']): void => {
    for (const cell of waiting) report({ kind: 'cell', cell, result, reason });
    waiting.clear();
  };
  try {
    if (options.signal.aborted) return skip(STOPPED, 'interrupted');
    for await (const opened of openWriters(batch, options)) {
      if ('refusal' in opened) {
        for (const cell of opened.batch.cells) {
          waiting.delete(cell);
          report({ kind: 'cell', cell, result: 'failed', reason: opened.refusal });
        }
        continue;
      }
      const { batch: part, policy, session } = opened;
      const { packedPolicySize } = session;
      report({ kind: 'session', batch: part, policy, ...(packedPolicySize !== undefined && { packedPolicySize }) });
      for (const group of groupsOf(part.cells, options.resources)) {
        if (options.signal.aborted) return skip(STOPPED, 'interrupted');
        await runGroup(group, session, options, (outcome) => {
          waiting.delete(outcome.cell);
          report({ kind: 'cell', ...outcome });
        });
      }
    }
  } catch (error) {
    // What is not in the journal must not happen: the whole run ends here.
    if (isJournalFailure(error)) {
      skip(error.reason, 'interrupted');
      throw error;
    }
    const { account, region } = batch;
    skip(options.explain(error, { doing: 'open a session for the changes', account, region }), 'failed');
  }
}

const STOPPED: Reason = { code: 'interrupted', message: 'not begun: the run was stopped', advice: 'plan again' };

/** Applies a plan in a test the way the command does: real sessions, a real journal in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionEvent } from '../../src/execute/execute.ts';
import type { WriterRequest } from '../../src/execute/open-writer.ts';
import type { CellOutcome } from '../../src/execute/run-cell.ts';
import type { Protection } from '../../src/fleet/protection.ts';
import { cellsOfRun } from '../../src/journal/cells-of-run.ts';
import { openDirectory } from '../../src/journal/directory.ts';
import { readRun, type VerifiedRun } from '../../src/journal/read-journal.ts';
import type { JournalStore } from '../../src/journal/store.ts';
import { createJournal } from '../../src/journal/write-journal.ts';
import type { Session } from '../../src/model/aws.ts';
import type { Journal } from '../../src/model/journal.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import { carryOut, planBack, protect } from '../../src/reconcile.ts';
import { type Run, stampOf } from '../../src/run.ts';

export type Applied = {
  readonly outcomes: readonly CellOutcome[];
  readonly sessions: readonly Extract<ExecutionEvent, { kind: 'session' }>[];
  readonly journal: VerifiedRun;
};

export type ApplyOptions = {
  readonly signal?: AbortSignal;
  readonly failFast?: boolean;
  /** Asks for another session than the executor did: to break it on purpose. */
  readonly breakRequest?: (request: WriterRequest) => WriterRequest | Promise<WriterRequest>;
  /** Puts something between the executor and AWS: to break it on purpose. */
  readonly breakSession?: (session: Session) => Session;
  /** Instead of what the fleet protects: to see that each place of checking holds alone. */
  readonly protection?: Protection;
  readonly breakJournal?: (journal: Journal) => Journal;
  /** What waiting means there; it takes no time, unless said. */
  readonly wait?: ((ms: number) => Promise<void>) | undefined;
};

/** Every cell that would change. */
export function changing(plan: Plan): readonly Cell[] {
  return plan.cells.filter(({ outcome }) => outcome === 'change');
}

export async function applyCells(run: Run, cells: readonly Cell[], options: ApplyOptions = {}): Promise<Applied> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-'));
  try {
    return await applyInto(openDirectory(directory), 'run-1', run, cells, options);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The same with a journal that stays, beside those of other runs. */
export async function applyInto(
  store: JournalStore,
  name: string,
  run: Run,
  cells: readonly Cell[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const header = {
    format: 'trueup-journal/1' as const,
    run: name,
    stamp: stampOf(run),
    startedAt: run.now.toISOString(),
    plan: 'sha256:test',
  };
  const written = await createJournal(store, header, () => '2026-11-21T12:00:00.000Z');
  const journal = options.breakJournal?.(written) ?? written;
  const events: ExecutionEvent[] = [];
  const stream = carryOut(cells, {
    partition: run.connection.caller.partition,
    fences: run.fleet.fences,
    protection: options.protection ?? (await protect(run)),
    journal,
    concurrency: run.fleet.limits.concurrency,
    failFast: options.failFast ?? false,
    signal: options.signal ?? new AbortController().signal,
    explain: (error, context) => run.connection.explain(error, context),
    wait: options.wait ?? (async () => {}),
    openWriter: async (request) => {
      const asked = (await options.breakRequest?.(request)) ?? request;
      const session = await run.connection.assume({ ...asked, role: run.fleet.role.write ?? '' });
      return options.breakSession?.(session) ?? session;
    },
  });
  try {
    for await (const event of stream) events.push(event);
  } finally {
    await journal.close();
  }
  return {
    outcomes: events.flatMap((event) => (event.kind === 'cell' ? [event] : [])),
    sessions: events.flatMap((event) => (event.kind === 'session' ? [event] : [])),
    journal: await readRun(store, name),
  };
}

/** The plan back from what was applied. */
export async function undoPlan(run: Run, { journal }: Pick<Applied, 'journal'>): Promise<Plan> {
  const cells = cellsOfRun(journal.lines).filter(({ sent }) => sent.length > 0);
  return planBack(run, { run: 'run-1', cells: cells.map(({ cell }) => cell), names: {} }, await protect(run));
}

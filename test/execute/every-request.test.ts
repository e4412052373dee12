/**
 * Whatever happens to whichever request of an apply: is everything accounted for, does the next run finish it, and does
 * the way back restore it all? Not by chosen examples: every request of every kind of change, with every kind of fault.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { exitOf } from '../../src/commands/carry-out.ts';
import { isOnTheWay } from '../../src/execute/on-the-way.ts';
import { cellsOfRun } from '../../src/journal/cells-of-run.ts';
import { readRun } from '../../src/journal/read-journal.ts';
import type { JournalStore } from '../../src/journal/store.ts';
import { unfinishedCells } from '../../src/journal/unfinished.ts';
import { addressKey } from '../../src/model/address.ts';
import type { Session } from '../../src/model/aws.ts';
import { canonical, type Json } from '../../src/model/json.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import { narrow, observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { isWrite } from '../mutation/world.ts';
import { type Applied, type ApplyOptions, applyInto, changing, undoPlan } from '../support/apply.ts';
import { lawRuns } from '../support/law-runs.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { openRun } from '../support/sandbox.ts';
import { meaningOf, SEED, STATES } from './every-kind.ts';
import { undeclared } from './intents.ts';
import { type Watched, watch, wrongNow } from './open-traffic.ts';
import { strays } from './strays.ts';

type Kind = {
  readonly do: Fault['do'];
  /** From this request on, not only this one. */
  readonly on?: true;
  /** Only what changes something: of a read nobody could tell the difference. */
  readonly ofWrites?: true;
  readonly attempts?: number;
  /** Where a session is open, nothing is left undone: what is there is looked at again, or asked for again. */
  readonly harmless?: true;
  /** What becomes of the process while the request is on its way. */
  readonly process?: 'killed' | 'interrupted';
};

const KINDS: { readonly [title: string]: Kind } = {
  'is denied': { do: 'deny' },
  'is throttled until the attempts end': { do: 'throttle' },
  'meets an error of AWS': { do: 'error500' },
  'is lost': { do: 'drop' },
  'is carried out, but its answer is lost': { do: 'drop-after', ofWrites: true, harmless: true },
  'is carried out, its answer lost, and sent again': { do: 'drop-after', ofWrites: true, attempts: 2, harmless: true },
  'finds its session expired': { do: { code: 'ExpiredToken', status: 400, message: 'expired' }, harmless: true },
  'is answered as it was before': { do: 'stale', harmless: true },
  'is answered as it was before, and so are all that follow': { do: 'stale', on: true },
  'is carried out while somebody interrupts': { do: 'hold', process: 'interrupted' },
  'is lost, and the process is killed': { do: 'drop', process: 'killed' },
  'is carried out, and the process is killed': { do: 'hold', process: 'killed', ofWrites: true },
};

/** Where a run begins, and what is to be done there, also after a part of it is. */
type Way = {
  /** One request of so many is tried, where all of an apply are. */
  readonly every: number;
  prepare(bench: Bench): Promise<void>;
  plan(bench: Bench): Promise<Plan>;
};

const WAYS: { readonly [title: string]: Way } = {
  'an apply': { every: 1, prepare: async () => {}, plan: ({ run }) => planNow(run) },
  'a way back': {
    every: 5,
    async prepare({ run, store }) {
      await applyInto(store, 'run-0', run, changing(await planNow(run)));
    },
    plan: async ({ run, store }) => undoPlan(run, { journal: await readRun(store, 'run-0') }),
  },
};

/** What a run does where nothing goes wrong: found out once for each state and way. */
type Calm = Way & {
  readonly cells: readonly Cell[];
  /** What is asked, in that order. */
  readonly actions: readonly string[];
  readonly start: Json;
  readonly end: Json;
  readonly watched: Watched;
};

/** A run in a world of its own. */
type Bench = { readonly sandbox: Sandbox; readonly run: Run; readonly store: JournalStore };

async function withBench<Result>(state: string, attempts: number, work: (bench: Bench) => Promise<Result>) {
  const sandbox = await startSandbox({ seed: SEED });
  const run = await openRun(sandbox, state, { attempts });
  try {
    return await work({ sandbox, run, store: memoryJournal() });
  } finally {
    await run.connection.close();
    await sandbox.close();
  }
}

const planNow = async (run: Run) => planOf(run, await observe(run));
const addressesOf = (cells: readonly Cell[]): string[] => cells.map(({ address }) => addressKey(address)).sort();
const CHANGES = /^(?!Describe|Get|List|BatchGet|AssumeRole)/;

const CASES = Object.entries(WAYS).flatMap(([way, does]) =>
  [...STATES].map(([title, state]) => [`${title}: ${way}`, state, does] as const),
);

describe.each(CASES)('%s of which one request', (_, state, way) => {
  let calm: Calm;
  // What has happened and is recorded alike goes on alike: it is followed to its end once.
  const settled = new Set<string>();

  beforeAll(async () => {
    calm = await withBench(state, 1, async (bench) => {
      const { sandbox, run, store } = bench;
      await way.prepare(bench);
      const start = meaningOf(sandbox.world);
      const cells = changing(await way.plan(bench));
      const before = sandbox.requests.length;
      await applyInto(store, 'run-1', run, cells);
      const actions = sandbox.requests.slice(before).map(({ action }) => action);
      expect(changing(await way.plan(bench))).toEqual([]);
      return { ...way, cells, actions, start, end: meaningOf(sandbox.world), watched: watch(cells) };
    });
    expect(calm.cells.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(KINDS))('%s', async (_, kind) => {
    for (const nth of chosen(calm, kind)) {
      try {
        await withBench(state, kind.attempts ?? 1, async (bench) => {
          await way.prepare(bench);
          await suffer(bench, calm, kind, nth, settled);
        });
      } catch (error) {
        throw Object.assign(error as Error, { message: `request ${nth}: ${(error as Error).message}` });
      }
    }
  });
});

const PERIOD = Math.ceil(3000 / lawRuns(3000));
const SEEDED = Number(process.env.TRUEUP_LAW_SEED ?? Date.now());

/** All of them in CI; where a person waits every so many, and others the next time. */
function chosen({ actions, every }: Calm, kind: Kind): number[] {
  const numbers = actions.flatMap((action, i) => (kind.ofWrites && !CHANGES.test(action) ? [] : [i + 1]));
  const period = PERIOD * every;
  const shift = (SEEDED + Object.values(KINDS).indexOf(kind)) % period;
  return numbers.filter((_, i) => i % period === shift);
}

async function suffer(bench: Bench, calm: Calm, kind: Kind, nth: number, settled: Set<string>): Promise<void> {
  const { sandbox, store } = bench;
  const wrong: string[] = [];
  const applied = await applyUnder(bench, calm, kind, nth, wrong);
  expect(wrong).toEqual([]);
  const now = meaningOf(sandbox.world);
  expect(strays(calm.start, calm.end, now)).toEqual([]);
  const journal = await readRun(store, 'run-1');
  expect(journal.faults).toEqual([]);
  if (applied) expectAccount(applied, calm, kind, nth);
  else expect(journal.closed).toBe(false);
  const records = cellsOfRun(journal.lines).map(({ cell, ...record }) => ({ ...record, digest: cell.digest }));
  const key = canonical([now, records]);
  if (settled.has(key)) return;
  await expectRecovery(bench, calm);
  settled.add(key);
}

/** Undefined where the process was killed. */
async function applyUnder(
  { sandbox, run, store }: Bench,
  { cells, watched }: Calm,
  kind: Kind,
  nth: number,
  wrong: string[],
): Promise<Applied | undefined> {
  const faults = new AbortController();
  const stop = new AbortController();
  let killed = false;
  const alive = async (): Promise<void> => {
    if (killed) await new Promise(() => {});
  };
  const options: ApplyOptions = {
    signal: stop.signal,
    // A process that is killed writes nothing any more, and asks for nothing.
    breakJournal: (journal) => ({
      append: (target, entry) => alive().then(() => journal.append(target, entry)),
      close: () => alive().then(() => journal.close()),
    }),
    breakRequest: (request) => alive().then(() => request),
    breakSession: (session): Session => ({
      ...session,
      async send(call) {
        if (isWrite(call) && stop.signal.aborted) wrong.push(`${call.operation} was begun after the interruption`);
        if (isWrite(call)) wrong.push(...undeclared(call, (await readRun(store, 'run-1')).lines));
        try {
          return await session.send(call);
        } finally {
          if (isWrite(call)) wrong.push(...wrongNow(watched, sandbox.world));
        }
      },
    }),
  };
  if (kind.do !== 'hold') {
    const lift = sandbox.fault({ match: kind.on ? { from: nth } : { nth }, do: kind.do });
    faults.signal.addEventListener('abort', lift);
  }
  const held = kind.process && sandbox.hold({ nth });
  const running = applyInto(store, 'run-1', run, cells, options);
  if (held) {
    await Promise.race([held.arrived, running]);
    const before = sandbox.requests.length;
    if (kind.process === 'interrupted') stop.abort();
    else killed = true;
    held.release();
    while (killed && sandbox.requests.length === before) await new Promise((resolve) => setImmediate(resolve));
  }
  const applied = killed ? undefined : await running;
  faults.abort();
  return applied;
}

/** Every cell has ended once, the journal says the same, and the exit code says whether all is well. */
function expectAccount({ outcomes, journal }: Applied, { cells, actions }: Calm, kind: Kind, nth: number): void {
  expect(addressesOf(outcomes.map(({ cell }) => cell))).toEqual(addressesOf(cells));
  const told = new Map(outcomes.map(({ cell, result }) => [addressKey(cell.address), result]));
  for (const { cell, result } of cellsOfRun(journal.lines)) expect(result).toBe(told.get(addressKey(cell.address)));
  const undone = outcomes.filter(({ result }) => result !== 'applied');
  for (const { reason } of undone) expect(reason?.message).toMatch(/./);
  const action = actions[nth - 1] ?? '';
  if (kind.harmless && action !== 'AssumeRole') expect(undone).toEqual([]);
  // One that fails stops no other, unless they share the request.
  const isShared = /^(?:AssumeRole|GetEnabledStandards|Batch.*)$/.test(action);
  if (!isShared && !kind.on && !kind.process) expect(undone.length).toBeLessThanOrEqual(1);
  const interrupted = kind.process === 'interrupted';
  const signal = interrupted ? AbortSignal.abort() : new AbortController().signal;
  expect(exitOf(outcomes, { signal })).toBe(interrupted ? 130 : undone.length > 0 ? 1 : 0);
}

/** The next run finishes what is left, with the approval of before; and the runs together can be turned back. */
async function expectRecovery(bench: Bench, { cells, start, end, plan }: Calm): Promise<void> {
  const { sandbox, run, store } = bench;
  const again = await plan(bench);
  expect(again.cells.filter(({ outcome }) => outcome !== 'change')).toEqual([]);
  const done = cellsOfRun((await readRun(store, 'run-1')).lines).filter(({ result }) => result === 'applied');
  const finished = new Set(addressesOf(done.map(({ cell }) => cell)));
  for (const cell of again.cells) {
    const first = cells.find(({ address }) => addressKey(address) === addressKey(cell.address));
    expect(first && isOnTheWay(first, cell.before)).toBe(true);
    expect(cell.after).toEqual(first?.after);
    expect(finished).not.toContain(addressKey(cell.address));
  }
  const digests = new Set(cells.map(({ digest }) => digest));
  const rest = narrow(again, { digests, unfinished: await unfinishedCells(store) });
  expect(rest.left).toEqual([]);
  const second = await applyInto(store, 'run-2', run, rest.cells);
  expect(second.outcomes.filter(({ result }) => result !== 'applied')).toEqual([]);
  expect(meaningOf(sandbox.world)).toEqual(end);
  expect((await plan(bench)).cells).toEqual([]);
  for (const name of ['run-2', 'run-1']) {
    const back = await undoPlan(run, { journal: await readRun(store, name) });
    expect(back.cells.filter(({ outcome }) => outcome !== 'change')).toEqual([]);
    const { outcomes } = await applyInto(store, `back from ${name}`, run, back.cells);
    expect(outcomes.filter(({ result }) => result !== 'applied')).toEqual([]);
  }
  expect(meaningOf(sandbox.world)).toEqual(start);
}

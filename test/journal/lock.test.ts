/** One apply at a time: who may hold the lock, how it is kept, how it is lost, and how it is taken from the dead. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { record } from '../../src/commands/carry-out.ts';
import { openObjects } from '../../src/commands/journal-place.ts';
import { underLock } from '../../src/commands/lock.ts';
import { type HeldLock, LEASE_MS, type LockOptions, takeLock } from '../../src/journal/lock.ts';
import { type Claim, parseLock } from '../../src/journal/lock-text.ts';
import type { Objects } from '../../src/journal/objects.ts';
import { observe, plan as planOf, protect } from '../../src/reconcile.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { changing } from '../support/apply.ts';
import { NOW, openRun } from '../support/sandbox.ts';
import { FLEET, POLICY } from '../support/small.ts';
import { BUCKET, SEED } from './bucket.ts';
import { type ManualClock, manualClock, until } from './manual-clock.ts';

const PLACE = `s3://${BUCKET}/journals/`;

let sandbox: Sandbox;
let run: Awaited<ReturnType<typeof openRun>>;
let objects: Objects;
let key: string;
let clock: ManualClock;
let count = 0;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: SEED });
  run = await openRun(sandbox, `${FLEET}---\n${POLICY}`);
  objects = await openObjects(PLACE, run);
});
afterAll(async () => {
  await run.connection.close();
  await sandbox.close();
});
const held: HeldLock[] = [];
const said: string[] = [];
beforeEach(() => {
  count += 1;
  key = `journals/lock-${count}.json`;
  clock = manualClock();
  said.length = 0;
  return async () => {
    for (const lock of held.splice(0)) await lock.release();
  };
});

const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  objects,
  key,
  leaseMs: LEASE_MS,
  clock,
  say: (text) => void said.push(text),
  ...more,
});

async function take(claim: string | Claim, more: Partial<LockOptions> = {}): Promise<HeldLock> {
  const lock = await takeLock(typeof claim === 'string' ? { owner: claim } : claim, options(more));
  held.push(lock);
  return lock;
}

const holders = async () => parseLock((await objects.read(key))?.text ?? '') ?? [];
const owners = async () => (await holders()).map(({ owner }) => owner).sort();
/** The time of one sign of life of everybody, and the sign. */
async function passBeat(): Promise<void> {
  const before = new Set((await holders()).map(({ beat }) => beat));
  clock.pass(LEASE_MS / 3);
  await until(async () => (await holders()).every(({ beat }) => !before.has(beat)));
}
const isWatching = async (times = 1) =>
  until(() => said.filter((text) => text.startsWith('watching')).length === times);
const part = (index: number, of = 3, state = 's1'): Claim => ({
  owner: `${index}of${of}${state}`,
  share: { index, of, state },
});

/** A process that was killed: its lock is there, and nobody renews it. */
async function leaveBehind(claim: Claim, leaseMs = LEASE_MS): Promise<void> {
  const long = 600_000;
  const lock = await takeLock(claim, options({ leaseMs: long }));
  const text = (await objects.read(key))?.text ?? '';
  await lock.release();
  const there = await objects.read(key);
  await objects.swap(key, text.replace(`"leaseMs":${long}`, `"leaseMs":${leaseMs}`), there?.etag ?? '');
}

describe('the lock', () => {
  it('is held by one, whoever else asks, and can be taken again once it is given back', async () => {
    const first = await take('first');
    await expect(take('second')).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringMatching(/^first is applying since \d{4}-.*Z; its last sign of life was \d+ s ago/),
      advice: expect.stringContaining('--break-lock first'),
    });
    await first.release();
    await take('second');
    expect(await owners()).toEqual(['second']);
  });

  it('goes to exactly one of many that ask at the same time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => take(`p${n}`)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await owners()).toHaveLength(1);
  });

  it('is kept for longer than a lease by signs of life', async () => {
    const lock = await take('busy');
    const [before] = await holders();
    for (let beats = 0; beats < 7; beats += 1) await passBeat();
    const [after] = await holders();
    expect(lock.lost.aborted).toBe(false);
    expect(after?.beat).not.toBe(before?.beat);
    expect(after?.since).toBe(before?.since);
  });

  it('is shared by the shares of one state, and by nobody else', async () => {
    await take(part(1));
    await take(part(3));
    expect(await owners()).toEqual(['1of3s1', '3of3s1']);
    for (const claim of [part(1), part(2, 4), part(2, 3, 's2'), { owner: 'whole' }])
      await expect(take({ ...claim, owner: 'another' })).rejects.toMatchObject({ code: 'locked' });
    await take(part(2));
    for (let beats = 0; beats < 4; beats += 1) await passBeat();
    expect(held.map(({ lost }) => lost.aborted)).toEqual([false, false, false]);
  });

  it('is not taken where something else lies in its place', async () => {
    for (const text of ['{}', 'not json', '{"format":"trueup-lock/2","holders":[]}', '{"format":"trueup-lock/1"}']) {
      key = `${key}x`;
      await objects.create(key, text);
      await expect(take('first')).rejects.toMatchObject({ code: 'lock-unreadable' });
      expect((await objects.read(key))?.text).toBe(text);
    }
  });

  it('is held although the answer to taking it got lost', async () => {
    sandbox.fault({ match: { action: 'PutObject', times: 1 }, do: 'drop-after' });
    await take('first');
    expect(await owners()).toEqual(['first']);
  });

  it('that cannot be given back is told, with what to do', async () => {
    const lock = await take('stuck');
    const undo = sandbox.fault({ match: { service: 's3' }, do: 'deny' });
    await lock.release();
    undo();
    expect(said.at(-1)).toMatch(/could not be given back.*--break-lock stuck/);
  });
});

describe('a lock is lost', () => {
  it('when somebody took it away', async () => {
    const lock = await take('slow');
    await objects.swap(key, '{"format":"trueup-lock/1","holders":[]}', (await objects.read(key))?.etag ?? '');
    clock.pass(LEASE_MS / 3);
    await until(() => lock.lost.aborted);
    expect(lock.lost.reason).toMatchObject({
      code: 'lock-lost',
      message: expect.stringContaining('took the lock away'),
    });
    await lock.release();
    expect(await owners()).toEqual([]);
  });

  it('when a lease has passed in which it could not be renewed', async () => {
    const lock = await take('cut-off');
    const undo = sandbox.fault({ match: { service: 's3' }, do: 'deny' });
    clock.pass(LEASE_MS - 1);
    expect(lock.lost.aborted).toBe(false);
    clock.pass(1);
    undo();
    expect(lock.lost.reason).toMatchObject({ code: 'lock-lost', message: expect.stringContaining('not be renewed') });
  });

  it('not by a failure that passes', async () => {
    const lock = await take('lucky');
    const before = sandbox.requests.length;
    const undo = sandbox.fault({ match: { service: 's3', times: 1 }, do: 'deny' });
    clock.pass(LEASE_MS / 3);
    await until(() => sandbox.requests.length > before);
    undo();
    for (let beats = 0; beats < 4; beats += 1) await passBeat();
    expect(lock.lost.aborted).toBe(false);
  });
});

describe('breaking a lock', () => {
  it('takes it from one that was watched for a lease without a sign of life', async () => {
    await leaveBehind({ owner: 'dead' });
    const taking = take('next', { breakOwners: ['dead'] });
    await isWatching();
    clock.pass(LEASE_MS - 1);
    expect(await owners()).toEqual(['dead']);
    clock.pass(1);
    await taking;
    expect(await owners()).toEqual(['next']);
  });

  it('does not take it from the living', async () => {
    const lock = await take('alive');
    const taking = expect(take('next', { breakOwners: ['alive'] })).rejects.toMatchObject({ code: 'lock-alive' });
    await isWatching();
    for (let beats = 0; beats < 3; beats += 1) await passBeat();
    await taking;
    expect(lock.lost.aborted).toBe(false);
    expect(await owners()).toEqual(['alive']);
  });

  it('does not take it from anybody who was not named', async () => {
    await leaveBehind({ owner: 'dead' });
    await expect(take('next', { breakOwners: ['somebody'] })).rejects.toMatchObject({ code: 'locked' });
    expect(await owners()).toEqual(['dead']);
  });

  it('takes all dead shares at once, and leaves those that live', async () => {
    await leaveBehind(part(1));
    await leaveBehind(part(2));
    await take(part(3));
    const names = [1, 2].map((index) => part(index).owner);
    await expect(take('whole', { breakOwners: names })).rejects.toMatchObject({ code: 'locked' });
    await held.splice(0)[0]?.release();
    const taking = take('whole', { breakOwners: names });
    await isWatching();
    clock.pass(LEASE_MS);
    await taking;
    expect(await owners()).toEqual(['whole']);
  });

  it('is what at most one of two can do', async () => {
    await leaveBehind({ owner: 'dead' });
    const taking = Promise.allSettled(['a', 'b'].map((owner) => take(owner, { breakOwners: ['dead'] })));
    await isWatching(2);
    clock.pass(LEASE_MS);
    const tries = await taking;
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await owners()).toHaveLength(1);
  });
});

describe('an apply whose lock is lost', () => {
  it('sends no further call, says so, and closes its journal', async () => {
    const plan = planOf(run, await observe(run));
    const io = { env: {}, now: NOW, signal: new AbortController().signal, progress: () => {}, say: options().say };
    const lockKey = 'journals/lock-default.json';
    const revoke = sandbox.hold({ action: 'RevokeSecurityGroupIngress' });
    const order = { journal: PLACE, protection: await protect(run), failFast: false };
    let signalled: AbortSignal | undefined;
    const inTurn = { ...run, fleet: { ...run.fleet, limits: { ...run.fleet.limits, concurrency: 1 } } };
    const applying = underLock(inTurn, { journal: PLACE, clock }, io, (signal) => {
      signalled = signal;
      return record(changing(plan), plan, inTurn, order, { ...io, signal });
    });
    await revoke.arrived;
    await objects.swap(lockKey, '{"format":"trueup-lock/1","holders":[]}', (await objects.read(lockKey))?.etag ?? '');
    clock.pass(LEASE_MS / 3);
    await until(() => signalled?.aborted === true);
    const written = () => sandbox.requests.filter(({ action }) => /^(Revoke|Authorize|Modify|Update)/.test(action));
    const before = written().length;
    revoke.release();
    const { result, lost } = await applying;
    expect(lost).toMatchObject({ code: 'lock-lost' });
    expect(said.at(-1)).toContain('somebody took the lock away');
    expect(result.outcomes.some((outcome) => outcome.result === 'interrupted')).toBe(true);
    const inFlight = written().slice(before);
    expect(inFlight.map(({ action }) => action)).toEqual(['RevokeSecurityGroupIngress']);
    const kept = [...(sandbox.world.buckets.get(BUCKET)?.objects.keys() ?? [])];
    expect(kept.filter((name) => name.endsWith('/closed.json'))).toHaveLength(1);
  });
});

/** Apply and revert with their journal in a bucket: two at a time, killed ones, and the way back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLock } from '../../src/journal/lock-text.ts';
import type { StoredObject } from '../../src/sandbox/world/buckets.ts';
import { type Desk, openDesk, said } from '../support/cli.ts';
import { STATE } from '../support/small.ts';
import { BUCKET, SEED } from './bucket.ts';

const JOURNAL = ['--journal', `s3://${BUCKET}/journals`];
const LOCK = 'journals/lock-default.json';

let desk: Desk;
let objects: Map<string, StoredObject>;
beforeEach(async () => {
  desk = await openDesk(SEED, STATE);
  objects = desk.sandbox.world.buckets.get(BUCKET)?.objects ?? new Map();
});
afterEach(() => desk.close());

const owners = (): string[] => (parseLock(objects.get(LOCK)?.body ?? '') ?? []).map(({ owner }) => owner);
const written = (): number =>
  desk.sandbox.requests.filter(({ action }) => /^(Revoke|Authorize|Update)/.test(action)).length;

describe('a journal in a bucket', () => {
  it('has the run, tells it, verifies it, and leads back', async () => {
    expect(await desk.trueup(['apply', '--yes', ...JOURNAL], { CI: 'true' })).toMatchObject({ code: 0 });
    expect(owners()).toEqual([]);
    const list = await desk.trueup(['journal', 'list', '--json', ...JOURNAL]);
    const [run] = JSON.parse(list.stdout) as { run: string; cells: number; closed: boolean }[];
    expect(run).toMatchObject({ cells: 6, closed: true });
    expect((await desk.trueup(['journal', 'verify', ...JOURNAL])).stdout).toBe(`${run?.run}: holds together\n`);
    expect((await desk.trueup(['journal', 'show', run?.run ?? '', ...JOURNAL])).stdout).toContain('6 applied');
    const back = await desk.trueup(['revert', run?.run ?? '', '--yes', ...JOURNAL]);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('6 applied') });
    const { cells } = JSON.parse((await desk.trueup(['plan', '--json'])).stdout) as { cells: unknown[] };
    expect(cells).toHaveLength(6);
  });

  it('whose entry was changed by somebody stops a revert', async () => {
    await desk.trueup(['apply', '--yes', ...JOURNAL]);
    const [key = ''] = [...objects.keys()].filter((one) => one.endsWith('/00000000.json'));
    const entry = objects.get(key);
    if (entry) objects.set(key, { ...entry, body: entry.body.replace('"begin"', '"begin" ') });
    const run = key.split('/')[1] ?? '';
    const { code, stderr } = await desk.trueup(['revert', run, '--yes', ...JOURNAL]);
    expect(stderr).toContain('(journal-tampered)');
    expect(code).toBe(1);
    expect((await desk.trueup(['journal', 'verify', ...JOURNAL])).code).toBe(1);
  });

  it('that cannot be written lets nothing happen', async () => {
    const undo = desk.sandbox.fault({ match: { action: 'PutObject', nth: 3 }, do: 'deny' });
    const { code, stderr } = await desk.trueup(['apply', '--yes', ...JOURNAL]);
    undo();
    expect(code).toBe(1);
    expect(stderr).toContain('(journal-failed)');
    expect(written()).toBe(0);
    expect(owners()).toEqual([]);
  });
});

describe('two applies at the same time', () => {
  it('do not overlap: the second is told who is at it, and writes nothing', async () => {
    const call = desk.sandbox.hold({ action: 'RevokeSecurityGroupIngress' });
    const first = desk.start(['apply', '--yes', ...JOURNAL]);
    await call.arrived;
    const before = written();
    const second = await desk.trueup(['apply', '--yes', ...JOURNAL]);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`${owners()[0]} is applying since`);
    expect(second.stderr).toContain(`--break-lock ${owners()[0]}`);
    call.release();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(written()).toBeGreaterThan(before);
    const runs = JSON.parse((await desk.trueup(['journal', 'list', '--json', ...JOURNAL])).stdout) as unknown[];
    expect(runs).toHaveLength(1);
    expect(await desk.trueup(['apply', '--yes', ...JOURNAL])).toMatchObject({ code: 0 });
  });

  it('are kept apart from a dead one, until its lock is broken by name; then its rest is carried out', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    // This one never gets through: the sandbox lets go of it when it closes.
    const call = desk.sandbox.hold({ action: 'RevokeSecurityGroupIngress', times: 1 });
    const { child, ended } = desk.start(['apply', 'plan.json', '--yes', ...JOURNAL]);
    await call.arrived;
    child.kill('SIGKILL');
    await ended;
    expect((await desk.trueup(['apply', 'plan.json', '--yes', ...JOURNAL])).stderr).toContain('(locked)');
    const [owner = ''] = owners();
    shorten(200);
    const { code, stderr } = await desk.trueup(['apply', 'plan.json', '--yes', ...JOURNAL, '--break-lock', owner]);
    expect(stderr).toContain(`watching ${owner}`);
    expect(stderr).not.toContain('moved');
    expect(code).toBe(0);
    expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  it('give the lock back on Ctrl-C', async () => {
    const call = desk.sandbox.hold({ action: 'RevokeSecurityGroupIngress' });
    const { child, ended } = desk.start(['apply', '--yes', ...JOURNAL]);
    await call.arrived;
    child.kill('SIGINT');
    await said(child, 'the call in flight is finished');
    call.release();
    expect((await ended).code).toBe(130);
    expect(owners()).toEqual([]);
  });
});

/** The lease of the dead is half a minute; nobody waits that long in a test. */
function shorten(leaseMs: number): void {
  const lock = objects.get(LOCK);
  if (lock) objects.set(LOCK, { ...lock, body: lock.body.replace(/"leaseMs":\d+/, `"leaseMs":${leaseMs}`) });
}

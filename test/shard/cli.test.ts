/** A plan made in shares and applied in shares: the same as in one go, and nothing falls between them. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { shardOf } from '../../src/plan/shard.ts';
import { BUCKET, SEED } from '../journal/bucket.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, POLICY, SECOND, STATE } from '../support/small.ts';

/** The two accounts of the small organisation fall into different shares of this many. */
const OF = 3;
const indices = Array.from({ length: OF }, (_, index) => index + 1);
const shareFiles = indices.map((index) => `share-${index}.json`);
const JOURNAL = ['--journal', `s3://${BUCKET}/journals`];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SEED, STATE);
});
afterAll(() => desk.close());

const readsSince = (start: number): string[] =>
  desk.sandbox.requests
    .slice(start)
    .filter(({ action }) => /^(?:Describe|Get(?!Caller)|List)/.test(action))
    .map(({ action, account }) => `${account} ${action}`)
    .sort();
const planIn = async (name: string): Promise<Plan> => JSON.parse(await readFile(desk.path(name), 'utf8'));

describe('planning in shares', () => {
  it('lists the accounts once, reads each account once, and gives the plan of one machine', async () => {
    expect(shardOf(FIRST, OF)).not.toBe(shardOf(SECOND, OF));
    expect(await desk.trueup(['targets', '--out', 'inventory.json'])).toMatchObject({ code: 0 });
    const first = desk.sandbox.requests.length;
    expect(await desk.trueup(['plan', '--out', 'whole.json'])).toMatchObject({ code: 0 });
    const alone = readsSince(first);
    const before = desk.sandbox.requests.length;
    for (const index of indices) {
      const words = ['plan', '--shard', `${index}/${OF}`, '--inventory', 'inventory.json'];
      expect(await desk.trueup([...words, '--out', `share-${index}.json`])).toMatchObject({ code: 0 });
    }
    expect(readsSince(before)).toEqual(alone);
    const merged = await desk.trueup(
      ['plan', '--merge', ...shareFiles, '--out', 'merged.json', '--detailed-exitcode'],
      {
        TRUEUP_SANDBOX: undefined,
      },
    );
    expect(merged.code).toBe(2);
    expect(await planIn('merged.json')).toEqual(await planIn('whole.json'));
  });

  it.each([
    [['share-1.json', 'share-3.json'], /share 2 of 3 is missing/],
    [[...shareFiles, 'share-2.json'], /share 2 of 3 is there twice/],
    [['whole.json'], /none of them is the share of a plan/],
  ])('%j do not make a plan', async (files, why) => {
    const { code, stdout, stderr } = await desk.trueup(['plan', '--merge', ...files]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(why);
  });

  it('refuses to merge at another commit than the shares were planned at', async () => {
    await desk.write({
      'later/fleet.yaml': STATE['state/fleet.yaml'],
      'later/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 15'),
    });
    const { code, stderr } = await desk.trueup(['plan', '--state', 'later', '--merge', ...shareFiles]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/another state than the one in later/);
  });

  it.each([
    [['plan', '--shard', '0/3'], /--shard does not understand "0\/3"/],
    [['plan', '--shard', '4/3'], /--shard does not understand/],
    [['plan', '--merge', 'share-1.json', '--shard', '1/3'], /--merge joins shares that are planned already/],
    [['apply', '--shard', '1/3', '--yes'], /only from a plan that was judged as a whole/],
  ])('%j is answered with what to do', async (words, why) => {
    const { code, stderr } = await desk.trueup(words);
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
  });
});

describe('a stored list of accounts', () => {
  it.each([
    ['of another fleet', { stamp: { fleet: 'china' } }, /made for fleet "china"/],
    ['of yesterday', { takenAt: '2020-01-01T00:00:00Z' }, /older than 24 hours/],
    ['for another question', { question: { fleet: { accounts: 'self' } } }, /other accounts, regions/],
    ['of another shape', { format: 'trueup-inventory/9' }, /not a list of accounts that this version/],
  ])('%s is refused', async (_, other, why) => {
    const stored = JSON.parse(await readFile(desk.path('inventory.json'), 'utf8'));
    const { stamp, question, ...rest } = stored;
    const spoilt = { ...rest, ...other, stamp: { ...stamp, ...('stamp' in other && other.stamp) } };
    const asked = { ...question, ...('question' in other && other.question) };
    await desk.write({ 'other.json': JSON.stringify({ ...spoilt, question: asked }) });
    const { code, stderr } = await desk.trueup(['plan', '--inventory', 'other.json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(why);
  });

  it('is refused when a selector asks for what nobody looked up: it would mean no account at all', async () => {
    await desk.write({
      'tagged/fleet.yaml': STATE['state/fleet.yaml'],
      'tagged/baseline.yaml': POLICY.replace('accounts: [all]', 'accounts: ["tag:env=production"]'),
    });
    const { code, stderr } = await desk.trueup(['plan', '--state', 'tagged', '--inventory', 'inventory.json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/selectors of the state ask for tags of accounts/);
  });
});

describe('applying in shares', () => {
  it('carries out each share in a run of its own, at the same time, and nothing of the others', async () => {
    const undo = desk.sandbox.fault({ match: { action: 'RevokeSecurityGroupIngress' }, do: { latencyMs: 300 } });
    const words = (index: number) => ['apply', 'merged.json', '--yes', '--shard', `${index}/${OF}`, ...JOURNAL];
    const ended = await Promise.all(indices.map((index) => desk.trueup(words(index))));
    undo();
    expect(ended.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0, 0]);
    expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
    const runs = JSON.parse((await desk.trueup(['journal', 'list', '--json', ...JOURNAL])).stdout);
    expect(runs.map(({ what, cells }: { what: string; cells: number }) => [what, cells]).sort()).toEqual(
      [FIRST, SECOND].map((account) => [`apply share ${shardOf(account, OF)}/${OF}`, 3]).sort(),
    );
    expect((await desk.trueup(['journal', 'verify', ...JOURNAL])).code).toBe(0);
  });
});

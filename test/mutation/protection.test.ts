/** What must never be touched is checked in three places: does each of them hold without the others? */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/execute/batch.ts';
import type { Forbidden } from '../../src/execute/denials.ts';
import { openWriters } from '../../src/execute/open-writer.ts';
import { NOTHING_PROTECTED, type Protection } from '../../src/fleet/protection.ts';
import type { Cell } from '../../src/model/plan.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { type Run, readers, resources } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { applyCells, changing, undoPlan } from '../support/apply.ts';
import { openRun } from '../support/sandbox.ts';
import { ACCOUNT, DATABASE, REGION, SEED, stateYaml, VPC } from './world.ts';

let sandbox: Sandbox;
const runs: Run[] = [];
beforeEach(async () => {
  sandbox = await startSandbox({ seed: SEED });
});
afterEach(async () => {
  await Promise.all(runs.splice(0).map(({ connection }) => connection.close()));
  await sandbox.close();
});

async function open(more = ''): Promise<Run> {
  const run = await openRun(sandbox, stateYaml(more));
  runs.push(run);
  return run;
}

async function cellsOf(run: Run): Promise<readonly Cell[]> {
  return planOf(run, await observe(run)).cells;
}

const isDatabase = ({ address }: Cell): boolean =>
  address.account === ACCOUNT && address.region === REGION && address.id === DATABASE;

/** What each entry of `neverTouch` protects, as the fleet's YAML, as the executor gets it, and in words. */
const ENTRIES: readonly (readonly [entry: string, protection: Partial<Protection>, words: string])[] = [
  [`"${ACCOUNT}"`, { accounts: [ACCOUNT] }, `account ${ACCOUNT}`],
  ['"name:fir*"', { accounts: [ACCOUNT] }, `account ${ACCOUNT}`],
  [DATABASE, { ids: [DATABASE] }, DATABASE],
  [VPC, { ids: [VPC] }, VPC],
  ['"tag:tier=data"', { tags: ['tier=data'] }, 'the tag tier=data'],
];

describe.each(ENTRIES)('neverTouch: %s', (entry, protection, words) => {
  it('the plan holds what is protected, with the reason', async () => {
    const cell = (await cellsOf(await open(`safety: { neverTouch: [${entry}] }`))).find(isDatabase);
    expect(cell).toMatchObject({ outcome: 'held', reason: { code: 'never-touch' } });
    expect(cell?.reason?.message).toContain(words);
    expect(cell?.steps).not.toEqual([]);
  });

  it('the executor refuses a cell that was planned all the same, before any write', async () => {
    const run = await open();
    const cells = (await cellsOf(run)).filter(isDatabase);
    const { outcomes, journal } = await applyCells(run, cells, { protection: { ...NOTHING_PROTECTED, ...protection } });
    expect(outcomes).toMatchObject([{ result: 'held', reason: { code: 'never-touch' } }]);
    expect(journal.lines.filter(({ entry: { kind } }) => kind === 'intent')).toEqual([]);
  });

  it('AWS refuses the planned calls, sent without asking the executor', async () => {
    const run = await open();
    const cells = (await cellsOf(run)).filter(isDatabase);
    const forbidden = { fences: [], protection: { ...NOTHING_PROTECTED, ...protection } };
    expect(await sendPlanned(run, cells, forbidden)).toEqual(
      cells.flatMap(({ steps }) => steps.map(() => 'UnauthorizedOperation')),
    );
    expect(await sendPlanned(run, cells, { fences: [], protection: NOTHING_PROTECTED })).toContain('ok');
  });
});

describe('neverTouch', () => {
  it('of an account keeps the executor from even asking for a session there', async () => {
    const run = await open();
    const cells = changing(planOf(run, await observe(run)));
    const before = sandbox.requests.length;
    await applyCells(run, cells, { protection: { ...NOTHING_PROTECTED, accounts: [ACCOUNT] } });
    const later = sandbox.requests.slice(before);
    expect(later.filter(({ account, service }) => account === ACCOUNT && service !== 'sts')).toEqual([]);
    expect(later.filter(({ input }) => String(input.RoleArn).includes(ACCOUNT))).toEqual([]);
    expect(later.filter(({ outcome, action }) => outcome === 'ok' && /^(Revoke|Update)/.test(action))).not.toEqual([]);
  });

  it('holds a revert as well', async () => {
    const applied = await applyCells(await open(), (await cellsOf(await open())).filter(isDatabase));
    const guarded = await open('safety: { neverTouch: ["tag:tier=data"] }');
    expect((await undoPlan(guarded, applied)).cells).toMatchObject([
      { outcome: 'held', reason: { code: 'never-touch' } },
    ]);
  });
});

describe('an entry that protects nothing', () => {
  it('is told in the notes of a whole plan, with the tag that was perhaps meant', async () => {
    const nothing = ['"tag:tier=Data"', '"tag:env=none"', 'sg-00000000000000bad', '"000000000001"', '"name:nobody*"'];
    const something = ENTRIES.map(([entry]) => entry);
    const run = await open(`safety: { neverTouch: [${[...nothing, ...something].join(', ')}] }`);
    const snapshot = await observe(run);
    const told = planOf(run, snapshot).notes.filter(({ code }) => code === 'protects-nothing');
    expect(told.map(({ message }) => message.split(' under ')[0])).toEqual(
      nothing.map((entry) => `"${entry.replaceAll('"', '')}"`),
    );
    expect(told[0]?.message).toContain('there is the tag tier=data, and case counts');
    const part = await observe({ ...run, only: { accounts: [ACCOUNT] } });
    expect(planOf({ ...run, only: { accounts: [ACCOUNT] } }, part).notes).toEqual([]);
  });
});

describe('a fence of the fleet', () => {
  it('stands in every session policy, and AWS refuses what it denies although it was planned', async () => {
    const run = await open(
      'fences: [{ deny: ["ec2:ModifySecurityGroup*"], on: ["arn:{partition}:ec2:*:{account}:*"] }]',
    );
    const { outcomes, sessions } = await applyCells(run, (await cellsOf(run)).filter(isDatabase));
    expect(sessions[0]?.policy.Statement).toContainEqual({
      Effect: 'Deny',
      Action: ['ec2:ModifySecurityGroup*'],
      Resource: [`arn:aws:ec2:*:${ACCOUNT}:*`],
    });
    expect(outcomes).toMatchObject([{ result: 'failed', reason: { code: 'access-denied' } }]);
    expect(outcomes[0]?.reason?.message).toContain('ec2:ModifySecurityGroupRules');
  });

  it('with a condition denies only where the condition holds', async () => {
    const run = await open('fences: [{ deny: ["*"], when: { StringEquals: { "aws:ResourceTag/tier": [data] } } }]');
    const cells = (await cellsOf(run)).filter(
      ({ address }) => address.account === ACCOUNT && address.region === REGION,
    );
    const { outcomes } = await applyCells(run, cells);
    const results = outcomes.map(({ cell, result }) => [cell.title.split(' ')[0], result]);
    expect(results).toEqual([
      ['default', 'applied'],
      ['web', 'applied'],
      ['database', 'failed'],
    ]);
  });
});

/** The error codes that AWS gives to the planned calls, or `ok`. */
async function sendPlanned(run: Run, cells: readonly Cell[], forbidden: Forbidden): Promise<string[]> {
  const [batch] = batchesOf(cells);
  if (!batch) throw new Error('there is nothing to send');
  const openWriter = (request: Parameters<Parameters<typeof openWriters>[1]['openWriter']>[0]) =>
    run.connection.assume({ ...request, role: 'trueup-write' });
  const answers: string[] = [];
  for await (const opened of openWriters(batch, { partition: 'aws', resources, readers, openWriter, ...forbidden })) {
    if (!('session' in opened)) throw new Error(opened.refusal.message);
    for (const { call } of cells.flatMap(({ steps }) => steps))
      answers.push(
        await opened.session.send(call).then(
          () => 'ok',
          (error: Error) => error.name,
        ),
      );
  }
  return answers;
}

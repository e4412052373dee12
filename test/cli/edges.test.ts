/** The edges of the command line: readers that go away, typos in what was approved, one document of JSON, odd rules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { type Desk, openDesk, PROGRAM, said } from '../support/cli.ts';
import { FIRST, SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(SMALL_SEED, STATE);
});
afterEach(() => desk.close());

const left = async (): Promise<number> =>
  (JSON.parse((await desk.trueup(['plan', '--json'])).stdout) as Plan).cells.length;

describe('a reader that goes away', () => {
  it.each(['stdout', 'stderr'] as const)('from %s stops nothing and changes no exit code', async (name) => {
    const { child, ended } = desk.start(['apply', '--yes']);
    child[name]?.destroy();
    expect((await ended).code).toBe(0);
    expect(await left()).toBe(0);
    expect(JSON.parse((await desk.trueup(['journal', 'list', '--json'])).stdout)).toMatchObject([{ closed: true }]);
  });

  it('does not hide that something failed', async () => {
    desk.sandbox.fault({ match: { action: 'UpdateAccountPasswordPolicy', account: FIRST }, do: 'deny' });
    const { child, ended } = desk.start(['apply', '--yes']);
    child.stdout?.destroy();
    expect((await ended).code).toBe(1);
  });

  it.each([
    [0, 'stdout', ['--help']],
    [1, 'stderr', ['plan', '--frobnicate']],
    [1, 'stderr', ['validate', '--state', 'nowhere']],
  ] as const)('ends with %i all the same when nobody reads on %s what %j has to say', async (code, name, words) => {
    const { child, ended } = desk.start(words);
    child[name]?.destroy();
    expect(await ended).toEqual({ code, stdout: '', stderr: '' });
  });
});

// Linux has a device that is always full.
describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  it.each(['schema', '--help'])('that loses the result of %s is an error', async (word) => {
    const full = await open('/dev/full', 'w');
    const child = spawn(process.execPath, [PROGRAM, word], { stdio: ['ignore', full.fd, 'pipe'] });
    const told = said(child, 'the result could not be written to stdout (ENOSPC)');
    const [code] = await once(child, 'exit');
    await full.close();
    await told;
    expect(code).toBe(1);
  });
});

describe('a journal', () => {
  it('in a place where nothing can be made is an error, not an endless try', async () => {
    await desk.write({ file: '' });
    const { code, stderr } = await desk.trueup(['apply', '--yes', '--journal', 'file/journal']);
    expect(stderr).toContain('(journal-failed)');
    expect(code).toBe(1);
  });
});

describe('a typo', () => {
  it('in an approval is an error, not "nothing to apply"', async () => {
    const unknown = `sha256:${'0'.repeat(64)}`;
    const { code, stderr } = await desk.trueup(['apply', '--yes', '--approved', unknown]);
    expect(code).toBe(1);
    expect(stderr).toContain(`nothing in the plan of now has the digest ${unknown}`);
    expect((await desk.trueup(['apply', '--yes', '--approved', 'sha256:beef'])).stderr).toContain('is not a digest');
  });

  it.each(['account=000000000000', 'region=eu-west-9', 'guardrail=pasword-policy'])(
    'in --only %s is an error',
    async (only) => {
      const { code, stderr } = await desk.trueup(['plan', '--only', only]);
      expect(code).toBe(1);
      expect(stderr).toContain(`--only names what is not there: ${only.split('=')[1]}`);
    },
  );
});

describe('JSON', () => {
  it('of an apply is one document with the plan, the run and how each cell ended', async () => {
    const { code, stdout } = await desk.trueup(['apply', '--yes', '--json']);
    const { plan, run, outcomes } = JSON.parse(stdout) as { plan: Plan; run: string; outcomes: { result: string }[] };
    expect(code).toBe(0);
    expect(plan.cells).toHaveLength(6);
    expect(outcomes.map(({ result }) => result)).toEqual(Array(6).fill('applied'));
    const back = await desk.trueup(['revert', run, '--yes', '--json']);
    expect((JSON.parse(back.stdout) as { outcomes: unknown[] }).outcomes).toHaveLength(6);
  });

  it('asks no questions', async () => {
    expect((await desk.trueup(['apply', '--json'])).stderr).toContain('--json leaves no place to ask');
  });
});

describe('a way back', () => {
  it('goes only where --only says', async () => {
    await desk.trueup(['apply', '--yes']);
    const [{ run } = { run: '' }] = JSON.parse((await desk.trueup(['journal', 'list', '--json'])).stdout);
    expect((await desk.trueup(['revert', run, '--yes', '--only', `account=${FIRST}`])).code).toBe(0);
    const { cells } = JSON.parse((await desk.trueup(['plan', '--json'])).stdout) as Plan;
    expect([...new Set(cells.map(({ address }) => address.account))]).toEqual([FIRST]);
  });

  it('touches no account that the fleet no longer governs', async () => {
    await desk.trueup(['apply', '--yes']);
    const [{ run } = { run: '' }] = JSON.parse((await desk.trueup(['journal', 'list', '--json'])).stdout);
    await desk.write({ 'state/fleet.yaml': `${STATE['state/fleet.yaml']}exclude: ["${FIRST}"]\n` });
    const { stdout } = await desk.trueup(['revert', run, '--yes']);
    expect(stdout).toContain(`account ${FIRST} is no longer among those that the fleet governs`);
    await desk.write(STATE);
    const { cells } = JSON.parse((await desk.trueup(['plan', '--json'])).stdout) as Plan;
    expect(cells.filter(({ address }) => address.account === FIRST)).toEqual([]);
  });
});

it('tags of AWS itself stop neither narrowing nor the way back', async () => {
  await desk.close();
  desk = await openDesk(SMALL_SEED.replace('{ ticket: OPS-1 }', '{ ticket: OPS-1, "aws:stack": shop }'), STATE);
  const { code, stdout } = await desk.trueup(['apply', '--yes', '--json']);
  expect(code).toBe(0);
  expect(await left()).toBe(0);
  const { run } = JSON.parse(stdout) as { run: string };
  expect((await desk.trueup(['revert', run, '--yes'])).stdout).toContain("AWS's own and cannot be set again");
  expect((await desk.trueup(['revert', run, '--yes'])).stderr).toContain('nothing to revert');
});

it('a user whom the reviewers did not see holds the change', async () => {
  await desk.trueup(['plan', '--out', 'plan.json']);
  const plan = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
  const web = plan.cells.find(({ title, address }) => title.startsWith('web') && address.account === FIRST);
  await desk.close();
  const attached = '\n            interfaces: [{ name: late, groups: [web], instance: i-0123456789abcdef0 }]';
  desk = await openDesk(SMALL_SEED.replace(/"tcp 443 from 0.0.0.0\/0"/, `$&${attached}`), STATE);
  await desk.write({ 'plan.json': JSON.stringify(plan) });
  const { code, stderr } = await desk.trueup(['apply', 'plan.json', '--yes']);
  expect(stderr).toContain(`held: ${web?.title} is used by somebody since it was reviewed`);
  expect(code).toBe(3);
});

describe('a program that asked for data', () => {
  it('is told of the mistakes of a state as data, too', async () => {
    await desk.write({ 'wrong/a.yaml': 'kind: Fleet\naccounts: organisation\n' });
    const { code, stdout } = await desk.trueup(['validate', '--json', '--state', 'wrong']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      problems: [{ at: { file: 'wrong/a.yaml', line: 2, column: 11 }, advice: 'did you mean "organization"?' }],
    });
  });
});

describe('a sandbox that cannot be had', () => {
  it.each([
    ['no such file', ['--seed', 'nowhere.yaml'], 'nowhere.yaml cannot be read (file-not-read)'],
    ['a seed that is none', ['--seed', 'state/fleet.yaml'], 'the seed state/fleet.yaml is not valid: Unrecognized key'],
  ])('%s is a mistake of the caller, not a defect', async (_, words, message) => {
    const { code, stderr } = await desk.trueup(['sandbox', ...words]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('defect');
  });

  it('a port that is taken is named', async () => {
    const { port } = new URL(desk.sandbox.url);
    const { code, stderr } = await desk.trueup(['sandbox', '--port', port]);
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use already (usage)`);
  });
});

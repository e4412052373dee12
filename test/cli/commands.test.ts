/** The command line as a user meets it: streams, exit codes, files, and what it says when something is wrong. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { digestOf } from '../../src/plan/digest.ts';
import { faultsIn } from '../render/parse-html.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SMALL_SEED, STATE);
});
afterAll(() => desk.close());

describe('help and usage', () => {
  it('lists every command and the exit codes', async () => {
    const { code, stdout } = await desk.trueup(['--help']);
    expect(code).toBe(0);
    for (const word of ['validate', 'targets', 'snapshot', 'plan', 'apply', 'revert', 'journal', 'sandbox', 'demo']) {
      expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    }
    expect(stdout).toContain('3 refused by a safety rule');
  });

  it.each([
    [['plan', '--frobnicate'], /unknown option/],
    [['frobnicate'], /unknown command/],
    [['plan', '--only', 'colour=red'], /--only does not understand "colour=red" \(usage\)\n {2}write account=/],
    [['plan', '--format', 'pdf'], /Allowed choices are text, markdown/],
    [['plan', '--fleet', 'other'], /there is no fleet "other"[\s\S]*the state has: default/],
    [['sandbox', '--port', 'http'], /--port "http" is not a whole number/],
    [['revert', '../../etc', '--yes'], /there is no run "..\/..\/etc"/],
    [['apply', 'nothing.json', '--yes'], /nothing.json cannot be read/],
  ])('%j is answered with what is wrong and what to do', async (words, answer) => {
    const { code, stdout, stderr } = await desk.trueup(words);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(answer);
  });
});

describe('validate', () => {
  it('needs no AWS and says what there is', async () => {
    const { code, stdout, stderr } = await desk.trueup(['validate'], { TRUEUP_SANDBOX: undefined });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'state: valid (1 fleet, 1 policy, 3 guardrails, 0 exceptions)\n',
      stderr: '',
    });
  });

  it('shows every problem with its line, and writes nothing to stdout', async () => {
    await desk.write({
      'broken/a.yaml':
        'kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails:\n  pasword-policy: { minimumLength: 14 }\n',
      'broken/b.yaml': 'kind: Ranges\nranges:\n  office: [10.0.0.1/8]\n',
    });
    const { code, stdout, stderr } = await desk.trueup(['validate', '--state', 'broken']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('broken/a.yaml:5:3');
    expect(stderr).toContain('password-policy');
    expect(stderr).toContain('broken/b.yaml:3:12');
    expect(stderr).toContain('10.0.0.0/8');
  });

  it('names the option when the directory is not there', async () => {
    const { code, stderr } = await desk.trueup(['validate', '--state', 'nowhere']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/nowhere[\s\S]*--state/);
  });
});

describe('targets and snapshot', () => {
  it('lists accounts and regions with their guardrails as JSON', async () => {
    const { code, stdout } = await desk.trueup(['targets', '--json']);
    const { accounts } = JSON.parse(stdout) as { accounts: { account: string; regions: string[] }[] };
    expect(code).toBe(0);
    expect(accounts.map(({ account, regions }) => [account, regions])).toEqual([
      [FIRST, ['eu-west-1']],
      [SECOND, ['eu-west-1']],
    ]);
  });

  it('plans the same from a stored snapshot, without AWS', async () => {
    expect((await desk.trueup(['snapshot', '--out', 'snapshot.json'])).code).toBe(0);
    const live = await desk.trueup(['plan', '--json']);
    const stored = await desk.trueup(['plan', '--json', '--snapshot', 'snapshot.json'], { TRUEUP_SANDBOX: undefined });
    expect(JSON.parse(stored.stdout)).toEqual(JSON.parse(live.stdout));
    expect((await stat(desk.path('snapshot.json'))).mode & 0o077).toBe(0);
  });
});

describe('plan', () => {
  it('writes JSON and nothing else to stdout', async () => {
    const { code, stdout } = await desk.trueup(['plan', '--json', '--detailed-exitcode']);
    const plan = JSON.parse(stdout) as Plan;
    expect(code).toBe(2);
    expect(plan.cells.map(({ outcome, address }) => `${outcome} ${address.account} ${address.resource}`)).toEqual([
      `change ${FIRST} security-group`,
      `change ${FIRST} security-group`,
      `change ${FIRST} password-policy`,
      `change ${SECOND} security-group`,
      `change ${SECOND} security-group`,
      `change ${SECOND} password-policy`,
    ]);
  });

  it('can be narrowed to an account and a guardrail', async () => {
    const { stdout } = await desk.trueup(['plan', '--json', '--only', `account=${FIRST},guardrail=password-policy`]);
    const { cells } = JSON.parse(stdout) as Plan;
    expect(cells.map(({ address }) => address)).toEqual([
      { fleet: 'default', account: FIRST, region: 'global', resource: 'password-policy', id: '' },
    ]);
  });

  it('colours only when it may', async () => {
    const ansi = String.fromCharCode(27);
    expect((await desk.trueup(['plan'])).stdout).not.toContain(ansi);
    expect((await desk.trueup(['plan'], { FORCE_COLOR: '1' })).stdout).toContain(ansi);
    expect((await desk.trueup(['plan'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain(ansi);
  });

  it('says what cannot be read, goes on with the rest, and ends with 1', async () => {
    const undo = desk.sandbox.fault({ match: { action: 'DescribeSecurityGroups', account: FIRST }, do: 'deny' });
    const { code, stdout } = await desk.trueup(['plan', '--json', '--detailed-exitcode']);
    undo();
    const { cells } = JSON.parse(stdout) as Plan;
    expect(code).toBe(1);
    expect(cells.filter(({ outcome }) => outcome === 'unread').map(({ address }) => address.account)).toEqual([FIRST]);
    expect(cells.filter(({ outcome }) => outcome === 'change').map(({ address }) => address.account)).toEqual([
      FIRST,
      SECOND,
      SECOND,
      SECOND,
    ]);
  });

  it('leaves no file behind that it could not write whole', async () => {
    const { code, stderr } = await desk.trueup(['plan', '--out', 'no/such/directory/plan.json']);
    expect(code).toBe(1);
    expect(stderr).toContain('(file-not-written)');
  });

  it('refuses any sandbox that is not on this machine', async () => {
    const { code, stderr } = await desk.trueup(['plan'], { TRUEUP_SANDBOX: 'http://ec2.amazonaws.com' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/loopback/);
  });
});

describe('apply refuses', () => {
  it('to go on without an answer', async () => {
    const { code, stderr } = await desk.trueup(['apply']);
    expect(code).toBe(1);
    expect(stderr).toContain('there is nobody to ask');
  });

  it('to keep its journal on a machine that is thrown away', async () => {
    const { code, stderr } = await desk.trueup(['apply', '--yes'], { CI: 'true' });
    expect(code).toBe(1);
    expect(stderr).toContain('--journal');
  });

  it('a plan of another world', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    const plan = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
    const stamp = { ...plan.stamp, world: 'aws' as const };
    const cells = plan.cells.map((cell) => ({ ...cell, digest: digestOf(stamp, cell) }));
    await writeFile(desk.path('other.json'), JSON.stringify({ ...plan, stamp, cells }));
    const { code, stderr } = await desk.trueup(['apply', 'other.json', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('(other-world)');
  });

  it('a plan that shows something else than its digests stand for', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    const before = desk.sandbox.requests.length;
    const text = await readFile(desk.path('plan.json'), 'utf8');
    const plan = JSON.parse(text) as Plan;
    const altered = plan.cells.map((cell, i) => (i === 0 ? { ...cell, after: {} } : cell));
    await desk.write({ 'altered.json': JSON.stringify({ ...plan, cells: altered }) });
    const { code, stderr } = await desk.trueup(['apply', 'altered.json', '--yes']);
    expect(stderr).toContain('(plan-altered)');
    expect(code).toBe(1);
    expect(desk.sandbox.requests).toHaveLength(before);
  });

  it('what is no plan', async () => {
    await desk.write({ 'not-a-plan.json': '{"format":"trueup-plan/1"}' });
    const { code, stderr } = await desk.trueup(['apply', 'not-a-plan.json', '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('(not-a-plan)');
  });

  it('more changes than the limits allow, with 3 and the numbers, until the digest is given', async () => {
    const limited = `${STATE['state/fleet.yaml']}safety: { limits: { perAccount: 2, perRun: 500, percent: 100 } }\n`;
    await desk.write({ 'limited/fleet.yaml': limited, 'limited/baseline.yaml': STATE['state/baseline.yaml'] });
    const { code, stderr } = await desk.trueup(['apply', '--yes', '--state', 'limited']);
    expect(code).toBe(3);
    expect(stderr).toContain(`account ${FIRST}: 3 changes, limit 2`);
    expect(stderr).toMatch(/--approved sha256:[0-9a-f]{64}/);
    expect(desk.sandbox.requests.filter(({ action }) => /^(?:Revoke|Authorize|Update)/.test(action))).toEqual([]);
  });
});

describe('a page', () => {
  it.each([['plan'], ['report']])('of %s is HTML that stands alone', async (command) => {
    const { code, stdout } = await desk.trueup([command, '--format', 'html', '--out', `${command}.out`]);
    expect(code).toBe(0);
    const html = command === 'plan' ? stdout.trimEnd() : (await readFile(desk.path('report.out'), 'utf8')).trimEnd();
    expect(faultsIn(html)).toEqual([]);
    expect(html).toContain(FIRST);
  });
});

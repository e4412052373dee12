/** Where there is nothing to look at: each command says so, and why; and what is far too much is refused or just works. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, FLEET, POLICY, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SMALL_SEED, {
    ...STATE,
    'empty/README.md': '# no YAML here\n',
    'blank/fleet.yaml': '# only a comment\n',
    'fleet/fleet.yaml': FLEET,
    'nobody/fleet.yaml': FLEET,
    'nobody/baseline.yaml': POLICY.replace('[all]', '["name:nobody-*"]'),
    'skipping/fleet.yaml': `${FLEET}exclude: ["${SECOND}"]\n`,
    'skipping/baseline.yaml': POLICY,
    'asking/fleet.yaml': FLEET.replace(/regions: .*/, 'regions: enabled'),
    'asking/baseline.yaml': POLICY,
  });
});
afterAll(() => desk.close());

const run = (state: string, ...words: readonly string[]) => desk.trueup([...words, '--state', desk.path(state)]);
const COMMANDS = ['validate', 'targets', 'plan', 'report', 'snapshot', 'apply --yes'].map((text) => text.split(' '));

describe('a state without any document', () => {
  it.each(COMMANDS)('%s %s says what to write first', async (...words) => {
    const before = desk.sandbox.requests.length;
    for (const state of ['empty', 'blank']) {
      const { code, stdout, stderr } = await run(state, ...words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('the state is empty: no .yaml or .yml file has a document');
      expect(stderr).toContain('write a document with "kind: Fleet" and, for a start, "accounts: self"');
    }
    expect(desk.sandbox.requests).toHaveLength(before);
  });
});

describe('a state with nothing but a fleet', () => {
  it.each(COMMANDS.filter(([command]) => !['report', 'snapshot'].includes(command ?? '')))(
    '%s %s says that nothing is governed',
    async (...words) => {
      const { code, stderr } = await run('fleet', ...words);
      expect(code).toBe(0);
      expect(stderr).toMatch(/nothing is governed( yet)?: .*docs\/guardrails.md has them all/);
    },
  );

  it('is never told as clean by plan', async () => {
    const { stdout } = await run('fleet', 'plan');
    expect(stdout).toContain('No target is governed by this state: nothing was checked.');
  });

  it('is enough for a report', async () => {
    const { code, stdout } = await run('fleet', 'report');
    expect(code).toBe(0);
    expect(stdout).toContain('2 accounts, 2 account × region, 4 groups');
  });

  it('gives a snapshot of nothing', async () => {
    const { code, stderr } = await run('fleet', 'snapshot', '--out', desk.path('nothing.json'));
    expect(code).toBe(0);
    expect(stderr).toContain('0 observations');
  });
});

describe('targets that mean no account', () => {
  it.each([['targets'], ['plan'], ['apply', '--yes']])('%s says so, and where to look', async (...words) => {
    const { code, stderr } = await run('nobody', ...words);
    expect(code).toBe(0);
    expect(stderr).toContain('the targets of no policy mean any account here; "trueup targets" shows the accounts');
  });
});

describe('--only', () => {
  it.each(
    [['targets'], ['plan'], ['snapshot'], ['report'], ['apply', '--yes']].flatMap((words) =>
      ['account=000000000000', 'region=eu-west-9'].map((only) => [words, only] as const),
    ),
  )('%j refuses what is not there (%s) before it reads', async (words, only) => {
    const before = desk.sandbox.requests.length;
    const { code, stdout, stderr } = await run('state', ...words, '--only', only);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`--only names what is not there: ${only.split('=')[1]}`);
    const read = desk.sandbox.requests.slice(before).map(({ action }) => action);
    expect(read.filter((action) => !['GetCallerIdentity', 'AssumeRole'].includes(action))).toEqual([]);
  });

  it.each([['targets'], ['plan'], ['apply', '--yes']])('%s says why it leaves nothing', async (...words) => {
    const unused = await run('state', ...words, '--only', 'guardrail=ebs-encryption');
    expect(unused.stderr).toContain('--only leaves nothing: no policy asks for that there');
    const skipped = await run('skipping', ...words, '--only', `account=${SECOND}`);
    expect(skipped.stderr).toContain(
      `--only leaves nothing: account ${SECOND} is skipped, the fleet excludes "${SECOND}"`,
    );
    expect([unused.code, skipped.code]).toEqual([0, 0]);
  });

  it('does not blame the policies for an account that cannot be reached', async () => {
    const undo = desk.sandbox.fault({ match: { action: 'AssumeRole', account: SECOND }, do: 'deny' });
    const { code, stderr } = await run('asking', 'plan', '--only', `account=${SECOND}`);
    undo();
    expect(code).toBe(1);
    expect(stderr).toContain(`--only leaves nothing: account ${SECOND} cannot be reached, `);
  });

  it('narrows what targets lists', async () => {
    const { stdout } = await run('state', 'targets', '--only', `account=${FIRST}`);
    expect(stdout).toContain(FIRST);
    expect(stdout).not.toContain(SECOND);
  });

  it('of a guardrail means nothing to a report', async () => {
    const { code, stderr } = await run('state', 'report', '--only', 'guardrail=password-policy');
    expect(code).toBe(1);
    expect(stderr).toContain('a report knows no guardrails');
  });
});

describe('a very large state', () => {
  it('lists two thousand accounts', async () => {
    const listed = Array.from({ length: 2000 }, (_, i) => `  - { id: "${300000000000 + i}", name: account-${i} }\n`);
    const fleet = `kind: Fleet\naccounts:\n${listed.join('')}role: { read: r }\nregions: [eu-west-1]\n`;
    await desk.write({ 'large/fleet.yaml': fleet, 'large/baseline.yaml': POLICY });
    const { code, stdout } = await run('large', 'validate');
    expect(code).toBe(0);
    expect(stdout).toContain('valid (1 fleet, 1 policy');
    const targets = await run('large', 'targets', '--json');
    expect((JSON.parse(targets.stdout) as { accounts: unknown[] }).accounts).toHaveLength(2000);
  });

  it('is refused where one file has five megabytes, without reading them into a tree', async () => {
    await desk.write({ 'huge/fleet.yaml': `${FLEET}# ${'x'.repeat(5_000_000)}\n` });
    const { code, stderr } = await run('huge', 'validate');
    expect(code).toBe(1);
    expect(stderr).toMatch(/more than the 1048576 \(1 MiB\)[\s\S]*split it into several files/);
    expect(stderr.length).toBeLessThan(1000);
  });
});

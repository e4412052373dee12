/** `trueup iam` as a user meets it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SELF_CHECK } from '../../src/iam/self-check.ts';
import { parsePolicy } from '../../src/sandbox/iam/policy.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, HUB, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

/** The second account has the printed roles; the first has what the seed gives everybody, which is wider. */
let desk: Desk;
let printed: { readonly roles: readonly { name: string; trust: object; policies: { trueup: object } }[] };
const SELF_CHECK_ACTIONS = SELF_CHECK.map(({ id }) => id).sort();
const ASKED = ['--hub-account', HUB, '--caller-role', 'trueup-hub'];

beforeAll(async () => {
  const first = await openDesk(SMALL_SEED, STATE);
  const { stdout } = await first.trueup(['iam', '--self-check', ...ASKED], { TRUEUP_SANDBOX: undefined });
  await first.close();
  printed = JSON.parse(stdout);
  const roles = printed.roles.map(({ name, trust, policies }) => ({
    name,
    trust: JSON.parse(JSON.stringify(trust).replace('EXTERNAL-ID-OF-THE-FLEET', 'trueup-demo')),
    policies: [policies.trueup],
  }));
  const seed = SMALL_SEED.replace(
    `name: second, like: open }`,
    `name: second, like: open, trueup: false, roles: ${JSON.stringify(roles)} }`,
  ).replace('"iam:Get*"', '"iam:Get*", "iam:List*"');
  desk = await openDesk(seed, STATE);
});
afterAll(() => desk.close());

describe('trueup iam', () => {
  it('needs no AWS, and writes what can be piped on', async () => {
    const { code, stdout, stderr } = await desk.trueup(['iam', ...ASKED], { TRUEUP_SANDBOX: undefined });
    expect({ code, part: JSON.parse(stdout).part }).toEqual({ code: 0, part: 'members' });
    expect(stderr).toContain('--journal DIR');
    expect(stdout + stderr).not.toContain('trueup-demo');
  });

  it.each([
    [['iam'], /the account that Trueup is called from is not known[\s\S]*--hub-account/],
    [['iam', '--part', 'hub', ...ASKED], /the repository is not known[\s\S]*--repository/],
    [['iam', '--repository', 'nonsense', ...ASKED], /--repository does not have the form/],
    [['iam', '--owner-id', '1', ...ASKED], /--owner-id and --repository-id go together/],
    [['iam', '--hub-account', '1'], /--hub-account does not have the form/],
    [['iam', '--format', 'pdf'], /Allowed choices are json, cloudformation, terraform/],
  ])('%j is answered with what is wrong', async (words, answer) => {
    const { code, stdout, stderr } = await desk.trueup(words);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(answer);
  });

  it('writes the hub for a repository, and says what is missing for the newer subjects', async () => {
    const { stdout, stderr } = await desk.trueup(['iam', '--part', 'hub', '--repository', 'o/r', ...ASKED]);
    expect(stdout).toContain('repo:o/r:environment:trueup-apply');
    expect(stderr).toContain('--owner-id and --repository-id');
  });

  it.each(['arn:aws:iam::999988887777:policy/Fence', 'Fence'])(
    'bounds the roles of the hub by %s',
    async (boundary) => {
      const { stdout } = await desk.trueup([
        ...['iam', '--part', 'hub', '--repository', 'o/r', '--boundary', boundary, ...ASKED],
      ]);
      const { roles, boundaryPolicy } = JSON.parse(stdout);
      expect(roles.map((role: { boundary: string }) => role.boundary)).toEqual([boundary, boundary, boundary]);
      expect(boundaryPolicy?.name).toBe(boundary.startsWith('arn:') ? undefined : 'Fence');
    },
  );

  it('keeps what the revert of an earlier run needs', async () => {
    const applied = await desk.trueup(['apply', '--yes', '--journal', 'runs', '--only', `account=${SECOND}`]);
    expect(applied.code).toBe(0);
    await desk.write({
      'later/fleet.yaml': STATE['state/fleet.yaml'],
      'later/policy.yaml':
        'kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
    });
    const without = await desk.trueup(['iam', '--state', 'later', ...ASKED]);
    const kept = await desk.trueup(['iam', '--state', 'later', '--journal', 'runs', ...ASKED]);
    expect(without.stdout).not.toContain('SecurityGroup');
    expect(kept.stdout).toContain('ec2:AuthorizeSecurityGroupIngress');
  });
});

describe('trueup iam --diff', () => {
  it('tells which deployed roles are not as the state needs them', async () => {
    const { code, stdout } = await desk.trueup(['iam', '--diff', '--self-check', ...ASKED]);
    expect(code).toBe(1);
    expect(stdout).toContain(`${FIRST} trueup-write`);
    expect(stdout).toMatch(/beyond {3}ec2:\* on \*/);
    expect(stdout).not.toContain(SECOND);
    expect(stdout).toMatch(/4 roles compared, 2 as the state needs them/);
    expect(stdout).not.toContain('trueup-demo');
  });

  it('counts what only --self-check asks for as beyond, where it was not asked for', async () => {
    const json = await desk.trueup(['iam', '--diff', '--json', '--only', `account=${SECOND}`, ...ASKED]);
    const compared = JSON.parse(json.stdout) as { account: string; role: string; differences: { what: string }[] }[];
    expect(compared.map(({ account }) => account)).toEqual([SECOND, SECOND]);
    const read = compared.find(({ role }) => role === 'trueup-read');
    expect([...new Set(read?.differences.map(({ what }) => what.split(' ')[0]))].sort()).toEqual(SELF_CHECK_ACTIONS);
  });

  it('looks into managed policies and boundaries, and says of which it could not', async () => {
    const managed = (name: string) => `arn:aws:iam::${SECOND}:policy/${name}`;
    const role = desk.sandbox.world.accounts.get(SECOND)?.roles.get('trueup-write');
    const given = { attached: role?.attached, boundary: role?.boundary };
    const policy = (action: string) =>
      parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] }), 'permissions');
    Object.assign(role ?? {}, {
      attached: new Map([
        [managed('buckets'), policy('s3:*')],
        [managed('hidden'), undefined],
      ]),
      boundary: { arn: managed('fence'), policy: policy('ec2:*') },
    });
    const { stdout } = await desk.trueup(['iam', '--diff', '--self-check', '--only', `account=${SECOND}`, ...ASKED]);
    Object.assign(role ?? {}, given);
    expect(stdout).toContain('beyond   s3:* on *');
    expect(stdout).toContain(`unknown  what the managed policy ${managed('hidden')} allows: it could not be read`);
    expect(stdout).toContain(
      `missing  iam:UpdateAccountPasswordPolicy on *: the permissions boundary ${managed('fence')} does not let it through`,
    );
    expect(stdout).not.toContain('missing  ec2:');
  });

  it('compares the roles of the hub with the credentials of whoever calls', async () => {
    const asked = ['iam', '--diff', '--part', 'hub', '--repository', 'o/r', '--hub-account', HUB];
    const { code, stdout } = await desk.trueup(asked);
    expect(code).toBe(1);
    expect(stdout).toContain(`${HUB} trueup-plan`);
    expect(stdout).toMatch(/unread {3}could not read the role trueup-apply[\s\S]*credentials that may read the roles/);
  });

  it('never leaves out an account that it cannot reach, and says whom the fleet leaves out', async () => {
    const seed = SMALL_SEED.replace('name: second, like: open', 'name: second, like: open, trueup: false');
    const enabled = STATE['state/fleet.yaml'].replace('regions: [eu-west-1]', 'regions: enabled');
    const half = await openDesk(seed, { ...STATE, 'state/fleet.yaml': enabled });
    const only = (account: string) => ['iam', '--diff', '--json', '--only', `account=${account}`, ...ASKED];
    const { code, stdout } = await half.trueup(only(SECOND));
    expect({ code, told: JSON.parse(stdout) }).toMatchObject({
      code: 1,
      told: ['trueup-read', 'trueup-write'].map((role) => ({ account: SECOND, role, unread: expect.anything() })),
    });
    expect((await half.trueup(['iam', '--diff', ...ASKED])).stdout).toMatch(/^4 roles compared, 0 as the state/m);
    expect((await half.trueup(only('123123123123'))).stderr).toContain('--only names what is not there');
    await half.write({ 'state/fleet.yaml': `${enabled}exclude: ["${SECOND}"]\n` });
    const left = await half.trueup(['iam', '--diff', '--only', `account=${SECOND}`, ...ASKED]);
    expect(left).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`not compared: ${SECOND}, the fleet excludes`),
    });
    await half.close();
  });

  it('says what to do where the roles may not be looked at', async () => {
    const closed = await openDesk(SMALL_SEED, STATE);
    const { code, stdout } = await closed.trueup(['iam', '--diff', ...ASKED]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/unread {3}could not read the role trueup-read/);
    expect(stdout).toContain('trueup iam --self-check');
    await closed.close();
  });
});

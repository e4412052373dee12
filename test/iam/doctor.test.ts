/** `trueup doctor`: does it find what is missing, and say exactly what to add? */
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/commands/doctor-check.ts';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import { FIRST, HUB, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

const desks: Desk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.close();
});

async function open(seed: string, fleet = ''): Promise<Desk> {
  const desk = await openDesk(seed, { ...STATE, 'state/fleet.yaml': `${STATE['state/fleet.yaml']}${fleet}` });
  desks.push(desk);
  return desk;
}

const checksOf = ({ stdout }: Ended): Check[] => JSON.parse(stdout) as Check[];
const failures = (ended: Ended): Check[] => checksOf(ended).filter(({ status }) => status === 'failed');

describe('a fleet that is set up', () => {
  it('passes, says what cannot be verified, and changes nothing', async () => {
    const desk = await open(SMALL_SEED);
    const ended = await desk.trueup(['doctor']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/checks: 0 failed, \d+ not verifiable here, \d+ ok$/m);
    expect(ended.stdout).toMatch(/^ok {7}ec2:RevokeSecurityGroupIngress: is allowed \(at 2 places\)$/m);
    // Looked at with both roles.
    expect(ended.stdout).toMatch(/^ok {7}ec2:DescribeNetworkInterfaces: is allowed \(at 4 places\)$/m);
    expect(ended.stdout).toMatch(/^unclear {2}ec2:GetManagedPrefixListEntries \(at \d places\)$/m);
    expect(ended.stdout).toMatch(/^unclear {2}iam:UpdateAccountPasswordPolicy \(at \d places\)$/m);
    // Why is said once for all of them, and no line is longer than the terminal is wide.
    expect(ended.stdout.match(/^ {9}not verifiable here: there is no dry run/gm)).toHaveLength(1);
    const lines = ended.stdout.split('\n').filter((line) => !line.startsWith('    {'));
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    // What would let it verify more is told once, for all accounts.
    expect(ended.stdout.match(/"iam:SimulatePrincipalPolicy"/g)).toHaveLength(1);
    expect(ended.stdout).toContain('"Resource":"arn:aws:iam::*:role/*"');
    const changed = desk.sandbox.requests.filter(
      ({ action, outcome }) => outcome === 'ok' && !/^(Describe|Get|List|AssumeRole)/.test(action),
    );
    expect(changed).toEqual([]);
  });

  it('is examined with sessions that can do no more than what is tried out', async () => {
    const desk = await open(SMALL_SEED);
    await desk.trueup(['doctor']);
    const assumed = desk.sandbox.requests.filter(({ action }) => action === 'AssumeRole');
    for (const { input } of assumed) expect(String(input.Policy)).not.toContain(':*"');
    expect(assumed.length).toBeGreaterThan(0);
  });
});

/** The roles may be looked at, and the write role has these actions beside those of EC2. */
const simulating = (...actions: string[]): string =>
  SMALL_SEED.replace('"iam:Get*"', '"iam:Get*", "iam:SimulatePrincipalPolicy"').replace(
    '"iam:*AccountPasswordPolicy"',
    actions.map((action) => `"${action}"`).join(', '),
  );

describe('what no dry run can try out', () => {
  it('is simulated where the read role may ask for it', async () => {
    const desk = await open(simulating('iam:UpdateAccountPasswordPolicy'));
    const ended = await desk.trueup(['doctor', '--json']);
    const of = (action: string) => checksOf(ended).filter(({ what }) => what === action);
    expect(of('iam:UpdateAccountPasswordPolicy').map(({ account, status }) => [account, status])).toEqual([
      [FIRST, 'ok'],
      [SECOND, 'ok'],
    ]);
    expect(of('ec2:GetManagedPrefixListEntries').map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(failures(ended).map(({ account, what }) => [account, what])).toEqual([
      [FIRST, 'iam:DeleteAccountPasswordPolicy'],
      [SECOND, 'iam:DeleteAccountPasswordPolicy'],
    ]);
    expect(failures(ended)[0]).toMatchObject({
      message: 'is not allowed to the role trueup-write, as IAM simulates it',
      remedies: [
        {
          where: `the policy of the role trueup-write in account ${FIRST}`,
          add: { Effect: 'Allow', Action: ['iam:DeleteAccountPasswordPolicy'], Resource: '*' },
        },
      ],
    });
    expect(checksOf(ended).filter(({ status }) => status === 'unverified')).toEqual([]);
  });

  it('is not called refused where a condition decides that the simulation knows nothing of', async () => {
    const seed = simulating('iam:DeleteAccountPasswordPolicy').replace(
      /^ {2}write:\n.*\n {4}Statement: \[/m,
      '$&{ Effect: Allow, Action: ["iam:Update*"], Resource: "*", Condition: { StringEquals: { "aws:PrincipalOrgID": o-1 } } }, ',
    );
    const desk = await open(seed);
    const checks = checksOf(await desk.trueup(['doctor', '--json', '--only', `account=${FIRST}`]));
    expect(checks.find(({ what }) => what === 'iam:UpdateAccountPasswordPolicy')).toMatchObject({
      status: 'unverified',
      message: expect.stringContaining('conditions of its policy decide'),
    });
  });

  it('is simulated for the role that heals, which nobody else may take', async () => {
    const seed = simulating('iam:*AccountPasswordPolicy').replace(
      '    - { name: trueup-write, policies: [read, write] }',
      '$&\n    - { name: trueup-heal, policies: [read], trust: { Statement: { Effect: Deny, Principal: "*", Action: "*" } } }',
    );
    const desk = await open(seed, 'heal: [password-policy]\n');
    const fleet = STATE['state/fleet.yaml'].replace('write: trueup-write', '$&, heal: trueup-heal');
    await desk.write({ 'state/fleet.yaml': `${fleet}heal: [password-policy]\n` });
    const found = failures(await desk.trueup(['doctor', '--json', '--only', `account=${FIRST}`]));
    const healing = found.filter(({ message }) => message.includes('to the role trueup-heal, as IAM simulates it'));
    expect(healing.map(({ what }) => what)).toEqual([
      'iam:UpdateAccountPasswordPolicy',
      'iam:DeleteAccountPasswordPolicy',
    ]);
  });
});

describe('--only', () => {
  it('leaves accounts alone that are not meant, also those that cannot be reached', async () => {
    const seed = SMALL_SEED.replace('name: second, like: open', 'name: second, like: open, trueup: false');
    const desk = await open(seed);
    const enabled = STATE['state/fleet.yaml'].replace('regions: [eu-west-1]', 'regions: enabled');
    await desk.write({ 'state/fleet.yaml': enabled });
    const all = failures(await desk.trueup(['doctor', '--json']));
    expect(all.map(({ account, what }) => [account, what])).toEqual([[SECOND, 'discovery']]);
    const first = await desk.trueup(['doctor', '--json', '--only', `account=${FIRST}`]);
    expect(first.code).toBe(0);
    expect([...new Set(checksOf(first).map(({ account }) => account))]).toEqual([FIRST]);
    const typo = await desk.trueup(['doctor', '--only', 'account=111122223334']);
    expect({ code: typo.code, stdout: typo.stdout }).toEqual({ code: 1, stdout: '' });
    expect(typo.stderr).toContain('--only names what is not there: 111122223334');
  });
});

describe('Security Hub', () => {
  const CENTRAL = `
securityHub: { home: eu-west-1, configuration: CENTRAL, entries: [{ enabled: true }, { accounts: ["${SECOND}"], central: true }] }
`;
  const seed = `${SMALL_SEED.replace('delegated: []', `delegated: ["${FIRST}"]`).replace('"iam:Get*"', '$&, "securityhub:*"')}${CENTRAL}`;
  const ASKING = `securityHub: { administrator: "${FIRST}", homeRegion: eu-west-1 }\n`;
  const POLICY = STATE['state/baseline.yaml'].replace('guardrails:', '$&\n  security-hub: { enabled: true }');
  const hubs = (ended: Ended) =>
    checksOf(ended)
      .filter(({ what }) => what === 'Security Hub')
      .map(({ account, status, message }) => [account, status, message]);

  it('is told as owned centrally where it is, which fails only where the state speaks of it', async () => {
    const desk = await open(seed, ASKING);
    const central = `Security Hub is configured centrally here, by account ${FIRST} from eu-west-1`;
    expect(hubs(await desk.trueup(['doctor', '--json']))).toEqual([
      [FIRST, 'ok', 'is configured by each account itself'],
      [SECOND, 'ok', central],
    ]);
    await desk.write({ 'state/baseline.yaml': POLICY });
    expect(hubs(await desk.trueup(['doctor', '--json']))).toEqual([
      [FIRST, 'ok', 'is configured by each account itself'],
      [SECOND, 'failed', expect.stringMatching(new RegExp(`^${central}: change the configuration policy there`))],
    ]);
  });

  it('is a failure of its administrator alone where that may not be asked, with what to add there', async () => {
    const desk = await open(seed.replace('"securityhub:*"', '"securityhub:DescribeHub"'), ASKING);
    const found = failures(await desk.trueup(['doctor', '--json']));
    expect(found.map(({ account, region, what }) => [account, region, what])).toEqual([
      [FIRST, 'eu-west-1', 'Security Hub'],
    ]);
    expect(found[0]?.remedies.flatMap(({ add }) => add.Action)).toEqual([
      'securityhub:DescribeOrganizationConfiguration',
      'securityhub:BatchGetConfigurationPolicyAssociations',
    ]);
  });

  it('cannot be verified where the fleet names no administrator', async () => {
    const desk = await open(seed);
    await desk.write({ 'state/baseline.yaml': POLICY });
    const [first] = hubs(await desk.trueup(['doctor', '--json']));
    expect(first).toEqual([FIRST, 'unverified', expect.stringContaining('securityHub: { administrator')]);
  });
});

describe('a fleet in which something is missing', () => {
  it('names the action of a dry run that was refused, with the statement and where to add it', async () => {
    const desk = await open(
      SMALL_SEED.replace('["ec2:*", "iam', '["ec2:A*", "ec2:C*", "ec2:D*", "ec2:M*", "ec2:U*", "iam'),
    );
    const ended = await desk.trueup(['doctor', '--json']);
    expect(ended.code).toBe(1);
    const found = failures(ended).filter(({ account }) => account === FIRST);
    expect(found.map(({ what }) => what).sort()).toEqual([
      'ec2:RevokeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
    ]);
    expect(found.find(({ what }) => what.endsWith('Ingress'))?.remedies).toEqual([
      {
        where: `the policy of the role trueup-write in account ${FIRST}`,
        add: {
          Effect: 'Allow',
          Action: ['ec2:RevokeSecurityGroupIngress'],
          Resource: `arn:aws:ec2:*:${FIRST}:security-group/*`,
        },
      },
    ]);
  });

  it('names a read that does not work, and its statement', async () => {
    const desk = await open(SMALL_SEED.replace('"ec2:Get*", "iam:Get*"', '"ec2:Get*"'));
    const found = failures(await desk.trueup(['doctor', '--json']));
    expect(found.map(({ account, region, what }) => [account, region, what])).toEqual([
      [FIRST, 'global', 'read password-policy'],
      [SECOND, 'global', 'read password-policy'],
    ]);
    expect(found[0]?.remedies).toMatchObject([
      {
        where: `the policy of the role trueup-read in account ${FIRST}`,
        add: { Action: ['iam:GetAccountPasswordPolicy'] },
      },
    ]);
  });

  it('tells a role that cannot be assumed from one that can, with both sides that must agree', async () => {
    const desk = await open(SMALL_SEED.replace('name: second, like: open', 'name: second, like: open, trueup: false'));
    const ended = await desk.trueup(['doctor', '--json']);
    const found = failures(ended);
    expect(new Set(found.map(({ account }) => account))).toEqual(new Set([SECOND]));
    expect(found.map(({ what }) => what)).toEqual(['role trueup-read', 'role trueup-write']);
    expect(found[0]?.remedies.map(({ where }) => where)).toEqual([
      `the trust policy of the role trueup-read in account ${SECOND}`,
      `the trust policy of the role trueup-read in account ${SECOND}`,
      `the policy of the caller, arn:aws:iam::${HUB}:role/trueup-hub`,
    ]);
    expect(found[0]?.remedies[2]?.add).toMatchObject({ Resource: `arn:aws:iam::${SECOND}:role/trueup-read` });
    expect(JSON.stringify(found)).not.toContain('trueup-demo');
    // The trust that "trueup iam" writes: whether a condition on the source identity sees the external id or not.
    const { stdout } = await desk.trueup(['iam', '--hub-account', HUB, '--caller-role', 'trueup-hub']);
    const [{ trust }] = JSON.parse(stdout).roles;
    expect(JSON.stringify(found[0]?.remedies.slice(0, 2).map(({ add }) => add)).replace('(external id)', 'ID')).toBe(
      JSON.stringify(trust.Statement).replace('EXTERNAL-ID-OF-THE-FLEET', 'ID'),
    );
    // What cannot be reached is not asked a second time, and the other account is examined all the same.
    expect(checksOf(ended).filter(({ account, status }) => account === FIRST && status === 'ok')).not.toEqual([]);
  });

  it('tells a region that is not enabled', async () => {
    const seed = SMALL_SEED.replace('regions: [eu-west-1]', 'regions: [eu-west-1, ap-east-1]').replace(
      'name: second, like: open',
      'name: second, like: open, regions: [eu-west-1]',
    );
    const desk = await open(seed);
    const fleet = STATE['state/fleet.yaml'].replace('regions: [eu-west-1]', 'regions: [eu-west-1, ap-east-1]');
    await desk.write({ 'state/fleet.yaml': fleet });
    const found = failures(await desk.trueup(['doctor', '--json']));
    expect(new Set(found.map(({ account, region }) => `${account} ${region}`))).toEqual(
      new Set([`${SECOND} ap-east-1`]),
    );
    expect(found[0]?.message).toContain('enable ap-east-1 for the account');
    expect(found.flatMap(({ remedies }) => remedies)).toEqual([]);
  });

  it('never says to allow what is denied explicitly, but where to look', async () => {
    const deny = (action: string) => `{ Effect: Deny, Action: "${action}", Resource: "*" }, `;
    const writing = SMALL_SEED.replace(/^ {2}write:\n.*\n {4}Statement: \[/m, `$&${deny('ec2:RevokeSecurityGroup*')}`);
    const desk = await open(writing.replace(/^ {2}read:.*Statement: \[/m, `$&${deny('iam:GetAccountPasswordPolicy')}`));
    const reading = failures(await desk.trueup(['doctor', '--json', '--only', `account=${FIRST}`]));
    expect(reading.map(({ what, remedies }) => [what, remedies])).toContainEqual(['read password-policy', []]);
    expect(reading.flatMap(({ remedies }) => remedies)).toEqual([]);
    for (const { message } of reading)
      expect(message).toMatch(/was denied by an identity-based policy: .*overrules it/);
    const other = await open(writing);
    const found = failures(await other.trueup(['doctor', '--json', '--only', `account=${FIRST}`]));
    expect(found.map(({ what, remedies }) => [what, remedies])).toEqual([
      ['ec2:RevokeSecurityGroupIngress', []],
      ['ec2:RevokeSecurityGroupEgress', []],
    ]);
    expect(found[0]?.message).toMatch(
      /^with the role trueup-write: .* by an identity-based policy: .*change that policy/,
    );
  });

  it('tells a clock that is off', async () => {
    const desk = await open(SMALL_SEED);
    desk.sandbox.world.clock.move(1200);
    const found = failures(await desk.trueup(['doctor', '--json']));
    expect(new Set(found.map(({ what, message }) => `${what}: ${message}`))).toEqual(
      new Set([
        "clock: the clock of this machine is 20 minutes behind AWS's: set the clock (for example with NTP) and run again",
      ]),
    );
  });

  it('puts failures first in its table, and each statement once', async () => {
    const desk = await open(SMALL_SEED.replace('"ec2:Get*", "iam:Get*"', '"ec2:Get*"'));
    const { stdout } = await desk.trueup(['doctor']);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^FAILED {3}111122223333 global {2}/);
    expect(lines.filter((line) => line.includes('"iam:GetAccountPasswordPolicy"'))).toHaveLength(2);
    expect(lines.findIndex((line) => line.startsWith('ok'))).toBeGreaterThan(
      lines.findLastIndex((line) => line.startsWith('FAILED')),
    );
  });
});

describe('at endpoints that are not those of AWS', () => {
  it('no change is sent, not even as a dry run', async () => {
    const desk = await open(SMALL_SEED);
    await desk.trueup(['doctor', '--allow-endpoint']);
    const sent = desk.sandbox.requests.map(({ action }) => action);
    expect(sent.filter((action) => /^(Authorize|Revoke|Update|Modify)/.test(action))).toEqual([]);
  });
});

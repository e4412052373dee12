/**
 * Do the printed roles suffice for every command? All of them stand in the sandbox as they are printed, those of the
 * hub, of the members, and the boundary around these, and each is enforced.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORGANIZATION_READS, walkTree } from '../../src/fleet/organization.ts';
import type { PolicyDocument } from '../../src/model/aws.ts';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import type { PrintedRole } from '../support/printed-roles.ts';
import { openRun } from '../support/sandbox.ts';
import { FIRST, HUB, SMALL_SEED } from '../support/small.ts';
import { type Asked, actionsOf, listenTo, spareIn } from './printed.ts';

const BUCKET = 's3://trueup-journal/team';
const JOURNAL = ['--journal', BUCKET];

const FLEET = `kind: Fleet
accounts: organization
exclude: ["ou:Suspended", "tag:env=sandbox"]
homeRegion: eu-west-1
regions: enabled
role: { read: trueup-read, write: trueup-write, heal: trueup-heal }
heal: [password-policy]
externalId: \${env:TRUEUP_EXTERNAL_ID}
securityHub: { administrator: "${FIRST}", homeRegion: eu-west-1 }
fences: [{ deny: ["ec2:DeleteSecurityGroup"] }]
safety: { neverTouch: ["tag:tier=crown-jewels"] }
`;

const POLICY = `kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none, egress: none }
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]
  password-policy: { minimumLength: 14 }
`;

const FILES = { 'state/fleet.yaml': FLEET, 'state/baseline.yaml': POLICY };

type Printed = {
  readonly roles: readonly (PrintedRole & { readonly boundary?: string })[];
  readonly boundaryPolicy?: { readonly document: PolicyDocument };
};
/** Without what only `--self-check` and `--report` ask for. */
let plainly: Printed;
let members: Printed;
let hub: Printed;
const desks: Desk[] = [];

/** What was asked of IAM, by the role of the hub that called. */
const heard = new Map<string, readonly Asked[]>();

beforeAll(async () => {
  const plain = await openDesk(SMALL_SEED, FILES);
  const print = async (...words: string[]): Promise<Printed> =>
    JSON.parse((await plain.trueup(['iam', '--hub-account', HUB, ...words])).stdout);
  plainly = await print();
  members = await print('--self-check', '--report', '--boundary', 'trueup-boundary');
  hub = await print('--part', 'hub', '--repository', 'example/guardrails', ...JOURNAL);
  await plain.close();
});
afterAll(async () => {
  for (const desk of desks) await desk.close();
});

/** The organisation, called by one of the hub's roles. */
async function openAs(name: string): Promise<Desk> {
  const caller = hub.roles.find((role) => role.name === name);
  const roles = members.roles.map((role) => ({
    name: role.name,
    trust: JSON.parse(JSON.stringify(role.trust).replace('EXTERNAL-ID-OF-THE-FLEET', 'trueup-demo')),
    policies: [role.policies.trueup],
    boundary: `arn:aws:iam::${FIRST}:policy/${role.boundary}`,
  }));
  const seed = SMALL_SEED.replace(
    /^caller: .*$/m,
    `caller: { account: "${HUB}", role: ${name}, session: test, policies: [${JSON.stringify(caller?.policies.trueup)}] }`,
  )
    .replace(/^trueup:\n(?: .*\n)+/m, `trueup: { externalId: trueup-demo, roles: ${JSON.stringify(roles)} }\n`)
    .replace('policies:\n', `policies:\n  trueup-boundary: ${JSON.stringify(members.boundaryPolicy?.document)}\n`)
    .replace('units: []', 'units: [Workloads, Suspended]')
    .replace('delegated: []', `delegated: ["${FIRST}"]`)
    .replaceAll('like: open }', 'like: open, ou: Workloads }');
  const more = `securityHub: { home: eu-west-1, configuration: CENTRAL, entries: [{ enabled: true }] }
buckets: [{ name: trueup-journal, account: "${HUB}", region: eu-west-1 }]
`;
  const desk = await openDesk(`${seed}${more}`, FILES);
  desks.push(desk);
  heard.set(name, listenTo(desk.sandbox, HUB));
  heard.set(`members, called by ${name}`, listenTo(desk.sandbox, FIRST));
  await walkUnits(desk);
  return desk;
}

/** What discovery asks where AWS Organizations tells no paths with its accounts, as it does here. */
async function walkUnits(desk: Desk): Promise<void> {
  const run = await openRun(desk.sandbox, `${FLEET}---\n${POLICY}`);
  expect((await walkTree(run.connection.own('global', ORGANIZATION_READS))).size).toBeGreaterThan(0);
  await run.connection.close();
}

/** As a workflow runs it: what it does carries the run's identity. */
async function inPipeline(desk: Desk, ...words: string[]): Promise<Ended> {
  return desk.trueup(words, { GITHUB_RUN_ID: '17712345678', GITHUB_SHA: '0123456789abcdef0123' });
}

async function goesWell(desk: Desk, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await inPipeline(desk, ...words);
  expect(`${words.join(' ')}: ${code} ${code === 0 ? '' : stdout + stderr}`).toBe(`${words.join(' ')}: 0 `);
  return stdout + stderr;
}

describe('with the roles that are printed, all goes well', () => {
  it('from the environment of plans', async () => {
    const desk = await openAs('trueup-plan');
    for (const words of [['targets'], ['snapshot'], ['plan'], ['report'], ['explain', `${FIRST}/eu-west-1`]])
      await goesWell(desk, ...words);
    const how = ['--self-check', '--report', '--boundary', 'trueup-boundary', '--hub-account', HUB];
    expect(await goesWell(desk, 'iam', '--diff', ...how)).toContain('6 roles compared, 6 as the state needs them');
    // It can read and nothing else: the role that writes is not its own to take.
    const { stdout } = await inPipeline(desk, 'doctor');
    expect(stdout).toMatch(/^FAILED .*role trueup-write: the role/m);
    expect(stdout).not.toMatch(/^FAILED .*trueup-read/m);
  });

  it('from the environment of applies: apply, plan again, look into the journal, revert', async () => {
    const desk = await openAs('trueup-apply');
    expect(await goesWell(desk, 'doctor')).toMatch(/checks: 0 failed, 0 not verifiable here/);
    const applied = await goesWell(desk, 'apply', '--yes', ...JOURNAL);
    expect(applied).toMatch(/write sessions: \d+; the largest policy took [1-9]\d* % of what STS packs/);
    const [, run = ''] = /journal: run (\S+) in/.exec(applied) ?? [];
    await goesWell(desk, 'plan', '--detailed-exitcode');
    await goesWell(desk, 'journal', 'list', ...JOURNAL);
    await goesWell(desk, 'journal', 'verify', ...JOURNAL);
    await goesWell(desk, 'revert', run, '--yes', ...JOURNAL);
    expect((await inPipeline(desk, 'plan', '--detailed-exitcode')).code).toBe(2);
  });

  it('from the environment that heals, with its own narrower role, and nothing beyond what it heals', async () => {
    const desk = await openAs('trueup-heal');
    await desk.write({ 'state/fleet.yaml': FLEET.replace('write: trueup-write', 'write: trueup-heal') });
    await goesWell(desk, 'apply', '--yes', '--only', 'guardrail=password-policy', ...JOURNAL);
    await goesWell(desk, 'journal', 'verify', ...JOURNAL);
    const more = await inPipeline(desk, 'apply', '--yes', '--only', 'guardrail=allowed-ingress', ...JOURNAL);
    expect(more.code).toBe(1);
    const byHealing = desk.sandbox.requests.filter(({ session }) => session.role.endsWith('/trueup-heal'));
    expect(byHealing.filter(({ outcome }) => outcome === 'ok').map(({ service }) => service)).not.toContain('ec2');
    expect(byHealing.map(({ outcome }) => outcome)).toContain('UnauthorizedOperation');
  });
});

describe('no action of these roles could be left out', () => {
  it('of trueup-read, among those that --self-check and --report add', () => {
    const [read] = members.roles;
    const [plain] = plainly.roles;
    if (!read || !plain) throw new Error('no role was printed');
    const added = actionsOf(read).filter((action) => !actionsOf(plain).includes(action));
    expect(added).toContain('ec2:DescribeStaleSecurityGroups');
    expect(added).toContain('iam:SimulatePrincipalPolicy');
    const asked = [...heard.values()].flat();
    const spare = spareIn(read, asked);
    expect(added.filter((action) => spare.includes(action))).toEqual([]);
  });

  it.each(['trueup-plan', 'trueup-apply', 'trueup-heal'])('of %s', (name) => {
    const role = hub.roles.find((one) => one.name === name);
    expect(role && spareIn(role, heard.get(name) ?? [])).toEqual([]);
  });
});

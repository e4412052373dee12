/** Apply and revert: only what was approved, every outcome told, and nothing lost however the run ends. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthorizeSecurityGroupIngressCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { digestOf, rootDigest } from '../../src/plan/digest.ts';
import type { RecordedRequest } from '../../src/sandbox/server.ts';
import { type Desk, openDesk, said } from '../support/cli.ts';
import { FIRST, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

const WRITES = /^(?:Revoke|Authorize|Update|Create|Delete|Modify)/;
const writes = (requests: readonly RecordedRequest[]): string[] =>
  requests.filter(({ action }) => WRITES.test(action)).map(({ action, account }) => `${account} ${action}`);

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(SMALL_SEED, STATE);
});
afterEach(() => desk.close());

describe('apply', () => {
  it('does what the plan says, after which nothing is left to do', async () => {
    const { code, stdout, stderr } = await desk.trueup(['apply', '--yes']);
    expect(stdout).toContain('6 applied');
    expect(stderr).toMatch(/trueup revert \d{8}T\d{6}Z-[0-9a-f]{6}/);
    expect(code).toBe(0);
    expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
    const again = desk.sandbox.requests.length;
    expect((await desk.trueup(['apply', '--yes'])).stderr).toContain('nothing to apply');
    expect(writes(desk.sandbox.requests.slice(again))).toEqual([]);
  });

  it('uses a plan file only as a set of digests: calls put into the file are never sent', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    const plan = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
    const evil = { operation: 'ec2:AuthorizeSecurityGroupIngress', input: { GroupId: 'sg-0badc0de0badc0de0' } };
    const cells = plan.cells.map((cell) => ({ ...cell, steps: [{ call: evil, changes: [] }] }));
    await desk.write({ 'altered.json': JSON.stringify({ ...plan, cells }) });
    expect(await desk.trueup(['apply', 'altered.json', '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('(plan-altered)'),
    });
    // Whoever alters a plan can write digests that fit; then they approve nothing that is planned now.
    const fitting = cells.map((cell) => ({ ...cell, digest: digestOf(plan.stamp, cell) }));
    const digest = rootDigest(plan.stamp, fitting);
    await desk.write({ 'fitting.json': JSON.stringify({ ...plan, cells: fitting, digest }) });
    expect((await desk.trueup(['apply', 'fitting.json', '--yes'])).code).toBe(1);
    expect(writes(desk.sandbox.requests)).toEqual([]);
    const inputs = JSON.stringify(desk.sandbox.requests.map(({ input }) => input));
    expect(inputs).not.toContain('sg-0badc0de0badc0de0');
  });

  it('leaves what moved since the review alone, says so, and applies the rest', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    const plan = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
    const web = plan.cells.find(({ title, address }) => title.startsWith('web') && address.account === FIRST);
    await openMore(desk, web?.address.id ?? '');
    const before = desk.sandbox.requests.length;
    const { code, stdout, stderr } = await desk.trueup(['apply', 'plan.json', '--yes']);
    expect(code).toBe(1);
    expect(stdout).toContain('5 applied');
    expect(stderr).toContain(`it moved since it was reviewed: ${web?.title}`);
    const sent = writes(desk.sandbox.requests.slice(before));
    expect(sent.filter((one) => one === `${FIRST} AuthorizeSecurityGroupIngress`)).toEqual([]);
    expect(sent.length).toBeGreaterThan(0);
  });

  it('approves by the digest of single cells', async () => {
    const { stdout } = await desk.trueup(['plan', '--json']);
    const chosen = (JSON.parse(stdout) as Plan).cells.find(({ address }) => address.resource === 'password-policy');
    const { code } = await desk.trueup(['apply', '--yes', '--approved', chosen?.digest ?? '']);
    expect(code).toBe(0);
    expect(writes(desk.sandbox.requests)).toEqual([`${FIRST} UpdateAccountPasswordPolicy`]);
  });

  it('goes on elsewhere when one account refuses, and ends with 1', async () => {
    desk.sandbox.fault({ match: { action: 'RevokeSecurityGroupIngress', account: FIRST }, do: 'deny' });
    desk.sandbox.fault({ match: { action: 'ModifySecurityGroupRules', account: FIRST }, do: 'deny' });
    const { code, stdout } = await desk.trueup(['apply', '--yes']);
    expect(code).toBe(1);
    expect(stdout).toContain('4 applied');
    expect(stdout).toMatch(/2 failed/);
    const { cells } = JSON.parse((await desk.trueup(['plan', '--json'])).stdout) as Plan;
    expect(cells.map(({ address }) => address.account)).toEqual([FIRST, FIRST]);
  });

  it('begins nothing new after a failure with --fail-fast', async () => {
    await desk.write({ 'state/fleet.yaml': `${STATE['state/fleet.yaml']}limits: { concurrency: 1 }\n` });
    desk.sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress', account: FIRST }, do: 'deny' });
    const { code, stdout } = await desk.trueup(['apply', '--yes', '--fail-fast']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 failed/);
    expect(writes(desk.sandbox.requests).filter((one) => one.startsWith(SECOND))).toEqual([]);
  });

  it('gets through throttling', async () => {
    desk.sandbox.fault({ match: { service: 'ec2', every: 9 }, do: 'throttle' });
    const { code, stdout } = await desk.trueup(['apply', '--yes']);
    expect(stdout).toContain('6 applied');
    expect(code).toBe(0);
  });

  it('is not fooled by an answer that got lost: the retried request finds what the first one did', async () => {
    desk.sandbox.fault({
      match: { action: 'AuthorizeSecurityGroupIngress', account: FIRST, times: 1 },
      do: 'drop-after',
    });
    desk.sandbox.fault({ match: { action: 'RevokeSecurityGroupEgress', account: SECOND, times: 1 }, do: 'drop-after' });
    const { code, stdout } = await desk.trueup(['apply', '--yes']);
    expect(stdout).toContain('6 applied');
    expect(code).toBe(0);
  });
});

describe('a run that does not end by itself', () => {
  it('finishes the call in flight on Ctrl-C, closes its journal, and ends with 130', async () => {
    const call = desk.sandbox.hold({ action: 'ModifySecurityGroupRules' });
    const { child, ended } = desk.start(['apply', '--yes']);
    await call.arrived;
    child.kill('SIGINT');
    await said(child, 'the call in flight is finished');
    call.release();
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('the call in flight is finished');
    const runs = await desk.trueup(['journal', 'list', '--json']);
    expect(JSON.parse(runs.stdout)).toMatchObject([{ closed: true }]);
    expect((await desk.trueup(['journal', 'verify'])).code).toBe(0);
    expect((await desk.trueup(['apply', '--yes'])).code).toBe(0);
    expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  it('can be continued with the same approval after it was killed between two calls of a cell', async () => {
    await desk.trueup(['plan', '--out', 'plan.json']);
    // These two never get through: the sandbox lets go of them when it closes.
    const first = desk.sandbox.hold({ action: 'ModifySecurityGroupRules', account: FIRST, times: 1 });
    const second = desk.sandbox.hold({ action: 'ModifySecurityGroupRules', account: SECOND, times: 1 });
    const { child, ended } = desk.start(['apply', 'plan.json', '--yes']);
    await Promise.all([first.arrived, second.arrived]);
    child.kill('SIGKILL');
    await ended;
    expect(JSON.parse((await desk.trueup(['journal', 'list', '--json'])).stdout)).toMatchObject([{ closed: false }]);
    expect((await desk.trueup(['journal', 'verify'])).code).toBe(0);
    const { code, stderr } = await desk.trueup(['apply', 'plan.json', '--yes']);
    expect(stderr).not.toContain('moved');
    expect(code).toBe(0);
    expect((await desk.trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  it('stops everything when its journal can no longer be written', async () => {
    await desk.write({ 'journal-file': 'in the way' });
    const { code, stderr } = await desk.trueup(['apply', '--yes', '--journal', 'journal-file']);
    expect(code).toBe(1);
    expect(stderr).toContain('(journal-failed)');
    expect(writes(desk.sandbox.requests)).toEqual([]);
  });
});

describe('revert', () => {
  it('gives back every value, with descriptions and tags', async () => {
    const before = await values(desk, 'before.json');
    await desk.trueup(['apply', '--yes']);
    expect(await values(desk, 'middle.json')).not.toEqual(before);
    const { code } = await desk.trueup(['revert', await lastRun(desk), '--yes']);
    expect(code).toBe(0);
    expect(await values(desk, 'after.json')).toEqual(before);
  });

  it('leaves alone what somebody has changed since, and says what', async () => {
    await desk.trueup(['apply', '--yes']);
    const run = await lastRun(desk);
    const iam = `kind: Policy\nname: baseline\ntargets: { accounts: ["${FIRST}"] }\nguardrails:\n  password-policy: { minimumLength: 20 }\n`;
    await desk.write({ 'later/fleet.yaml': STATE['state/fleet.yaml'], 'later/baseline.yaml': iam });
    await desk.trueup(['apply', '--yes', '--state', 'later']);
    const { code, stdout } = await desk.trueup(['revert', run, '--yes']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/changed since the run by somebody else: minimumLength/);
  });

  it('refuses a journal that was edited', async () => {
    await desk.trueup(['apply', '--yes']);
    const run = await lastRun(desk);
    const place = join(desk.path('.trueup/journal'), run);
    const name = (await readdir(place)).find((one) => one.endsWith('.jsonl')) ?? '';
    const text = await readFile(join(place, name), 'utf8');
    await writeFile(join(place, name), text.replace('"kind":"begin"', '"kind":"begin" '));
    const { code, stderr } = await desk.trueup(['revert', run, '--yes']);
    expect(code).toBe(1);
    expect(stderr).toContain('(journal-tampered)');
    expect((await desk.trueup(['journal', 'verify', run])).code).toBe(1);
  });
});

async function openMore(at: Desk, GroupId: string): Promise<void> {
  const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
  const place = { region: 'eu-west-1', endpoint: at.sandbox.url };
  const sts = new STSClient({ ...place, credentials: at.sandbox.credentials });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${FIRST}:role/trueup-write`,
      RoleSessionName: 'somebody-else',
      ExternalId: 'trueup-demo',
    }),
  );
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  await new EC2Client({ ...place, credentials }).send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
    }),
  );
}

async function lastRun(at: Desk): Promise<string> {
  const runs = JSON.parse((await at.trueup(['journal', 'list', '--json'])).stdout) as { run: string }[];
  return runs.at(-1)?.run ?? '';
}

async function values(at: Desk, name: string): Promise<unknown> {
  await at.trueup(['snapshot', '--out', name]);
  const { readings } = JSON.parse(await readFile(at.path(name), 'utf8')) as Snapshot;
  return Object.fromEntries(
    readings.flatMap(({ account, region, reader, found }) =>
      reader === 'security-group-use'
        ? []
        : Object.entries(found).map(([id, { value }]) => [`${account} ${region} ${reader} ${id}`, value]),
    ),
  );
}

/** Does a connection reach the sandbox over HTTP, as the right identity, and only with what it was opened for? */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SANDBOX_IDENTITY } from '../../src/aws/sandbox-caller.ts';
import type { Connection } from '../../src/model/aws.ts';
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../../src/sandbox/caller.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import * as org from './organisation.ts';

const { WEB, DATA, BARE, HUB, allow, describeVpcs, failure, sent } = org;

let sandbox: Sandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await org.start();
  connection = await org.enter(sandbox);
});
afterEach(async () => {
  await connection.close();
  await sandbox.close();
});

const reader = (account: string, region = 'eu-west-1', policy = allow('ec2:DescribeVpcs')) =>
  connection.assume({ account, region, role: 'trueup-read', operations: [describeVpcs], policy });

describe('the caller', () => {
  it('of the sandbox signs with the constants that the sandbox knows', () => {
    expect(SANDBOX_IDENTITY).toEqual({ accessKeyId: SANDBOX_CALLER_KEY, secretAccessKey: SANDBOX_CALLER_SECRET });
  });

  it('is who STS says, and the world is stamped', () => {
    expect(connection.caller).toEqual({
      account: HUB,
      arn: `arn:aws:sts::${HUB}:assumed-role/trueup-hub/sandbox`,
      partition: 'aws',
    });
    expect(connection.world).toBe('sandbox');
    expect(connection.notices).toEqual([`sandbox: every request goes to ${sandbox.url}, none to AWS`]);
  });

  it('decides the partition of every ARN', async () => {
    const china = await org.start({
      partition: 'aws-cn',
      regions: ['cn-north-1'],
      accounts: org.seed.accounts.slice(0, 3),
    });
    const inChina = await org.enter(china, { region: 'cn-north-1' });
    expect(inChina.caller.partition).toBe('aws-cn');
    await inChina.assume({ account: WEB, region: 'cn-north-1', role: 'trueup-read', operations: [] });
    expect(sent(china, 'AssumeRole')[0]?.input.RoleArn).toBe(`arn:aws-cn:iam::${WEB}:role/trueup-read`);
    await inChina.close();
    await china.close();
  });

  it('must be in the expected account, or nothing else is asked', async () => {
    const before = sandbox.requests.length;
    const error = await failure(org.enter(sandbox, { expectedCaller: WEB }));
    expect(error).toMatchObject({ name: 'TrueupError', code: 'wrong-caller' });
    expect(error.message).toContain(HUB);
    expect(sandbox.requests.slice(before).map(({ action }) => action)).toEqual(['GetCallerIdentity']);
  });

  it('is refused by name when STS does not know the credentials', async () => {
    sandbox.fault({
      match: { action: 'GetCallerIdentity' },
      do: { code: 'InvalidClientTokenId', status: 403, message: 'The security token is invalid' },
    });
    expect(await failure(org.enter(sandbox))).toMatchObject({ code: 'credentials-refused' });
  });

  it('is not waited for at an address where nobody answers', async () => {
    const error = await failure(org.enter({ url: 'http://127.0.0.1:1' }, { attempts: 2 }));
    expect(error).toMatchObject({ code: 'network' });
    expect(error.message).toContain('ECONNREFUSED');
  });
});

describe('a session', () => {
  it('carries its names, its external id and exactly its policy', async () => {
    const named = await org.enter(sandbox, { sessionName: 'pr 17', sourceIdentity: 'octo/repo@0a1b' });
    const session = await named.assume({
      account: WEB,
      region: 'us-east-1',
      role: 'arn:{partition}:iam::{account}:role/trueup-read',
      operations: [describeVpcs],
      policy: allow('ec2:DescribeVpcs'),
    });
    expect(session).toMatchObject({ account: WEB, region: 'us-east-1', partition: 'aws' });
    expect(session.packedPolicySize).toBeGreaterThan(0);
    await session.send(describeVpcs({}));
    expect(sent(sandbox, 'DescribeVpcs')[0]).toMatchObject({
      account: WEB,
      region: 'us-east-1',
      outcome: 'ok',
      session: { name: 'pr-17', sourceIdentity: 'octo-repo@0a1b', policy: JSON.stringify(allow('ec2:DescribeVpcs')) },
    });
    expect(sent(sandbox, 'AssumeRole')[0]?.input).toMatchObject({
      ExternalId: org.EXTERNAL_ID,
      DurationSeconds: '3600',
    });
    await named.close();
  });

  it('is narrowed by AWS itself: an action outside its policy is refused', async () => {
    const narrow = await reader(WEB, 'eu-west-1', allow('ec2:DescribeRegions'));
    const error = await failure(narrow.send(describeVpcs({})));
    expect(error.name).toBe('UnauthorizedOperation');
    expect(
      connection.explain(error, { doing: 'list VPCs', account: WEB, operation: 'ec2:DescribeVpcs' }).advice,
    ).toContain('ec2:DescribeVpcs');
  });

  it('is shared by the regions of an account, and by all who ask at once', async () => {
    const ports = await Promise.all(['eu-west-1', 'us-east-1', 'ap-southeast-2'].map((region) => reader(WEB, region)));
    await Promise.all(ports.map((port) => port.send(describeVpcs({}))));
    await (await reader(WEB)).send(describeVpcs({}));
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(1);
    await reader(WEB, 'eu-west-1', allow('ec2:DescribeVpcs', 'ec2:DescribeRegions'));
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(2);
  });

  it('is never mixed up with one of another account', async () => {
    const accounts = [WEB, DATA, HUB];
    const ports = await Promise.all(accounts.map((account) => reader(account)));
    await Promise.all([...ports, ...ports].map((port) => port.send(describeVpcs({}))));
    const seen = sent(sandbox, 'DescribeVpcs').map(({ account }) => account);
    expect(seen.sort()).toEqual([...accounts, ...accounts].sort());
  });

  it('for what an account has once is signed for one region', async () => {
    const session = await connection.assume({
      account: WEB,
      region: 'global',
      role: 'trueup-read',
      operations: [org.getPasswordPolicy],
    });
    expect(session.region).toBe('us-east-1');
    const error = await failure(session.send(org.getPasswordPolicy({})));
    expect(error.name).toBe('NoSuchEntityException');
  });

  it('is renewed five minutes before it ends, once for all, with the same policy', async () => {
    const minutes = 60;
    // The clock is judged with the first session.
    await reader(DATA);
    sandbox.world.clock.move(-56 * minutes);
    const [port, other] = [await reader(WEB), await reader(WEB, 'us-east-1')];
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(2);
    sandbox.world.clock.move(56 * minutes);
    await Promise.all([port, other, port].map((each) => each.send(describeVpcs({}))));
    await port.send(describeVpcs({}));
    const [, ...policies] = sent(sandbox, 'AssumeRole').map(({ input }) => input.Policy);
    expect(policies).toEqual([JSON.stringify(allow('ec2:DescribeVpcs')), JSON.stringify(allow('ec2:DescribeVpcs'))]);
    expect(sent(sandbox, 'DescribeVpcs').map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('is left as it is while more than five minutes remain', async () => {
    await reader(DATA);
    sandbox.world.clock.move(-54 * 60);
    const port = await reader(WEB);
    sandbox.world.clock.move(54 * 60);
    await port.send(describeVpcs({}));
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(2);
  });

  it('that AWS calls expired in the middle of a run is renewed, and the call goes through', async () => {
    const port = await reader(WEB);
    await port.send(describeVpcs({}));
    sandbox.world.clock.move(2 * 3600);
    await expect(port.send(describeVpcs({}))).resolves.toHaveProperty('Vpcs');
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(2);
  });

  it('that stays expired however often it is renewed ends in an error, not in a loop', async () => {
    const port = await reader(WEB);
    sandbox.fault({ match: { action: 'DescribeVpcs' }, do: { code: 'ExpiredToken', status: 400, message: 'expired' } });
    const error = await failure(port.send(describeVpcs({})));
    expect(connection.explain(error, { doing: 'list VPCs' }).code).toBe('credentials-expired');
    expect(sent(sandbox, 'DescribeVpcs')).toHaveLength(2);
  });
});

describe('a role that cannot be assumed', () => {
  const role = `arn:aws:iam::${BARE}:role/trueup-read`;

  it('because it is not there: the reason names it', async () => {
    const error = await failure(reader(BARE));
    expect(error.name).toBe('AccessDenied');
    const reason = connection.explain(error, { doing: 'assume the role', account: BARE, role });
    expect(reason).toMatchObject({ code: 'role-not-assumable', message: expect.stringContaining(role) });
  });

  it('because the external id is another one: neither is printed', async () => {
    const other = await org.enter(sandbox, { externalId: 'not-the-right-one' });
    const error = await failure(
      other.assume({ account: WEB, region: 'eu-west-1', role: 'trueup-read', operations: [] }),
    );
    expect(error.name).toBe('AccessDenied');
    const reason = other.explain(error, { doing: 'assume the role', account: WEB, role });
    expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(reason)}`).not.toMatch(
      /not-the-right-one|do-not-print-me/,
    );
    await other.close();
  });

  it('because STS finds fault with the external id: what it quotes is blotted out', async () => {
    const message = `Value '${org.EXTERNAL_ID}' at 'externalId' failed to satisfy constraint`;
    sandbox.fault({ match: { action: 'AssumeRole' }, do: { code: 'ValidationError', status: 400, message } });
    const error = await failure(reader(WEB));
    expect(error.name).toBe('ValidationError');
    expect(`${error.stack} ${JSON.stringify(connection.explain(error, { doing: 'x' }))}`).not.toContain(
      org.EXTERNAL_ID,
    );
  });

  it('is tried again by whoever asks next', async () => {
    sandbox.fault({ match: { action: 'AssumeRole', times: 1 }, do: 'deny' });
    await failure(reader(WEB));
    await expect(reader(WEB)).resolves.toHaveProperty('account', WEB);
  });

  it('because the external id cannot be one: found before anything is sent, and not printed', async () => {
    const before = sandbox.requests.length;
    const error = await failure(org.enter(sandbox, { externalId: 'has a space' }));
    expect(error).toMatchObject({ code: 'external-id-invalid' });
    expect(inspect(error, { depth: 9 })).not.toContain('has a space');
    expect(sandbox.requests).toHaveLength(before);
  });

  it('because it leads to another account than was meant', async () => {
    const request = {
      account: WEB,
      region: 'eu-west-1',
      role: `arn:aws:iam::${DATA}:role/trueup-read`,
      operations: [],
    };
    expect(await failure(connection.assume(request))).toMatchObject({ code: 'wrong-account' });
    expect(sent(sandbox, 'AssumeRole')).toHaveLength(0);
  });

  it('because its policy is too large for STS to pack: recognisable by its name', async () => {
    const tight = await org.start({ packedPolicyBudget: 40 });
    const other = await org.enter(tight);
    const request = {
      account: WEB,
      region: 'eu-west-1',
      role: 'trueup-read',
      operations: [],
      policy: allow('ec2:DescribeVpcs'),
    };
    expect((await failure(other.assume(request))).name).toMatch(/^PackedPolicyTooLarge(Exception)?$/);
    await other.close();
    await tight.close();
  });
});

describe('a port', () => {
  it('sends nothing that it was not opened for', async () => {
    const port = await reader(WEB, 'eu-west-1', allow('ec2:*'));
    const before = sandbox.requests.length;
    const error = await failure(port.send(org.revoke({ GroupId: 'sg-0123456789abcdef0' })));
    expect(error).toMatchObject({ code: 'operation-not-allowed' });
    expect(await failure(connection.own('eu-west-1', []).send(describeVpcs({})))).toMatchObject({
      code: 'operation-not-allowed',
    });
    expect(sandbox.requests).toHaveLength(before);
  });

  it('in a region that is not enabled says so, and does not speak of bad credentials', async () => {
    const port = await reader(DATA, 'ap-southeast-2');
    const error = await failure(port.send(describeVpcs({})));
    const reason = connection.explain(error, { doing: 'list VPCs', account: DATA, region: 'ap-southeast-2' });
    expect(reason.code).toBe('region-not-usable');
  });
});

describe('trouble on the way', () => {
  const own = (from: Connection) => from.own('eu-west-1', [describeVpcs]);

  it.each(['throttle', 'drop', 'error500'] as const)('of kind %s is tried again', async (kind) => {
    sandbox.fault({ match: { action: 'DescribeVpcs', times: 1 }, do: kind });
    await expect(own(connection).send(describeVpcs({}))).resolves.toHaveProperty('Vpcs');
    expect(sent(sandbox, 'DescribeVpcs')).toHaveLength(2);
  });

  it.each([
    ['throttle', 'throttled'],
    ['drop', 'network'],
    ['error500', 'service-error'],
    ['deny', 'access-denied'],
  ] as const)('of kind %s that does not end is %s', async (kind, code) => {
    const hasty = await org.enter(sandbox, { attempts: 2 });
    sandbox.fault({ match: { action: 'DescribeVpcs' }, do: kind });
    const error = await failure(own(hasty).send(describeVpcs({})));
    expect(hasty.explain(error, { doing: 'list VPCs' }).code).toBe(code);
    await hasty.close();
  });

  // What these two say of the time holds on any machine: it is never less. Whose turn it is, `pace.test.ts` asks.
  it('calls wait for their turn', async () => {
    const slow = await org.enter(sandbox, { rates: { ec2: 4 } });
    const port = await slow.assume({
      account: WEB,
      region: 'eu-west-1',
      role: 'trueup-read',
      operations: [describeVpcs],
    });
    const started = performance.now();
    await Promise.all(Array.from({ length: 22 }, () => port.send(describeVpcs({}))));
    expect(performance.now() - started).toBeGreaterThan(400);
    await slow.close();
  });

  it('a call that AWS refuses as one too many makes the others wait', async () => {
    const slow = await org.enter(sandbox, { rates: { ec2: 4 }, attempts: 1 });
    sandbox.fault({ match: { action: 'DescribeVpcs', nth: 1 }, do: 'throttle' });
    const port = own(slow);
    const started = performance.now();
    await failure(port.send(describeVpcs({})));
    await port.send(describeVpcs({}));
    expect(performance.now() - started).toBeGreaterThan(200);
    await slow.close();
  });
});

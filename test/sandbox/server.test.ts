/** Does the sandbox fail on request, tell what it saw, and stand up to a crowd? */
import { request as httpRequest } from 'node:http';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import { ListAccountAliasesCommand } from '@aws-sdk/client-iam';
import { ListRootsCommand } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { createThrottle } from '../../src/sandbox/throttle.ts';
import { measured } from '../support/measured.ts';
import { assume, clients, clientsIn, groupNamed, HUB, refusal, seed, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await start();
});
afterEach(() => sandbox.close());

const client = async (more: EC2ClientConfig = {}) =>
  new EC2Client({ endpoint: sandbox.url, region: 'eu-west-1', credentials: await assume(sandbox, WEB), ...more });

describe('faults', () => {
  test('throttle and deny in each service’s own words', async () => {
    const session = await clientsIn(sandbox, HUB);
    sandbox.fault({ match: { account: HUB, times: 4 }, do: 'throttle' });
    expect(await refusal(session.ec2.send(new DescribeVpcsCommand({})))).toBe('RequestLimitExceeded');
    expect(await refusal(session.iam.send(new ListAccountAliasesCommand({})))).toBe('Throttling');
    expect(await refusal(session.sts.send(new GetCallerIdentityCommand({})))).toBe('Throttling');
    expect(await refusal(session.organizations.send(new ListRootsCommand({})))).toBe('TooManyRequestsException');
    const remove = sandbox.fault({ match: {}, do: 'deny' });
    expect(await refusal(session.ec2.send(new DescribeVpcsCommand({})))).toBe('UnauthorizedOperation');
    expect(await refusal(session.organizations.send(new ListRootsCommand({})))).toBe('AccessDeniedException');
    remove();
    expect(await refusal(session.ec2.send(new DescribeVpcsCommand({})))).toBe('no error');
  });

  test('strike the nth, every kth, or a few requests, and an account also as the target of AssumeRole', async () => {
    const { ec2 } = await clientsIn(sandbox, WEB);
    const series = async (count: number) => {
      const outcomes = [];
      for (let n = 0; n < count; n += 1)
        outcomes.push((await refusal(ec2.send(new DescribeVpcsCommand({})))) === 'no error');
      return outcomes;
    };
    let remove = sandbox.fault({ match: { action: 'DescribeVpcs', nth: 2 }, do: 'error500' });
    expect(await series(3)).toEqual([true, false, true]);
    remove();
    remove = sandbox.fault({
      match: { service: 'ec2', every: 2, times: 1 },
      do: { code: 'Odd', status: 418, message: 'teapot' },
    });
    expect(await series(4)).toEqual([true, false, true, true]);
    remove();
    sandbox.fault({ match: { action: 'AssumeRole', account: WEB }, do: 'deny' });
    expect(await refusal(assume(sandbox, WEB))).toBe('AccessDenied');
    expect(await refusal(assume(sandbox, HUB))).toBe('no error');
  });

  test('a lost answer makes the SDK send the request again, which finds its own rule there', async () => {
    const ec2 = await client({ maxAttempts: 3 });
    sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress', nth: 1 }, do: 'drop-after' });
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
    const GroupId = groupNamed(sandbox, 'app').id;
    expect(await refusal(ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })))).toBe(
      'InvalidPermission.Duplicate',
    );
    expect(sandbox.requests.map(({ outcome }) => outcome).slice(-2)).toEqual([
      'ok, answer dropped',
      'InvalidPermission.Duplicate',
    ]);
  });

  test('a stale answer is the one before it, for one request or for all from then on', async () => {
    const ec2 = await client({ maxAttempts: 1 });
    const group = groupNamed(sandbox, 'stale');
    const count = async (): Promise<number | undefined> => {
      const found = await ec2.send(
        new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [group.id] }] }),
      );
      return found.SecurityGroupRules?.length;
    };
    const add = (port: number) => {
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
      return ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group.id, IpPermissions }));
    };
    const first = group.rules.size;
    const match = { action: 'DescribeSecurityGroupRules' };
    const remove = sandbox.fault({ match: { ...match, nth: 3 }, do: 'stale' });
    const told = [await count(), await add(1).then(count), await add(2).then(count), await count()];
    expect(told).toEqual([first, first + 1, first + 1, first + 2]);
    remove();
    sandbox.fault({ match: { ...match, from: 2 }, do: 'stale' });
    expect([await count(), await add(3).then(count), await count()]).toEqual(Array(3).fill(first + 2));
  });

  test('a lost request changes nothing, and a delay delays', async () => {
    const ec2 = await client({ maxAttempts: 1 });
    sandbox.fault({ match: { action: 'AuthorizeSecurityGroupIngress' }, do: 'drop' });
    const group = groupNamed(sandbox, 'app');
    const before = group.rules.size;
    const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
    const lost = ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: group.id, IpPermissions }));
    await expect(lost).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(group.rules.size).toBe(before);
    sandbox.fault({ match: { action: 'DescribeVpcs' }, do: { latencyMs: 80 } });
    const started = performance.now();
    await ec2.send(new DescribeVpcsCommand({}));
    expect(performance.now() - started).toBeGreaterThan(75);
  });
});

describe('token buckets', () => {
  const drained = (bounded: boolean, service = 'ec2', action = 'DescribeSecurityGroups') => {
    const clock = { now: 0 };
    const take = createThrottle(() => clock.now);
    const asked = { account: WEB, region: 'eu-west-1', service, action, bounded };
    const burst = () => Array.from({ length: 200 }, () => take(asked)).filter(Boolean).length;
    const first = burst();
    clock.now += 1000;
    return [first, burst()];
  };
  test.each<[string, number[], boolean, string?, string?]>([
    ['a bounded read', [100, 20], true],
    ['a read of everything', [50, 10], false],
    ['a write', [50, 5], true, 'ec2', 'RevokeSecurityGroupIngress'],
    ['tagging', [100, 10], true, 'ec2', 'CreateTags'],
    ['listing accounts', [12, 8], false, 'organizations', 'ListAccounts'],
  ])('give %s what AWS gives: %j', (_what, expected, bounded, service, action) => {
    expect(drained(bounded, service, action)).toEqual(expected);
  });

  test('are off unless the seed asks for them', async () => {
    const roots = async (of: Sandbox) => {
      const { organizations } = clients(of);
      return Promise.all(Array.from({ length: 40 }, () => refusal(organizations.send(new ListRootsCommand({})))));
    };
    expect(new Set(await roots(sandbox))).toEqual(new Set(['no error']));
    const tight = await start({ throttle: true });
    expect(await roots(tight)).toContain('TooManyRequestsException');
    await tight.close();
  });
});

describe('the control endpoints', () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: await answer.json() };
  };

  test('set and clear faults', async () => {
    const { ec2 } = await clientsIn(sandbox, WEB);
    expect((await call('POST', 'faults', { match: { service: 'ec2' }, do: 'throttle' })).json).toEqual({
      id: 'fault-1',
    });
    expect(await refusal(ec2.send(new DescribeVpcsCommand({})))).toBe('RequestLimitExceeded');
    await call('DELETE', 'faults');
    expect(await refusal(ec2.send(new DescribeVpcsCommand({})))).toBe('no error');
    expect((await call('POST', 'faults', { match: { servise: 'ec2' }, do: 'throttle' })).status).toBe(400);
    expect((await call('GET', 'nothing')).status).toBe(404);
  });

  test('tell what was asked, and since when', async () => {
    const { ec2 } = await clientsIn(sandbox, WEB);
    await ec2.send(new DescribeVpcsCommand({}));
    expect((await call('GET', 'requests')).json).toMatchObject([
      { action: 'AssumeRole' },
      { action: 'DescribeVpcs', status: 200 },
    ]);
    expect((await call('GET', 'requests?since=1')).json).toMatchObject([{ action: 'DescribeVpcs' }]);
  });

  test('show the state, and move the clock', async () => {
    const { json } = await call('GET', 'state');
    expect(json).toMatchObject({
      accounts: { [WEB]: { name: 'web', passwordPolicy: null, regions: { 'eu-west-1': {} } } },
    });
    const { ec2 } = await clientsIn(sandbox, WEB);
    await call('POST', 'clock', { moveSeconds: 3601 });
    expect(await refusal(ec2.send(new DescribeVpcsCommand({})))).toBe('RequestExpired');
  });
});

describe('robustness', () => {
  test('nonsense is answered, not crashed upon', async () => {
    const send = (headers: Record<string, string>, body: string) =>
      fetch(sandbox.url, { method: 'POST', headers, body });
    expect((await send({}, '')).status).toBe(403);
    expect((await send({ authorization: 'AWS4-HMAC-SHA256 nonsense' }, '')).status).toBe(403);
    const claim = (service: string) =>
      `AWS4-HMAC-SHA256 Credential=X/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
    expect((await send({ authorization: claim('lambda') }, '')).status).toBe(404);
    expect((await send({ authorization: claim('ec2') }, 'a.b=1&a=2&a.b.c=3')).status).toBe(401);
    expect(await refusal(clients(sandbox).sts.send(new GetCallerIdentityCommand({})))).toBe('no error');
  });

  test('a client that hangs up in the middle harms nobody', async () => {
    await new Promise<void>((resolve) => {
      const half = httpRequest(sandbox.url, { method: 'POST', headers: { 'content-length': '100' } });
      half.on('error', () => resolve());
      half.write('half', () => half.destroy());
      half.on('close', () => resolve());
    });
    expect(await refusal(clients(sandbox).sts.send(new GetCallerIdentityCommand({})))).toBe('no error');
  });

  test('a wrong seed says everything that is wrong with it', async () => {
    const wrong = startSandbox({ seed: 'accounts: [{ id: "1", name: x, colour: red }]' });
    await expect(wrong).rejects.toThrow(/colour[\s\S]*twelve digits/);
    const network = { '*': { vpcs: [{ name: 'v', groups: [{ name: 'g', ingress: ['tcp 22 from nowhere'] }] }] } };
    const accounts = [...seed.accounts, { id: '800000000008', name: 'x', network }];
    await expect(startSandbox({ seed: { ...seed, accounts } })).rejects.toThrow('nothing is called "nowhere"');
  });
});

test('two thousand accounts start at once, and two hundred of them answer on as many connections', async () => {
  const groups = Array.from({ length: 20 }, (_, n) => ({
    name: `group-${n}`,
    ingress: [
      'tcp 22 from 0.0.0.0/0',
      'tcp 443 from ::/0',
      { rule: 'udp 53 from 10.0.0.0/8', description: 'resolvers' },
    ],
  }));
  const network = { '*': { vpcs: [{ name: 'main', groups }] } };
  const accounts = [...seed.accounts, { id: '600000000000', name: 'copy-{n}', copies: 2000, trueup: true, network }];
  const [large, seconds] = await measured(() => startSandbox({ seed: { ...seed, accounts } }));
  const requestHandler = new NodeHttpHandler({ httpAgent: { maxSockets: 200, keepAlive: true } });
  const config = { endpoint: large.url, region: 'eu-west-1', requestHandler };
  const seen = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const account = String(600_000_000_000 + n);
      const ec2 = new EC2Client({ ...config, credentials: issueSession(large, account) });
      const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 1000 }));
      return `${SecurityGroups?.length} ${SecurityGroups?.every(({ OwnerId }) => OwnerId === account)}`;
    }),
  );
  await large.close();
  expect(new Set(seen)).toEqual(new Set(['21 true']));
  expect(seconds).toBeLessThan(20);
});

/** A session of the account's role, without going through STS. */
function issueSession(from: Sandbox, account: string) {
  const role = from.world.accounts.get(account)?.roles.get('trueup-read');
  if (!role) throw new Error(`no role in ${account}`);
  const credentials = { accessKeyId: `KEY${account}`, secretAccessKey: account, sessionToken: account };
  from.world.sessions.set(credentials.accessKeyId, {
    ...{ accessKeyId: credentials.accessKeyId, secret: account, token: account, account, role, name: 'test' },
  });
  return credentials;
}

/** Who gets a session, how far does it reach, and when does it end? */
import { createHash } from 'node:crypto';
import {
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { GetAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox, Seed } from '../../src/sandbox/server.ts';
import { clients, clientsIn, DATA, EXTERNAL_ID, groupNamed, HUB, refusal, seed, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await start();
});
afterEach(() => sandbox.close());

const roleIn = (account: string, name = 'trueup-write') => `arn:aws:iam::${account}:role/${name}`;
const asking = (more: Partial<AssumeRoleCommandInput> = {}) =>
  clients(sandbox).sts.send(
    new AssumeRoleCommand({ RoleArn: roleIn(WEB), RoleSessionName: 'pr-7', ExternalId: EXTERNAL_ID, ...more }),
  );
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('assuming a role', () => {
  test('gives credentials of that account, named as asked', async () => {
    const { AssumedRoleUser, SourceIdentity, PackedPolicySize } = await asking({ SourceIdentity: 'abc123' });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${WEB}:assumed-role/trueup-write/pr-7`);
    expect(SourceIdentity).toBe('abc123');
    expect(PackedPolicySize).toBeUndefined();
  });

  test.each<[string, string, Partial<AssumeRoleCommandInput>]>([
    ['a role that is not there', 'AccessDenied', { RoleArn: roleIn(WEB, 'nobody') }],
    ['an account that is not there', 'AccessDenied', { RoleArn: roleIn('999999999999') }],
    ['a suspended account', 'AccessDenied', { RoleArn: roleIn('500000000005') }],
    ['a wrong external id', 'AccessDenied', { ExternalId: 'somebody-else' }],
    ['no external id', 'AccessDenied', { ExternalId: undefined }],
    ['a role in another partition', 'AccessDenied', { RoleArn: roleIn(WEB).replace('aws', 'aws-cn') }],
    ['a session name with blanks', 'ValidationError', { RoleSessionName: 'not allowed' }],
    ['too short a time', 'ValidationError', { DurationSeconds: 899 }],
    ['more than an hour, as the caller is a role itself', 'ValidationError', { DurationSeconds: 3601 }],
    ['a policy that is no JSON', 'MalformedPolicyDocumentException', { Policy: '{"Version":' }],
    [
      'a policy with a principal',
      'MalformedPolicyDocumentException',
      { Policy: policy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }) },
    ],
    [
      'a policy with a misspelt operator',
      'MalformedPolicyDocumentException',
      {
        Policy: policy({
          Effect: 'Allow',
          Action: '*',
          Resource: '*',
          Condition: { StringEqual: { 'aws:RequestedRegion': 'x' } },
        }),
      },
    ],
    [
      'a policy with a character above U+00FF',
      'ValidationError',
      { Policy: policy({ Effect: 'Allow', Action: '*', Resource: 'arn:aws:ec2:*:*:tag/日' }) },
    ],
    [
      'a policy of 2,049 characters',
      'ValidationError',
      { Policy: policy({ Effect: 'Allow', Action: '*', Resource: '*' }).padEnd(2049) },
    ],
  ])('refuses %s with %s', async (_what, code, more) => {
    expect(await refusal(asking(more))).toBe(code);
  });

  test('says the same of an unknown role and of one that does not trust the caller', async () => {
    const message = async (RoleArn: string) => {
      const text = await asking({ RoleArn }).then(String, (error: Error) => error.message);
      return text.replaceAll(/:role\/\S+/g, '');
    };
    expect(await message(roleIn(WEB, 'nobody'))).toBe(await message(roleIn(DATA, 'other').replace(DATA, WEB)));
  });

  test('needs the caller’s own permission too', async () => {
    await sandbox.close();
    const narrow = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: roleIn(DATA) },
    };
    sandbox = await start({ caller: { account: HUB, role: 'trueup-hub', policies: [narrow] } });
    expect(await refusal(asking())).toBe('AccessDenied');
  });

  test('takes a source identity only where the trust policy does', async () => {
    await sandbox.close();
    const trust = {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: HUB }, Action: 'sts:AssumeRole' },
    };
    const accounts: Seed['accounts'] = seed.accounts.map((account) =>
      account.id === WEB ? { ...account, roles: [{ name: 'plain', trust, policies: ['everything'] }] } : account,
    );
    sandbox = await start({ accounts });
    expect(await refusal(asking({ RoleArn: roleIn(WEB, 'plain') }))).toBe('no error');
    expect(await refusal(asking({ RoleArn: roleIn(WEB, 'plain'), SourceIdentity: 'abc123' }))).toBe('AccessDenied');
  });

  test('measures a session policy in packed bytes, and refuses one that is too large although it is short', async () => {
    const ids = (count: number) =>
      Array.from(
        { length: count },
        (_, n) => `sg-0${createHash('sha256').update(String(n)).digest('hex').slice(0, 16)}`,
      );
    const narrowed = (count: number) =>
      policy({
        Effect: 'Allow',
        Action: 'ec2:*',
        Resource: '*',
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ids(count) } },
      });
    const { PackedPolicySize } = await asking({ Policy: narrowed(10) });
    expect(PackedPolicySize).toBeGreaterThan(20);
    expect(narrowed(60).length).toBeLessThan(2048);
    expect(await refusal(asking({ Policy: narrowed(60) }))).toBe('PackedPolicyTooLargeException');
  });
});

describe('a session policy', () => {
  const only = (...ids: string[]) =>
    policy(
      { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ec2:RevokeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules'],
        Resource: `arn:aws:ec2:eu-west-1:${WEB}:security-group/*`,
        Condition: { StringEquals: { 'ec2:SecurityGroupID': ids } },
      },
    );
  const revoke = (ec2: EC2Client, GroupId: string, DryRun = false) => {
    const rule = [...(sandbox.world.accounts.get(WEB)?.place('eu-west-1').rules.values() ?? [])].find(
      ({ groupId, body }) => groupId === GroupId && !body.egress,
    );
    return ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: [rule?.id ?? ''], DryRun }));
  };

  test('lets a session touch the groups it names, and AWS refuses every other', async () => {
    const [web, app] = [groupNamed(sandbox, 'web').id, groupNamed(sandbox, 'app').id];
    const { ec2 } = await clientsIn(sandbox, WEB, { Policy: only(web) });
    const before = groupNamed(sandbox, 'app').rules.size;
    expect(await refusal(revoke(ec2, app))).toBe('UnauthorizedOperation');
    expect(await refusal(revoke(ec2, 'sg-0dead00000000beef'))).toBe('UnauthorizedOperation');
    expect(groupNamed(sandbox, 'app').rules.size).toBe(before);
    expect(await refusal(revoke(ec2, web))).toBe('no error');
    expect(await refusal(ec2.send(new DescribeSecurityGroupsCommand({})))).toBe('no error');
  });

  test('does not reach past its region, its service or its actions', async () => {
    const web = groupNamed(sandbox, 'web').id;
    const Policy = only(web);
    const here = await clientsIn(sandbox, WEB, { Policy });
    expect(await refusal(here.iam.send(new GetAccountPasswordPolicyCommand({})))).toBe('AccessDenied');
    const authorize = { GroupId: web, IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] };
    expect(await refusal(here.ec2.send(new AuthorizeSecurityGroupIngressCommand(authorize)))).toBe(
      'UnauthorizedOperation',
    );
    const there = await clientsIn(sandbox, WEB, { Policy }, 'us-east-1');
    expect(await refusal(there.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web })))).toBe(
      'UnauthorizedOperation',
    );
  });

  test('must name rules as well as the group before rules can be modified', async () => {
    const group = groupNamed(sandbox, 'web');
    const [rule] = group.rules;
    const modify = async (Policy: string) => {
      const { ec2 } = await clientsIn(sandbox, WEB, { Policy });
      const next = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIpv4: '10.0.0.0/8' };
      const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.id ?? '', SecurityGroupRule: next }];
      return refusal(ec2.send(new ModifySecurityGroupRulesCommand({ GroupId: group.id, SecurityGroupRules })));
    };
    expect(await modify(only(group.id))).toBe('UnauthorizedOperation');
    const rules = {
      Effect: 'Allow',
      Action: 'ec2:ModifySecurityGroupRules',
      Resource: 'arn:aws:ec2:*:*:security-group-rule/*',
    };
    expect(await modify(policy(...JSON.parse(only(group.id)).Statement, rules))).toBe('no error');
  });

  test('must allow tagging before a rule can be added with tags', async () => {
    const group = groupNamed(sandbox, 'app');
    const tags = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'ticket', Value: '1' }] }];
    const add = async (...more: object[]) => {
      const allow = { Effect: 'Allow', Action: 'ec2:AuthorizeSecurityGroupIngress', Resource: '*' };
      const { ec2 } = await clientsIn(sandbox, WEB, { Policy: policy(allow, ...more) });
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
      return refusal(
        ec2.send(
          new AuthorizeSecurityGroupIngressCommand({ GroupId: group.id, IpPermissions, TagSpecifications: tags }),
        ),
      );
    };
    expect(await add()).toBe('UnauthorizedOperation');
    const tagging = (condition: object) => ({
      Effect: 'Allow',
      Action: 'ec2:CreateTags',
      Resource: '*',
      Condition: condition,
    });
    expect(await add(tagging({ StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' } }))).toBe(
      'UnauthorizedOperation',
    );
    expect(await add(tagging({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['owner'] } }))).toBe(
      'UnauthorizedOperation',
    );
    expect(
      await add(
        tagging({
          StringEquals: { 'aws:RequestTag/ticket': '1', 'ec2:CreateAction': 'AuthorizeSecurityGroupIngress' },
        }),
      ),
    ).toBe('no error');
  });

  test('is asked by a dry run, which changes nothing', async () => {
    const [web, app] = [groupNamed(sandbox, 'web'), groupNamed(sandbox, 'app')];
    const { ec2 } = await clientsIn(sandbox, WEB, { Policy: only(web.id) });
    const before = web.rules.size;
    expect(await refusal(revoke(ec2, web.id, true))).toBe('DryRunOperation');
    expect(await refusal(revoke(ec2, app.id, true))).toBe('UnauthorizedOperation');
    expect(web.rules.size).toBe(before);
  });

  test('is in the record of every request that the session makes', async () => {
    const Policy = only(groupNamed(sandbox, 'web').id);
    const { ec2 } = await clientsIn(sandbox, WEB, { Policy, RoleSessionName: 'pr-9', SourceIdentity: 'abc' });
    await ec2.send(new DescribeSecurityGroupsCommand({}));
    expect(sandbox.requests.at(-1)).toMatchObject({
      ...{ service: 'ec2', action: 'DescribeSecurityGroups', account: WEB, region: 'eu-west-1', outcome: 'ok' },
      session: { role: roleIn(WEB), name: 'pr-9', policy: Policy, sourceIdentity: 'abc' },
    });
  });
});

describe('signatures', () => {
  const identity = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
    refusal(clients(sandbox, credentials).sts.send(new GetCallerIdentityCommand({})));

  test('are verified, and so is the session token', async () => {
    const { Credentials } = await asking();
    const good = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '' };
    const sessionToken = Credentials?.SessionToken ?? '';
    expect(await identity({ ...good, sessionToken })).toBe('no error');
    expect(await identity(good)).toBe('InvalidClientTokenId');
    expect(await identity({ ...good, sessionToken: 'other' })).toBe('InvalidClientTokenId');
    expect(await identity({ ...good, sessionToken, secretAccessKey: 'guessed' })).toBe('SignatureDoesNotMatch');
    expect(await identity({ ...good, sessionToken, accessKeyId: 'AKIANOBODY' })).toBe('InvalidClientTokenId');
  });

  test('are refused in each protocol’s own words', async () => {
    const wrong = clients(sandbox, { ...sandbox.credentials, secretAccessKey: 'guessed' });
    expect(await refusal(wrong.ec2.send(new DescribeSecurityGroupsCommand({})))).toBe('AuthFailure');
    expect(await refusal(wrong.iam.send(new GetAccountPasswordPolicyCommand({})))).toBe('SignatureDoesNotMatch');
    expect(await refusal(wrong.organizations.send(new ListAccountsCommand({})))).toBe('InvalidSignatureException');
    expect((await fetch(sandbox.url, { method: 'POST', body: 'Action=GetCallerIdentity' })).status).toBe(403);
  });

  test('of a session that has run out are refused', async () => {
    const session = await clientsIn(sandbox, WEB, { DurationSeconds: 900 });
    sandbox.world.clock.move(899);
    expect(await refusal(session.ec2.send(new DescribeSecurityGroupsCommand({})))).toBe('no error');
    sandbox.world.clock.move(2);
    expect(await refusal(session.ec2.send(new DescribeSecurityGroupsCommand({})))).toBe('RequestExpired');
    expect(await refusal(session.iam.send(new GetAccountPasswordPolicyCommand({})))).toBe('ExpiredToken');
    expect(await refusal(session.organizations.send(new ListAccountsCommand({})))).toBe('ExpiredTokenException');
  });

  test('of a day ago are refused', async () => {
    const { sts } = clients(sandbox);
    sts.config.systemClockOffset = -86_400_000;
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toBe('RequestExpired');
  });
});

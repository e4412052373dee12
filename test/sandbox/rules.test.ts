/** Are rules added, revoked and changed as EC2 does it, quirks and refusals included? */
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  type EC2Client,
  type IpPermission,
  ModifySecurityGroupRulesCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { clientsIn, groupNamed, refusal, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
let ec2: EC2Client;
beforeEach(async () => {
  sandbox = await start();
  ({ ec2 } = await clientsIn(sandbox, WEB));
});
afterEach(() => sandbox.close());

const id = (name: string, vpc?: string) => groupNamed(sandbox, name, vpc).id;
const tcp = (port: number, cidr: string): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp: cidr }],
});
const authorize = (group: string, ...IpPermissions: IpPermission[]) =>
  ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id(group), IpPermissions }));
const revoke = (GroupId: string, ...IpPermissions: IpPermission[]) =>
  ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
const rulesOf = async (GroupId: string) => {
  const answer = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }),
  );
  return answer.SecurityGroupRules ?? [];
};
const snapshot = () =>
  JSON.stringify([...groupNamed(sandbox, 'web').rules].map((rule) => ({ ...rule, tags: [...rule.tags] })));

describe('authorize', () => {
  test('gives new rules ids, tags and descriptions, and clears host bits', async () => {
    const answer = await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: id('app'),
        IpPermissions: [
          {
            IpProtocol: '6',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '100.68.0.18/18', Description: 'office' }],
            Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0:0::1/32' }],
          },
        ],
        TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'ticket', Value: 'OPS-2' }] }],
      }),
    );
    expect(answer.SecurityGroupRules).toMatchObject([
      {
        IpProtocol: 'tcp',
        CidrIpv4: '100.68.0.0/18',
        Description: 'office',
        Tags: [{ Key: 'ticket', Value: 'OPS-2' }],
        IsEgress: false,
      },
      { IpProtocol: 'tcp', CidrIpv6: '2001:db8::/32', GroupOwnerId: WEB },
    ]);
    const ids = answer.SecurityGroupRules?.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '');
    const seen = await ec2.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: ids }));
    expect(seen.SecurityGroupRules).toEqual(answer.SecurityGroupRules);
  });

  test.each<[string, string, IpPermission[]]>([
    [
      'a rule that is there, whatever its description',
      'InvalidPermission.Duplicate',
      [{ ...tcp(443, '0.0.0.0/0'), IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'other' }] }],
    ],
    [
      'the non-canonical twin of a rule',
      'InvalidPermission.Duplicate',
      [{ IpProtocol: 'icmp', FromPort: 8, ToPort: 0, IpRanges: [{ CidrIp: '10.1.2.3/8' }] }],
    ],
    ['the same rule twice in one request', 'InvalidParameterValue', [tcp(25, '192.0.2.0/24'), tcp(25, '192.0.2.9/24')]],
    ['a CIDR without length', 'InvalidParameterValue', [tcp(25, '192.0.2.1')]],
    ['a CIDR that is none', 'InvalidParameterValue', [tcp(25, '192.0.2.256/24')]],
    ['an unknown protocol', 'InvalidParameterValue', [{ IpProtocol: 'tpc', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]],
    ['tcp without ports', 'InvalidParameterValue', [{ IpProtocol: 'tcp', IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]],
    ['ports the wrong way round', 'InvalidParameterValue', [{ ...tcp(25, '10.0.0.0/8'), ToPort: 24 }]],
    ['a port beyond the last', 'InvalidParameterValue', [tcp(65_536, '10.0.0.0/8')]],
    [
      'any ICMP type with one code',
      'InvalidParameterValue',
      [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
    ],
    [
      'a description with markup',
      'InvalidParameterValue',
      [{ ...tcp(25, '10.0.0.0/8'), IpRanges: [{ CidrIp: '10.0.0.0/8', Description: '<b>' }] }],
    ],
    [
      'an ampersand in the description of a rule about a group',
      'InvalidParameterValue',
      [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0dead00000000beef', Description: 'web & app' }] }],
    ],
    ['no source at all', 'MissingParameter', [{ IpProtocol: '-1' }]],
    [
      'a group that is not there',
      'InvalidGroup.NotFound',
      [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-0dead00000000beef' }] }],
    ],
    [
      'a group id that is none',
      'InvalidGroupId.Malformed',
      [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'web' }] }],
    ],
    [
      'a prefix list whose sharing was withdrawn',
      'InvalidPrefixListID.NotFound',
      [{ ...tcp(25, ''), IpRanges: [], PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }] }],
    ],
  ])('refuses %s with %s and adds nothing of the request', async (_what, code, permissions) => {
    const before = snapshot();
    const good = tcp(9999, '203.0.113.0/24');
    expect(await refusal(authorize('web', good, ...permissions))).toBe(code);
    expect(snapshot()).toBe(before);
  });

  test('counts the quota for each direction and address family on its own', async () => {
    const v4 = (count: number) => Array.from({ length: count }, (_, port) => tcp(1000 + port, '192.0.2.0/24'));
    // The group of five has none of its own; a prefix list weighs its maximum of two, a group one in both families.
    expect(await refusal(authorize('stale', ...v4(5)))).toBe('RulesPerSecurityGroupLimitExceeded');
    await authorize('stale', ...v4(4));
    expect(await refusal(authorize('stale', tcp(1, '192.0.2.0/24')))).toBe('RulesPerSecurityGroupLimitExceeded');
    await authorize('stale', { IpProtocol: 'tcp', FromPort: 1, ToPort: 1, Ipv6Ranges: [{ CidrIpv6: '::/0' }] });
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: id('stale'), IpPermissions: v4(4) }));
    expect(await refusal(authorize('app', ...v4(3)))).toBe('RulesPerSecurityGroupLimitExceeded');
    await authorize('app', ...v4(2));
  });
});

describe('revoke', () => {
  test('in a default VPC what is unknown is skipped and listed', async () => {
    const answer = await revoke(id('legacy', 'first'), tcp(22, '0.0.0.0/0'), tcp(23, '0.0.0.0/0'));
    expect(answer.Return).toBe(true);
    expect(answer.RevokedSecurityGroupRules).toMatchObject([{ FromPort: 22 }]);
    expect(answer.UnknownIpPermissions).toMatchObject([{ FromPort: 23, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]);
  });

  test('elsewhere one unknown rule refuses them all', async () => {
    const before = snapshot();
    expect(await refusal(revoke(id('web'), tcp(443, '0.0.0.0/0'), tcp(444, '0.0.0.0/0')))).toBe(
      'InvalidPermission.NotFound',
    );
    expect(snapshot()).toBe(before);
  });

  test('by id takes exactly that rule; an id of another group, direction or time is unknown', async () => {
    const [first, second] = await rulesOf(id('web'));
    const byId = (GroupId: string, ...ids: (string | undefined)[]) =>
      ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids.map(String) }));
    expect(await refusal(byId(id('app'), first?.SecurityGroupRuleId))).toBe('InvalidSecurityGroupRuleId.NotFound');
    const egress = (await rulesOf(id('web'))).find(({ IsEgress }) => IsEgress)?.SecurityGroupRuleId;
    expect(await refusal(byId(id('web'), first?.SecurityGroupRuleId, egress))).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
    expect(await refusal(byId(id('web'), 'rule-1'))).toBe('InvalidSecurityGroupRuleId.Malformed');
    await byId(id('web'), first?.SecurityGroupRuleId);
    expect(await refusal(byId(id('web'), first?.SecurityGroupRuleId))).toBe('InvalidSecurityGroupRuleId.NotFound');
    expect((await rulesOf(id('web')))[0]).toEqual(second);
  });

  test('takes no description into account, and protocol numbers for names', async () => {
    const answer = await revoke(id('web'), {
      IpProtocol: '1',
      FromPort: 8,
      ToPort: 0,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'x' }],
    });
    expect(answer.RevokedSecurityGroupRules).toHaveLength(1);
  });

  test('a rule added again gets another id', async () => {
    const [before] = await rulesOf(id('legacy', 'first'));
    await revoke(id('legacy', 'first'), tcp(22, '0.0.0.0/0'));
    await ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId: id('legacy', 'first'),
        IpPermissions: [tcp(22, '0.0.0.0/0')],
      }),
    );
    const after = (await rulesOf(id('legacy', 'first'))).find(({ FromPort }) => FromPort === 22);
    expect(after).toMatchObject({ CidrIpv4: before?.CidrIpv4 });
    expect(after?.SecurityGroupRuleId).not.toBe(before?.SecurityGroupRuleId);
  });

  test('empties the default group of a VPC with IPv6, both sides', async () => {
    const group = id('default');
    const stock = await rulesOf(group);
    expect(stock.map((rule) => rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.ReferencedGroupInfo?.GroupId)).toEqual([
      group,
      '0.0.0.0/0',
      '::/0',
    ]);
    expect(
      stock.every(({ FromPort, ToPort, IpProtocol }) => FromPort === -1 && ToPort === -1 && IpProtocol === '-1'),
    ).toBe(true);
    await revoke(group, { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: group, UserId: WEB }] });
    await ec2.send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: group,
        IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] }],
      }),
    );
    expect(await rulesOf(group)).toEqual([]);
  });
});

describe('change in place', () => {
  const ruleWith = async (port: number, group = 'web') =>
    (await rulesOf(id(group))).find(({ FromPort }) => FromPort === port);
  const modify = (ruleId: string | undefined, SecurityGroupRule: object, group = 'web') =>
    ec2.send(
      new ModifySecurityGroupRulesCommand({
        GroupId: id(group),
        SecurityGroupRules: [{ SecurityGroupRuleId: String(ruleId), SecurityGroupRule }],
      }),
    );

  test('a modified rule keeps its id and tags and loses a description that is left out', async () => {
    const rule = await ruleWith(443);
    await modify(rule?.SecurityGroupRuleId, {
      IpProtocol: 'tcp',
      FromPort: 8443,
      ToPort: 8443,
      CidrIpv4: '198.51.100.7/24',
    });
    const after = await ruleWith(8443);
    expect(after).toMatchObject({
      SecurityGroupRuleId: rule?.SecurityGroupRuleId,
      CidrIpv4: '198.51.100.0/24',
      Tags: rule?.Tags,
    });
    expect(after).not.toHaveProperty('Description');
  });

  test('the kind of source cannot change, and no rule can become a twin of another', async () => {
    const before = snapshot();
    const rule = await ruleWith(443);
    const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
    expect(await refusal(modify(rule?.SecurityGroupRuleId, { ...https, CidrIpv6: '::/0' }))).toBe(
      'InvalidParameterValue',
    );
    const ping = await ruleWith(8);
    expect(await refusal(modify(ping?.SecurityGroupRuleId, { ...https, CidrIpv4: '0.0.0.0/0' }))).toBe(
      'InvalidPermission.Duplicate',
    );
    expect(await refusal(modify('sgr-00000000000000000', { ...https, CidrIpv4: '0.0.0.0/0' }))).toBe(
      'InvalidSecurityGroupRuleId.NotFound',
    );
    expect(snapshot()).toBe(before);
  });

  test('descriptions change by id or by properties, and go when left out', async () => {
    const rule = await ruleWith(443);
    const update = (input: object) =>
      ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId: id('web'), ...input }));
    await update({
      SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: rule?.SecurityGroupRuleId, Description: 'new' }],
    });
    expect(await ruleWith(443)).toMatchObject({ Description: 'new' });
    await update({ IpPermissions: [tcp(443, '0.0.0.0/0')] });
    expect(await ruleWith(443)).not.toHaveProperty('Description');
    expect(await refusal(update({ IpPermissions: [tcp(444, '0.0.0.0/0')] }))).toBe('InvalidPermission.NotFound');
  });
});

test('the two read models show the same rules in their own shapes', async () => {
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id('app')] }));
  const [group] = SecurityGroups ?? [];
  const esp = group?.IpPermissions?.find(({ IpProtocol }) => IpProtocol === '50');
  expect(esp).toMatchObject({ UserIdGroupPairs: [{ GroupId: id('app'), UserId: WEB }] });
  expect(esp).not.toHaveProperty('FromPort');
  expect(group?.IpPermissionsEgress).toEqual([
    expect.objectContaining({
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '0.0.0.0/0' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
    }),
  ]);
  const rules = await rulesOf(id('app'));
  expect(rules.find(({ IpProtocol }) => IpProtocol === '50')).toMatchObject({ FromPort: -1, ToPort: -1 });
  expect(rules.find(({ PrefixListId }) => PrefixListId)).toMatchObject({ FromPort: 8000, ToPort: 8100 });
});

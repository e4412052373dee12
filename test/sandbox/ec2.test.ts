/** Does the rest of the sandbox's EC2 answer as EC2 does: choosing, paging, tagging, groups and what uses them? */
import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeStaleSecurityGroupsCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  type EC2Client,
  GetManagedPrefixListEntriesCommand,
  ModifyManagedPrefixListCommand,
  type ModifyManagedPrefixListCommandInput,
  paginateDescribeSecurityGroups,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { clientsIn, groupNamed, HUB, refusal, seed, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
let ec2: EC2Client;
beforeEach(async () => {
  sandbox = await start();
  ({ ec2 } = await clientsIn(sandbox, WEB));
});
afterEach(() => sandbox.close());

const id = (name: string, vpc?: string) => groupNamed(sandbox, name, vpc).id;
const filtered = async (...filters: [string, ...string[]][]) => {
  const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }));
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups?.map(({ GroupName }) => GroupName).sort();
};

describe('groups', () => {
  test.each<[string, [string, ...string[]][], string[]]>([
    ['every default group by name', [['group-name', 'default']], ['default', 'default']],
    ['alternatives of one filter', [['group-name', 'web', 'app']], ['app', 'web']],
    ['wildcards', [['group-name', '?eb', 'sta*']], ['stale', 'web']],
    [
      'several filters at once',
      [
        ['group-name', 'web', 'app'],
        ['tag:team', '*'],
      ],
      ['web'],
    ],
    ['a tag key', [['tag-key', 'empty']], ['web']],
    ['a tag with an empty value', [['tag:empty', '']], ['web']],
    ['an owner who is somebody else', [['owner-id', HUB]], []],
    ['a range', [['ip-permission.ipv6-cidr', '::/0']], ['web']],
    ['an outgoing range', [['egress.ip-permission.ipv6-cidr', '::/0']], ['app', 'default', 'stale', 'web']],
    [
      'rule filters that no single rule satisfies',
      [
        ['ip-permission.from-port', '443'],
        ['ip-permission.cidr', '10.0.0.0/8'],
      ],
      ['web'],
    ],
  ])('are chosen by %s', async (_what, filters, expected) => {
    expect(await filtered(...filters)).toEqual(expected);
  });

  test('are chosen by what they refer to', async () => {
    expect(await filtered(['ip-permission.group-id', id('app')])).toEqual(['app', 'web']);
    expect(await refusal(filtered(['no-such-filter', 'x']))).toBe('InvalidParameterValue');
  });

  test('come in pages of the size asked for, or all at once', async () => {
    const pages = [];
    for await (const { SecurityGroups } of paginateDescribeSecurityGroups({ client: ec2, pageSize: 5 }, {})) {
      pages.push(SecurityGroups?.length);
    }
    expect(pages).toEqual([5, 1]);
    const describe = (input: object) => ec2.send(new DescribeSecurityGroupsCommand(input));
    const all = await describe({});
    expect(all.SecurityGroups).toHaveLength(6);
    expect(all).not.toHaveProperty('NextToken');
    for (const MaxResults of [4, 1001]) expect(await refusal(describe({ MaxResults }))).toBe('InvalidParameterValue');
    expect(await refusal(describe({ MaxResults: 5, NextToken: 'bm90aGluZw' }))).toBe('InvalidPaginationToken');
  });

  test('that are not there are missed by id and by name', async () => {
    const describe = (input: object) => refusal(ec2.send(new DescribeSecurityGroupsCommand(input)));
    expect(await describe({ GroupIds: ['sg-0dead00000000beef'] })).toBe('InvalidGroup.NotFound');
    expect(await describe({ GroupIds: ['default'] })).toBe('InvalidGroupId.Malformed');
    expect(await describe({ GroupNames: ['nobody'] })).toBe('InvalidGroup.NotFound');
  });

  test('are made with open egress, and their names are guarded', async () => {
    const VpcId = groupNamed(sandbox, 'web').vpcId;
    const create = (GroupName: string, Description = 'x') =>
      ec2.send(new CreateSecurityGroupCommand({ GroupName, Description, VpcId }));
    const { GroupId } = await create('new');
    const { SecurityGroupRules } = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId ?? ''] }] }),
    );
    expect(SecurityGroupRules?.map((rule) => [rule.IsEgress, rule.CidrIpv4 ?? rule.CidrIpv6])).toEqual([
      [true, '0.0.0.0/0'],
      [true, '::/0'],
    ]);
    expect(await refusal(create('WEB'))).toBe('InvalidGroup.Duplicate');
    expect(await refusal(create('Default'))).toBe('InvalidGroup.Reserved');
    expect(await refusal(create('sg-mine'))).toBe('InvalidParameterValue');
    expect(await refusal(create('fine', '<b>'))).toBe('InvalidParameterValue');
  });

  test('can be deleted unless they are default groups or something depends on them', async () => {
    const remove = (GroupId: string) => refusal(ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
    expect(await remove(id('default'))).toBe('CannotDelete');
    expect(await remove(id('app'))).toBe('DependencyViolation');
    expect(await remove(id('web'))).toBe('no error');
    expect(await remove(id('app'))).toBe('no error');
    expect(await filtered(['group-name', 'app', 'web'])).toEqual([]);
  });
});

describe('tags', () => {
  const describe = async (resource: string) => {
    const { Tags } = await ec2.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [resource] }] }),
    );
    return Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  };
  test('come back as they were sent, whatever is in them', async () => {
    const Tags = [
      { Key: 'html', Value: '</item><a href="x">&amp;\'' },
      { Key: 'lines', Value: ' one\r\ntwo\ttabbed ' },
      { Key: 'bidi', Value: '\u202Eevil\u2069' },
      { Key: 'emoji', Value: '🦀' },
    ];
    await ec2.send(new CreateTagsCommand({ Resources: [id('web')], Tags }));
    expect(groupNamed(sandbox, 'web').tags.get('lines')).toBe(' one\r\ntwo\ttabbed ');
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id('web')] }));
    expect(SecurityGroups?.[0]?.Tags).toEqual(expect.arrayContaining(Tags));
  });

  test('are replaced by key, and deleted by key, by key and value, or all', async () => {
    const web = id('web');
    await ec2.send(new CreateTagsCommand({ Resources: [web], Tags: [{ Key: 'team', Value: 'two' }] }));
    const remove = (...Tags: object[]) =>
      ec2.send(new DeleteTagsCommand({ Resources: [web], ...(Tags.length > 0 && { Tags }) }));
    await remove({ Key: 'team', Value: 'other' }, { Key: 'note' });
    expect(await describe(web)).toEqual({ team: 'two', empty: '' });
    await remove({ Key: 'team', Value: 'two' });
    expect(await describe(web)).toEqual({ empty: '' });
    await remove();
    expect(await describe(web)).toEqual({});
  });

  test('keep to the limits', async () => {
    const create = (Key: string, Value = 'x', resource = id('web')) =>
      refusal(ec2.send(new CreateTagsCommand({ Resources: [resource], Tags: [{ Key, Value }] })));
    expect(await create('k'.repeat(128))).toBe('InvalidParameterValue');
    expect(await create('aws:cloudformation:stack')).toBe('InvalidParameterValue');
    expect(await create('k', 'v'.repeat(257))).toBe('InvalidParameterValue');
    expect(await create('k', 'v', 'sg-0dead00000000beef')).toBe('InvalidGroup.NotFound');
    expect(await create('k', 'v', 'sgr-0dead00000000beef')).toBe('InvalidSecurityGroupRuleId.NotFound');
  });
});

test('interfaces that a service manages are silently missing unless asked for', async () => {
  const describe = async (input: object) => {
    const answer = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [id('default')] }], ...input }),
    );
    return answer.NetworkInterfaces ?? [];
  };
  expect((await describe({})).map(({ Attachment }) => Attachment?.InstanceId)).toEqual(['i-0123456789abcdef0']);
  const [, managed] = await describe({ IncludeManagedResources: true });
  expect(managed).toMatchObject({
    Description: 'cluster',
    RequesterManaged: true,
    Operator: { Managed: true, Principal: 'eks.amazonaws.com' },
    Groups: [{ GroupName: 'default' }],
  });
  expect(await refusal(describe({ MaxResults: 5, NetworkInterfaceIds: [managed?.NetworkInterfaceId] }))).toBe(
    'InvalidParameterCombination',
  );
});

test('prefix lists show version and entries; a list whose sharing was withdrawn is not there', async () => {
  const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({}));
  expect(PrefixLists?.map(({ PrefixListName, OwnerId, Version }) => [PrefixListName, OwnerId, Version])).toEqual([
    ['offices', WEB, 1],
    ['com.amazonaws.eu-west-1.s3', 'AWS', undefined],
  ]);
  const entries = (PrefixListId: string) => ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
  const { Entries } = await entries(PrefixLists?.[0]?.PrefixListId ?? '');
  expect(Entries).toEqual([{ Cidr: '198.51.100.0/24' }, { Cidr: '203.0.113.0/24', Description: 'Zürich' }]);
  const withdrawn = [...(sandbox.world.accounts.get(WEB)?.place('eu-west-1').prefixLists.values() ?? [])].find(
    ({ readable }) => !readable,
  );
  expect(await refusal(entries(withdrawn?.id ?? ''))).toBe('InvalidPrefixListID.NotFound');
});

test('a prefix list is changed in the version that is meant, and has another one then', async () => {
  const { PrefixLists } = await ec2.send(new DescribeManagedPrefixListsCommand({}));
  const PrefixListId = PrefixLists?.[0]?.PrefixListId ?? '';
  const modify = (more: Omit<ModifyManagedPrefixListCommandInput, 'PrefixListId'>) =>
    ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, ...more }));
  const AddEntries = [{ Cidr: '192.0.2.0/24', Description: 'lab' }];
  expect(await refusal(modify({ AddEntries }))).toBe('MissingParameter');
  expect(await refusal(modify({ CurrentVersion: 2, AddEntries }))).toBe('PrefixListVersionMismatch');
  const { PrefixList } = await modify({ CurrentVersion: 1, AddEntries, RemoveEntries: [{ Cidr: '203.0.113.0/24' }] });
  expect(PrefixList?.Version).toBe(2);
  const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }));
  expect(Entries).toEqual([{ Cidr: '198.51.100.0/24' }, { Cidr: '192.0.2.0/24', Description: 'lab' }]);
  expect((await modify({ PrefixListName: 'sites' })).PrefixList).toMatchObject({ Version: 2, PrefixListName: 'sites' });
});

test('stale groups are those that refer to what is gone', async () => {
  const VpcId = groupNamed(sandbox, 'web').vpcId;
  const { StaleSecurityGroupSet } = await ec2.send(new DescribeStaleSecurityGroupsCommand({ VpcId }));
  expect(StaleSecurityGroupSet).toMatchObject([
    { GroupName: 'stale', StaleIpPermissions: [{ UserIdGroupPairs: [{ GroupId: 'sg-0dead00000000beef' }] }] },
  ]);
});

test('a new VPC brings its default group along', async () => {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
  expect(await filtered(['vpc-id', Vpc?.VpcId ?? ''])).toEqual(['default']);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['false'] }] }));
  expect(
    Vpcs?.map(({ CidrBlock, Ipv6CidrBlockAssociationSet }) => [CidrBlock, Ipv6CidrBlockAssociationSet?.length]),
  ).toEqual([
    ['10.1.0.0/16', 1],
    ['10.7.0.0/16', 0],
  ]);
});

describe('regions', () => {
  test('are those that the account has enabled', async () => {
    const data = await clientsIn(sandbox, WEB, {}, 'us-east-1');
    const { Regions } = await data.ec2.send(new DescribeRegionsCommand({}));
    expect(Regions?.map(({ RegionName, OptInStatus }) => [RegionName, OptInStatus])).toEqual([
      ['eu-west-1', 'opt-in-not-required'],
      ['us-east-1', 'opt-in-not-required'],
    ]);
  });

  test('that are not enabled look like bad credentials', async () => {
    const elsewhere = await clientsIn(sandbox, WEB, {}, 'ap-south-1');
    expect(await refusal(elsewhere.ec2.send(new DescribeVpcsCommand({})))).toBe('AuthFailure');
  });
});

test('a participant sees the default group of a shared VPC and cannot change it', async () => {
  const network = { 'eu-west-1': { vpcs: [{ name: 'shared', sharedWith: [WEB] }] } };
  const shared = await start({
    accounts: [...seed.accounts, { id: '900000000009', name: 'network', trueup: true, network }],
  });
  const { ec2: participant } = await clientsIn(shared, WEB);
  const foreign = { Filters: [{ Name: 'owner-id', Values: ['900000000009'] }] };
  const { SecurityGroups } = await participant.send(new DescribeSecurityGroupsCommand(foreign));
  const GroupId = SecurityGroups?.[0]?.GroupId;
  expect(SecurityGroups).toMatchObject([{ GroupName: 'default', OwnerId: '900000000009' }]);
  const { SecurityGroupRules } = await participant.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId ?? ''] }] }),
  );
  expect(SecurityGroupRules?.map(({ GroupOwnerId }) => GroupOwnerId)).toEqual(['900000000009', '900000000009']);
  const revoke = { GroupId, SecurityGroupRuleIds: [SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? ''] };
  expect(await refusal(participant.send(new RevokeSecurityGroupIngressCommand(revoke)))).toBe('UnauthorizedOperation');
  const owner = await clientsIn(shared, '900000000009');
  expect(await refusal(owner.ec2.send(new RevokeSecurityGroupIngressCommand(revoke)))).toBe('no error');
  await shared.close();
});

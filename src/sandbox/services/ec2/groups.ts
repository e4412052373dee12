/** Which security groups are there, and what belongs to making and deleting one? */
import { ServiceError } from '../../errors.ts';
import type { Action, Call, Need } from '../../service.ts';
import { text, texts } from '../../wire/fields.ts';
import type { RuleBody, SecurityGroup, Vpc } from '../../world/world.ts';
import { groupNotFound, invalidValue, malformedGroupId, missingParameter } from './errors.ts';
import { arnOf, groupNeed, taggingNeeds } from './permissions.ts';
import { applyFilters, type Facts, pageOf, pick, placeOf, tagSet } from './query.ts';
import { writePermissions } from './rule.ts';
import { addRule } from './store.ts';
import { specifiedTags } from './tags.ts';

const NAME = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export const groupActions: { readonly [action: string]: Action } = {
  DescribeSecurityGroups: { run: describeGroups },
  CreateSecurityGroup: {
    needs: (call) => [
      { resource: arnOf(call, 'security-group', '*') },
      { resource: arnOf(call, 'vpc', text(call.input, 'VpcId') ?? '*') },
      ...taggingNeeds(call, 'security-group', 'CreateSecurityGroup'),
    ],
    run: createGroup,
  },
  DeleteSecurityGroup: { needs: (call) => [targetNeed(call)], run: deleteGroup },
};

type RuleFact = (rule: RuleBody) => string | number | undefined;

const RULE_FACTS: { readonly [filter: string]: RuleFact } = {
  cidr: ({ source }) => (source.kind === 'ipv4' ? source.cidr : undefined),
  'ipv6-cidr': ({ source }) => (source.kind === 'ipv6' ? source.cidr : undefined),
  'from-port': ({ from }) => from,
  'to-port': ({ to }) => to,
  protocol: ({ protocol }) => protocol,
  'group-id': ({ source }) => (source.kind === 'group' ? source.id : undefined),
  'prefix-list-id': ({ source }) => (source.kind === 'prefix-list' ? source.id : undefined),
  'user-id': ({ source }) => (source.kind === 'group' ? source.account : undefined),
};

/** Each filter may be satisfied by another rule: a match does not prove that one rule has it all. */
function ruleFacts(): Facts<SecurityGroup> {
  const facts = [false, true].flatMap((egress) =>
    Object.entries(RULE_FACTS).map(([name, fact]) => {
      const read = (group: SecurityGroup) =>
        [...group.rules].filter(({ body }) => body.egress === egress).map(({ body }) => fact(body));
      return [`${egress ? 'egress.' : ''}ip-permission.${name}`, read] as const;
    }),
  );
  return Object.fromEntries(facts);
}

const FACTS: Facts<SecurityGroup> = {
  'group-id': ({ id }) => [id],
  'group-name': ({ name }) => [name],
  'vpc-id': ({ vpcId }) => [vpcId],
  'owner-id': ({ owner }) => [owner],
  description: ({ description }) => [description],
  ...ruleFacts(),
};

function describeGroups(call: Call): object {
  const { groups } = placeOf(call);
  const ids = texts(call.input, 'GroupId');
  const names = texts(call.input, 'GroupName');
  const picked = pick(groups, ids, groupMissing);
  const named = names.length === 0 ? picked : picked.filter(({ name }) => names.includes(name));
  if (names.length > 0 && named.length === 0) throw groupNotFound(names.join(', '));
  const { items, next } = pageOf(call, applyFilters(call, named, FACTS), 1000);
  return { securityGroupInfo: items.map((group) => writeGroup(call, group)), nextToken: next };
}

function groupMissing(id: string): ServiceError {
  return /^sg-[0-9a-f]+$/.test(id) ? groupNotFound(id) : malformedGroupId(id);
}

function writeGroup(call: Call, group: SecurityGroup) {
  const rules = [...group.rules];
  return {
    ownerId: group.owner,
    groupId: group.id,
    groupName: group.name,
    groupDescription: group.description,
    vpcId: group.vpcId,
    tagSet: tagSet(group.tags),
    securityGroupArn: arnOf(call, 'security-group', group.id, group.owner),
    ipPermissions: writePermissions(rules.filter(({ body }) => !body.egress)),
    ipPermissionsEgress: writePermissions(rules.filter(({ body }) => body.egress)),
  };
}

/** The group that a call names by id, or by name in the default VPC. */
export function groupOf(call: Call): SecurityGroup {
  const { groups, vpcs } = placeOf(call);
  const id = text(call.input, 'GroupId');
  const name = text(call.input, 'GroupName');
  if (id === undefined && name === undefined) throw missingParameter('groupName or groupId');
  const named = () => [...groups.values()].find((group) => vpcs.get(group.vpcId)?.isDefault && group.name === name);
  const group = id === undefined ? named() : groups.get(id);
  if (!group) throw id === undefined ? groupNotFound(name ?? '') : groupMissing(id);
  return group;
}

/** The group that a call is about to change: only its owner may. */
export function ownGroupOf(call: Call): SecurityGroup {
  const group = groupOf(call);
  if (group.owner === call.account.id) return group;
  throw new ServiceError('UnauthorizedOperation', `You are not the owner of the security group '${group.id}'.`, 403);
}

/** The permission for a call on that group. */
export function targetNeed(call: Call): Need {
  return groupNeed(call, text(call.input, 'GroupId') ?? groupOf(call).id);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
function createGroup(call: Call): object {
  const place = placeOf(call);
  const name = (text(call.input, 'GroupName') ?? '').trim();
  const description = text(call.input, 'GroupDescription') ?? '';
  const vpc = vpcFor(call);
  checkName(name, description);
  const sameName = [...place.groups.values()].some(
    (group) => group.vpcId === vpc.id && group.name.toLowerCase() === name.toLowerCase(),
  );
  if (sameName)
    throw new ServiceError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc.id}'`);
  if (place.groups.size >= call.account.quotas.groupsPerRegion) {
    throw new ServiceError('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
  }
  const tags = specifiedTags(call, 'security-group');
  const id = call.world.ids.next('sg');
  const group = {
    id,
    name,
    description,
    vpcId: vpc.id,
    owner: call.account.id,
    tags,
    rules: new Set<never>(),
    associations: [],
  };
  place.groups.set(id, group);
  for (const source of openEgress(vpc)) addRule(call, group, { egress: true, protocol: '-1', source });
  return { groupId: id, tagSet: tagSet(tags), securityGroupArn: arnOf(call, 'security-group', id) };
}

function openEgress(vpc: Vpc) {
  const everywhere = { kind: 'ipv4', cidr: '0.0.0.0/0' } as const;
  return vpc.ipv6 === undefined ? [everywhere] : [everywhere, { kind: 'ipv6', cidr: '::/0' } as const];
}

function vpcFor(call: Call): Vpc {
  const { vpcs } = placeOf(call);
  const id = text(call.input, 'VpcId');
  const vpc = id === undefined ? [...vpcs.values()].find(({ isDefault }) => isDefault) : vpcs.get(id);
  if (!vpc && id !== undefined) throw new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
  if (!vpc) throw new ServiceError('VPCIdNotSpecified', 'No default VPC for this user');
  return vpc;
}

function checkName(name: string, description: string): void {
  if (name.toLowerCase() === 'default')
    throw new ServiceError('InvalidGroup.Reserved', "The security group name 'default' is reserved");
  if (/^sg-/i.test(name) || !NAME.test(name)) throw invalidValue(`Value (${name}) for parameter GroupName is invalid.`);
  if (!NAME.test(description)) throw invalidValue(`Value (${description}) for parameter GroupDescription is invalid.`);
}

function deleteGroup(call: Call): object {
  const place = placeOf(call);
  const group = ownGroupOf(call);
  if (group.name === 'default') {
    throw new ServiceError(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  }
  const inUse = [...place.interfaces.values()].some(({ groups }) => groups.includes(group.id));
  const referenced = [...place.rules.values()].some(
    ({ groupId, body }) => groupId !== group.id && body.source.kind === 'group' && body.source.id === group.id,
  );
  if (inUse || referenced || group.associations.length > 0) {
    throw new ServiceError('DependencyViolation', `resource ${group.id} has a dependent object`);
  }
  for (const rule of group.rules) place.rules.delete(rule.id);
  place.groups.delete(group.id);
  return { return: true, groupId: group.id };
}

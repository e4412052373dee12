/** What a rule is to EC2: how one is checked, made canonical, told from another, and written. */
import type { RuleBody, SecurityGroupRule, Source } from '../../world/world.ts';
import { tagSet } from './query.ts';

/** Two rules with the same key are duplicates; descriptions and tags do not count. */
export function keyOf(body: RuleBody): string {
  return JSON.stringify([body.egress, body.protocol, body.from, body.to, body.source.kind, sourceName(body.source)]);
}

export function sourceName(source: Source): string {
  return 'cidr' in source ? source.cidr : source.id;
}

/** As error messages show it. */
export function describeRule(body: RuleBody): string {
  const range = body.from === undefined ? 'ALL' : `from port: ${body.from}, to port: ${body.to}`;
  return `peer: ${sourceName(body.source)}, ${body.protocol === '-1' ? 'ALL' : body.protocol.toUpperCase()}, ${range}, ALLOW`;
}

/** The shape of DescribeSecurityGroupRules: one source, ports -1 where there are none. */
export function writeRule(rule: SecurityGroupRule, owner: string, arn: string) {
  return {
    securityGroupRuleId: rule.id,
    groupId: rule.groupId,
    groupOwnerId: owner,
    ...flat(rule.body),
    description: rule.description,
    tagSet: tagSet(rule.tags),
    securityGroupRuleArn: arn,
  };
}

export function writeRevoked(rule: SecurityGroupRule) {
  const { referencedGroupInfo, ...fields } = flat(rule.body);
  return {
    securityGroupRuleId: rule.id,
    groupId: rule.groupId,
    ...fields,
    referencedGroupId: referencedGroupInfo?.groupId,
    description: rule.description,
  };
}

function flat({ egress, protocol, from, to, source }: RuleBody) {
  const group = source.kind === 'group' ? source : undefined;
  return {
    isEgress: egress,
    ipProtocol: protocol,
    fromPort: from ?? -1,
    toPort: to ?? -1,
    cidrIpv4: source.kind === 'ipv4' ? source.cidr : undefined,
    cidrIpv6: source.kind === 'ipv6' ? source.cidr : undefined,
    prefixListId: source.kind === 'prefix-list' ? source.id : undefined,
    referencedGroupInfo: group && { groupId: group.id, userId: group.account, vpcPeeringConnectionId: group.peering },
  };
}

export type Described = { readonly body: RuleBody; readonly description: string | undefined };

/** The shape of DescribeSecurityGroups: rules with the same protocol and ports share an entry. */
export function writePermissions(rules: Iterable<Described>) {
  const entries = new Map<string, Described[]>();
  for (const rule of rules) {
    const key = `${rule.body.protocol} ${rule.body.from} ${rule.body.to}`;
    const entry = entries.get(key);
    if (entry) entry.push(rule);
    else entries.set(key, [rule]);
  }
  return [...entries.values()].map(writePermission);
}

function writePermission(rules: readonly Described[]) {
  const body = rules[0]?.body;
  const groups: object[] = [];
  const ipRanges: object[] = [];
  const ipv6Ranges: object[] = [];
  const prefixListIds: object[] = [];
  for (const {
    body: { source },
    description,
  } of rules) {
    if (source.kind === 'ipv4') ipRanges.push({ cidrIp: source.cidr, description });
    if (source.kind === 'ipv6') ipv6Ranges.push({ cidrIpv6: source.cidr, description });
    if (source.kind === 'prefix-list') prefixListIds.push({ prefixListId: source.id, description });
    if (source.kind === 'group') groups.push(writePair(source, description));
  }
  return {
    ipProtocol: body?.protocol,
    fromPort: body?.from,
    toPort: body?.to,
    groups,
    ipRanges,
    ipv6Ranges,
    prefixListIds,
  };
}

function writePair(source: Source & { kind: 'group' }, description: string | undefined) {
  const peering = source.peering && { vpcPeeringConnectionId: source.peering, peeringStatus: 'active' };
  return { userId: source.account, groupId: source.id, ...peering, description };
}

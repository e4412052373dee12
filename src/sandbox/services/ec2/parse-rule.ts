/** Which rules does a request mean? Everything EC2 would refuse is refused here, before anything changes. */
import type { Call } from '../../service.ts';
import { type Fields, records, text, whole } from '../../wire/fields.ts';
import { canonicalIpv4, canonicalIpv6 } from '../../world/cidr.ts';
import type { RuleBody, SecurityGroup, Source } from '../../world/world.ts';
import { groupNotFound, invalidValue, malformedGroupId, missingParameter } from './errors.ts';
import { placeOf } from './query.ts';
import type { Described } from './rule.ts';

const NAMES: { readonly [number: string]: string } = {
  '6': 'tcp',
  '17': 'udp',
  '1': 'icmp',
  '58': 'icmpv6',
  all: '-1',
};
/** `&` only where a rule is about addresses. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UserIdGroupPair.html */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

type Direction = { readonly group: SecurityGroup; readonly egress: boolean };

/** The rules of an `IpPermissions` parameter, one per source, in the order sent. */
export function parsePermissions(call: Call, at: Direction): readonly Described[] {
  const permissions = records(call.input, 'IpPermissions');
  const sent = permissions.length > 0 || at.egress ? permissions : legacy(call.input);
  return sent.flatMap((permission) => {
    const ports = parsePorts(permission);
    const sources = parseSources(call, permission, at.group);
    if (sources.length === 0) throw missingParameter('sources: CIDRs, prefix lists or groups');
    return sources.map(({ source, description }) => ({ body: { egress: at.egress, ...ports, source }, description }));
  });
}

/** The flat parameters that ingress still takes. */
function legacy(input: Fields): readonly Fields[] {
  const cidr = text(input, 'CidrIp');
  const group = text(input, 'SourceSecurityGroupName');
  if (cidr === undefined && group === undefined) return [];
  return [
    {
      ...input,
      ...(cidr !== undefined && { IpRanges: [{ CidrIp: cidr }] }),
      ...(group !== undefined && { Groups: [{ GroupName: group, UserId: text(input, 'SourceSecurityGroupOwnerId') }] }),
    },
  ];
}

/** One rule with exactly one source, as ModifySecurityGroupRules takes it. */
export function parseFlatRule(call: Call, fields: Fields, at: Direction): Described {
  const ipv4 = text(fields, 'CidrIpv4');
  const ipv6 = text(fields, 'CidrIpv6');
  const list = text(fields, 'PrefixListId');
  const group = text(fields, 'ReferencedGroupId');
  const sources = [
    ...(ipv4 === undefined ? [] : [parseIpv4(ipv4)]),
    ...(ipv6 === undefined ? [] : [parseIpv6(ipv6)]),
    ...(list === undefined ? [] : [parseList(list)]),
    ...(group === undefined ? [] : [parseGroup(call, { GroupId: group }, at.group)]),
  ];
  const [source] = sources;
  if (!source || sources.length > 1)
    throw invalidValue('Exactly one source must be specified for a security group rule.');
  const description = parseDescription(fields, source);
  return { body: { egress: at.egress, ...parsePorts(fields), source }, description };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html */
function parsePorts(fields: Fields): Pick<RuleBody, 'protocol' | 'from' | 'to'> {
  const sent = text(fields, 'IpProtocol')?.toLowerCase();
  if (sent === undefined) throw missingParameter('ipProtocol');
  const protocol = NAMES[sent] ?? sent;
  const from = whole(fields, 'FromPort');
  const to = whole(fields, 'ToPort');
  if (protocol === 'tcp' || protocol === 'udp') return { protocol, ...portRange(from, to) };
  if (protocol === 'icmp') return { protocol, ...icmpRange(from, to) };
  if (protocol === 'icmpv6') return { protocol, ...icmpRange(from ?? -1, to ?? -1) };
  // Every other protocol is open on all ports, whatever range is sent.
  if (protocol === '-1' || (/^(0|[1-9]\d*)$/.test(protocol) && Number(protocol) <= 255)) return { protocol };
  throw invalidValue(`Invalid value '${sent}' for IP protocol. Unknown protocol.`);
}

function portRange(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined) {
    throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  const valid = (port: number) => port >= 0 && port <= 65_535;
  if (!valid(from) || !valid(to) || from > to) throw invalidValue(`Invalid value '${from}-${to}' for portRange.`);
  return { from, to };
}

function icmpRange(from: number | undefined, to: number | undefined) {
  if (from === undefined || to === undefined)
    throw invalidValue("Invalid value 'Must specify both type and code with ICMP.' for portRange.");
  const valid = (part: number) => part >= -1 && part <= 255;
  if (!valid(from) || !valid(to) || (from === -1 && to !== -1))
    throw invalidValue(`ICMP type (${from}) and code (${to}) are invalid.`);
  return { from, to };
}

type Sourced = { readonly source: Source; readonly description: string | undefined };

function parseSources(call: Call, permission: Fields, group: SecurityGroup): readonly Sourced[] {
  const read = (name: string, parse: (fields: Fields) => Source) =>
    records(permission, name).map((fields) => {
      const source = parse(fields);
      return { source, description: parseDescription(fields, source) };
    });
  return [
    ...read('Groups', (fields) => parseGroup(call, fields, group)),
    ...read('IpRanges', (fields) => parseIpv4(text(fields, 'CidrIp') ?? '')),
    ...read('Ipv6Ranges', (fields) => parseIpv6(text(fields, 'CidrIpv6') ?? '')),
    ...read('PrefixListIds', (fields) => parseList(text(fields, 'PrefixListId') ?? '')),
  ];
}

export function parseDescription(fields: Fields, source: Source | undefined): string | undefined {
  const description = text(fields, 'Description');
  if (description === undefined || description === '') return undefined;
  const strange = source && !('cidr' in source) && description.includes('&');
  if (strange || !DESCRIPTION.test(description)) {
    throw invalidValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  }
  return description;
}

/** Host bits are cleared silently. */
function parseIpv4(cidr: string): Source {
  const canonical = canonicalIpv4(cidr);
  if (canonical === undefined) throw invalidValue(`CIDR block ${cidr} is malformed`);
  return { kind: 'ipv4', cidr: canonical };
}

function parseIpv6(cidr: string): Source {
  const canonical = canonicalIpv6(cidr);
  if (canonical === undefined) throw invalidValue(`CIDR block ${cidr} is malformed`);
  return { kind: 'ipv6', cidr: canonical };
}

/** What a rule of the past refers to need not be there any more; only additions are checked (see {@link checkPeers}). */
function parseList(id: string): Source {
  if (!/^pl-[0-9a-f]+$/.test(id)) throw invalidValue(`Invalid id: "${id}" (expecting "pl-...")`);
  return { kind: 'prefix-list', id };
}

function parseGroup(call: Call, fields: Fields, group: SecurityGroup): Source {
  const id = text(fields, 'GroupId') ?? idOfName(call, text(fields, 'GroupName'), group);
  if (!/^sg-[0-9a-f]+$/.test(id)) throw malformedGroupId(id);
  const peering = text(fields, 'VpcPeeringConnectionId');
  return {
    kind: 'group',
    id,
    account: text(fields, 'UserId') ?? call.account.id,
    ...(peering !== undefined && { peering }),
  };
}

/** Names work in default VPCs only. */
function idOfName(call: Call, name: string | undefined, group: SecurityGroup): string {
  const { vpcs, groups } = placeOf(call);
  if (name === undefined) throw missingParameter('groupId');
  const found = [...groups.values()].find((other) => other.vpcId === group.vpcId && other.name === name);
  if (!found || !vpcs.get(group.vpcId)?.isDefault) throw groupNotFound(name);
  return found.id;
}

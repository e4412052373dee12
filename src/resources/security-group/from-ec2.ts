/**
 * EC2's two read models of the same rules, brought into one canonical form.
 * `DescribeSecurityGroups` folds rules that share protocol and ports and tells neither ids nor tags;
 * `DescribeSecurityGroupRules` tells each rule by itself.
 */
import type { IpPermission, SecurityGroup, SecurityGroupRule, Tag, UserIdGroupPair } from '@aws-sdk/client-ec2';
import { canonicalRule } from '../../ingress/rule.ts';
import type { Direction, Peer, Rule } from '../../model/rule.ts';

/** All rules of a group as a broad read tells them. @param account the account that owns the group */
export function rulesOfGroup(group: SecurityGroup, account: string): readonly Rule[] {
  return [
    ...(group.IpPermissions ?? []).flatMap((permission) => fromPermission('ingress', permission, account)),
    ...(group.IpPermissionsEgress ?? []).flatMap((permission) => fromPermission('egress', permission, account)),
  ];
}

/** One rule as a close read tells it. */
export function ruleOfRecord(record: SecurityGroupRule, account: string): Rule {
  return rule(record.IsEgress ? 'egress' : 'ingress', record, peerOfRecord(record, account), {
    description: record.Description,
    tags: record.Tags,
  });
}

export function tagsOf(tags: readonly Tag[] | undefined): { readonly [key: string]: string } {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
}

type Ports = Pick<IpPermission, 'IpProtocol' | 'FromPort' | 'ToPort'>;
type Words = { readonly description: string | undefined; readonly tags?: readonly Tag[] | undefined };

function rule(direction: Direction, ports: Ports, peer: Peer, words: Words): Rule {
  return canonicalRule({
    direction,
    protocol: ports.IpProtocol ?? '-1',
    ...(ports.FromPort !== undefined && { from: ports.FromPort }),
    ...(ports.ToPort !== undefined && { to: ports.ToPort }),
    peer,
    ...(words.description && { description: words.description }),
    tags: tagsOf(words.tags),
  });
}

function fromPermission(direction: Direction, permission: IpPermission, account: string): Rule[] {
  const sources: { peer: Peer; description: string | undefined }[] = [
    ...(permission.IpRanges ?? []).map(({ CidrIp, Description }) => ({
      peer: { kind: 'ipv4' as const, cidr: CidrIp ?? '' },
      description: Description,
    })),
    ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6, Description }) => ({
      peer: { kind: 'ipv6' as const, cidr: CidrIpv6 ?? '' },
      description: Description,
    })),
    ...(permission.PrefixListIds ?? []).map(({ PrefixListId, Description }) => ({
      peer: { kind: 'prefix-list' as const, id: PrefixListId ?? '' },
      description: Description,
    })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
      peer: groupPeer(pair, account),
      description: pair.Description,
    })),
  ];
  return sources.map(({ peer, description }) => rule(direction, permission, peer, { description }));
}

function peerOfRecord(record: SecurityGroupRule, account: string): Peer {
  if (record.CidrIpv4) return { kind: 'ipv4', cidr: record.CidrIpv4 };
  if (record.CidrIpv6) return { kind: 'ipv6', cidr: record.CidrIpv6 };
  if (record.PrefixListId) return { kind: 'prefix-list', id: record.PrefixListId };
  return groupPeer(record.ReferencedGroupInfo ?? {}, account);
}

/** A group is known by its id; its account is told only where it is another one. */
function groupPeer(pair: UserIdGroupPair, account: string): Peer {
  const foreign = pair.UserId !== undefined && pair.UserId !== account;
  return {
    kind: 'group',
    id: pair.GroupId ?? '',
    ...(foreign && pair.UserId && { account: pair.UserId }),
    ...(pair.VpcPeeringConnectionId && { peering: pair.VpcPeeringConnectionId }),
  };
}

/** Rules in the two forms in which EC2 takes them, and how many of them to send at once. */
import type { IpPermission, SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import type { Rule } from '../../model/rule.ts';
import type { NamedRule } from './in-place.ts';

/** EC2 documents no limit for one call; this many stays far below anything seen and keeps one failure small. */
const RULES_PER_CALL = 50;

export function permission(rule: Rule): IpPermission {
  const { peer } = rule;
  const described = rule.description === undefined ? {} : { Description: rule.description };
  const ports = rule.from === undefined ? {} : { FromPort: rule.from, ToPort: rule.to };
  const base = { IpProtocol: rule.protocol, ...ports };
  switch (peer.kind) {
    case 'ipv4':
      return { ...base, IpRanges: [{ CidrIp: peer.cidr, ...described }] };
    case 'ipv6':
      return { ...base, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...described }] };
    case 'prefix-list':
      return { ...base, PrefixListIds: [{ PrefixListId: peer.id, ...described }] };
    case 'group': {
      const account = peer.account === undefined ? {} : { UserId: peer.account };
      const peering = peer.peering === undefined ? {} : { VpcPeeringConnectionId: peer.peering };
      return { ...base, UserIdGroupPairs: [{ GroupId: peer.id, ...account, ...peering, ...described }] };
    }
  }
}

/** For changing a rule in place. */
export function request({ protocol, from, to, peer, description }: Rule): SecurityGroupRuleRequest {
  return {
    IpProtocol: protocol,
    ...(from !== undefined && { FromPort: from, ToPort: to }),
    ...(peer.kind === 'ipv4' && { CidrIpv4: peer.cidr }),
    ...(peer.kind === 'ipv6' && { CidrIpv6: peer.cidr }),
    ...(peer.kind === 'group' && { ReferencedGroupId: peer.id }),
    ...(description !== undefined && { Description: description }),
  };
}

export function chunks(rules: readonly NamedRule[]): readonly (readonly NamedRule[])[] {
  return Array.from({ length: Math.ceil(rules.length / RULES_PER_CALL) }, (_, i) =>
    rules.slice(i * RULES_PER_CALL, (i + 1) * RULES_PER_CALL),
  );
}

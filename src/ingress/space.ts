/** The three spaces in which peers live: IPv4, IPv6, and the one point that a reference to a group is. */
import type { Peer } from '../model/rule.ts';
import { ICMP, ICMPV6 } from './axis.ts';
import { formatCidr } from './cidr.ts';
import { hasGroup, type Peers } from './peers.ts';
import { coverV4, coverV6, NONE, type Point, type RangeSet, rangeOf } from './ranges.ts';
import { made } from './remembered.ts';

/** Peers that one rule can name. */
export type Network<P extends Point> = { readonly peer: Peer; readonly where: RangeSet<P> };

export type Space<P extends Point> = {
  /** The part of a set of peers that lives here. */
  readonly pick: (peers: Peers) => RangeSet<P>;
  /** The fewest networks that hold exactly these. */
  readonly networks: (where: RangeSet<P>) => readonly Network<P>[];
  /** The ICMP protocol that is not spoken here: ICMP is for IPv4 (RFC 792), ICMPv6 for IPv6 (RFC 4443). */
  readonly foreign?: number;
};

export const IPV4: Space<number> = {
  pick: ({ v4 }) => v4,
  networks: (where) => made(where, networksV4),
  foreign: ICMPV6,
};

export const IPV6: Space<bigint> = {
  pick: ({ v6 }) => v6,
  networks: (where) => made(where, networksV6),
  foreign: ICMP,
};

function networksV4(where: RangeSet<number>): readonly Network<number>[] {
  return coverV4(where).map((cidr) => ({ peer: { kind: 'ipv4', cidr: formatCidr(cidr) }, where: rangeOf(cidr) }));
}

function networksV6(where: RangeSet<bigint>): readonly Network<bigint>[] {
  return coverV6(where).map((cidr) => ({ peer: { kind: 'ipv6', cidr: formatCidr(cidr) }, where: rangeOf(cidr) }));
}

export function groupSpace(peer: Peer): Space<number> {
  const members = peer.kind === 'group' ? [0, 1] : NONE;
  return {
    pick: ({ groups }) => (peer.kind === 'group' && hasGroup(groups, peer.id) ? members : NONE),
    networks: (where) => (where.length === 0 ? [] : [{ peer, where }]),
  };
}

/** One rule of a security group: protocol × ports (or ICMP type and code) × who is at the other end. */

export type Direction = 'ingress' | 'egress';

/** Who is at the other end: addresses, a prefix list, or the members of another group. */
export type Peer =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly account?: string; readonly peering?: string };

/**
 * A rule in canonical form (see `ingress/rule.ts`).
 *
 * `protocol` is `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (everything) or another IANA number as text.
 * `from`/`to` are the port range of tcp and udp, the type and code of icmp and icmpv6 (-1 is any),
 * and absent for every other protocol, which EC2 opens on all ports whatever range it is sent.
 */
export type Rule = {
  readonly direction: Direction;
  readonly protocol: string;
  readonly from?: number;
  readonly to?: number;
  readonly peer: Peer;
  readonly description?: string;
  readonly tags?: { readonly [key: string]: string };
};

/** The rules of a group, each under its name, e.g. `tcp 22 from 203.0.113.7/32`. Names carry the whole identity. */
export type Rules = { readonly [name: string]: Rule };

/** One entry of a prefix list. */
export type PrefixListEntry = { readonly cidr: string; readonly description?: string };

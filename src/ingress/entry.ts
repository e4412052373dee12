/** What is an entry of allowed ingress? It governs part of the space (traffic, and optionally only wide ranges) and allows some peers there. */
import { LAST_PORT } from './traffic.ts';

export type PortRange = { readonly from: number; readonly to: number };

/** Prefix lengths; a range is wider when its own is smaller. */
export type Widths = { readonly v4: number; readonly v6: number };

/** An entry with everything resolved: ranges are CIDRs, negated ports are port ranges. */
export type Entry = {
  /** Names or numbers as in a rule; `-1` is every protocol. Ports narrow only tcp and udp. */
  readonly protocols: readonly string[];
  readonly ports: readonly PortRange[];
  /** Govern only what comes from a range wider than this. Groups have no width: they are then not governed. */
  readonly widerThan?: Widths;
  readonly allowed: {
    readonly cidrs: readonly string[];
    /** Ids of groups, wherever they are; `any` allows every reference to a group. */
    readonly groups: 'any' | readonly string[];
    readonly prefixLists: readonly string[];
  };
};

/** The length from which an IPv6 range counts as wide, when only the one for IPv4 is given: /24 → /48, a site in both. */
export function widerThan6(v4: number): number {
  return v4 === 32 ? 128 : v4 * 2;
}

/** All ports but these. */
export function otherPorts(ports: readonly PortRange[]): readonly PortRange[] {
  const ascending = [...ports].sort((a, b) => a.from - b.from);
  const others: PortRange[] = [];
  let next = 0;
  for (const { from, to } of ascending) {
    if (from > next) others.push({ from: next, to: from - 1 });
    next = Math.max(next, to + 1);
  }
  return next > LAST_PORT ? others : [...others, { from: next, to: LAST_PORT }];
}

/**
 * What does an entry of allowed ingress take away from a rule? It governs part of the space (traffic, and optionally
 * only wide ranges) and allows some peers there; the cut is what it governs and does not allow.
 */
import type { Rule } from '../model/rule.ts';
import { ALL_TRAFFIC, placesOf } from './axis.ts';
import { type Box, boxOf, type EntriesOf, listOf, peersOfCidrs } from './box.ts';
import { size4, size6 } from './cidr.ts';
import {
  ANY_GROUP,
  containsPeers,
  EVERYBODY,
  isNobody,
  NOBODY,
  type Peers,
  subtractPeers,
  unionOfPeers,
} from './peers.ts';
import { overlaps, type RangeSet, subtract, union, unionOf } from './ranges.ts';
import type { Region } from './region.ts';
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

/** What is taken from a rule: all of it, or the part of it that lies in a region. */
export type Cut = 'all' | Region;

/**
 * What of the rule the entry governs and does not allow; empty when that is nothing. Egress is never governed.
 *
 * With `widerThan: /N` a rule is governed only if its own range is wider than /N, judged by itself: two adjacent /24
 * beside each other stay two /24. Of a prefix list only the entries that are wider are governed.
 * @throws TrueupError `prefix-list-unread` if the rule or the entry names a list whose entries are not there
 */
export function cutsOf(rule: Rule, entry: Entry, entriesOf: EntriesOf): readonly Cut[] {
  if (rule.direction !== 'ingress') return [];
  const fence = fenceOf(entry, entriesOf);
  const box = boxOf(rule, entriesOf);
  if (!overlaps(box.traffic, fence.traffic)) return [];
  const governed = fence.widest ? widePart(rule, box, fence.widest, entriesOf) : box.peers;
  if (containsPeers(fence.allowed, governed)) return [];
  // Where the whole rule is governed, the part that lies outside it does no harm: nothing is allocated for it.
  const peers = governed === box.peers ? fence.forbidden : subtractPeers(governed, fence.allowed);
  return isNobody(peers) ? [] : [[{ traffic: fence.traffic, peers }]];
}

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

/** An entry as sets. */
type Fence = {
  readonly traffic: RangeSet<number>;
  readonly allowed: Peers;
  readonly forbidden: Peers;
  /** A range with more addresses than these is governed. */
  readonly widest: Widest | undefined;
};
type Widest = { readonly v4: number; readonly v6: bigint };

const fences = new WeakMap<Entry, Fence>();
/** An entry judges every rule of a fleet, but the prefix lists that it allows differ from region to region. */
const fencesByPlace = new WeakMap<EntriesOf, WeakMap<Entry, Fence>>();

function fenceOf(entry: Entry, entriesOf: EntriesOf): Fence {
  const known = fences.get(entry);
  if (known) return known;
  if (entry.allowed.prefixLists.length === 0) return remember(fences, entry, entriesOf);
  const here = fencesByPlace.get(entriesOf) ?? new WeakMap<Entry, Fence>();
  fencesByPlace.set(entriesOf, here);
  return here.get(entry) ?? remember(here, entry, entriesOf);
}

function remember(known: WeakMap<Entry, Fence>, entry: Entry, entriesOf: EntriesOf): Fence {
  const fence = buildFence(entry, entriesOf);
  known.set(entry, fence);
  return fence;
}

function buildFence(entry: Entry, entriesOf: EntriesOf): Fence {
  const { cidrs, groups, prefixLists } = entry.allowed;
  const ranges = unionOfPeers([peersOfCidrs(cidrs), ...prefixLists.map((id) => listOf(id, entriesOf).all)]);
  const allowed = { ...ranges, groups: groups === 'any' ? ANY_GROUP : { except: false, ids: groups } };
  const widths = entry.widerThan;
  return {
    traffic: governedTraffic(entry),
    allowed,
    forbidden: subtractPeers(EVERYBODY, allowed),
    widest: widths && { v4: size4(widths.v4), v6: size6(widths.v6) },
  };
}

/** `-1` is tcp and udp on the ports, and every other protocol. */
function governedTraffic({ protocols, ports }: Entry): RangeSet<number> {
  const parts = protocols.flatMap((protocol) => {
    if (protocol === '-1') return [PORTLESS, onPorts('tcp', ports), onPorts('udp', ports)];
    return protocol === 'tcp' || protocol === 'udp' ? [onPorts(protocol, ports)] : [placesOf({ protocol })];
  });
  return unionOf(parts);
}

function onPorts(protocol: string, ports: readonly PortRange[]): RangeSet<number> {
  return unionOf(ports.map((range) => placesOf({ protocol, ...range })));
}

const EVERY_PORT: readonly PortRange[] = [{ from: 0, to: LAST_PORT }];
const PORTLESS = subtract(ALL_TRAFFIC, union(onPorts('tcp', EVERY_PORT), onPorts('udp', EVERY_PORT)));

function widePart(rule: Rule, { peers }: Box, widest: Widest, entriesOf: EntriesOf): Peers {
  switch (rule.peer.kind) {
    case 'ipv4':
    case 'ipv6':
      return isWide(peers, widest) ? peers : NOBODY;
    case 'prefix-list':
      return unionOfPeers(listOf(rule.peer.id, entriesOf).entries.filter((entry) => isWide(entry, widest)));
    case 'group':
      return NOBODY;
  }
}

/** @param peers one range */
function isWide({ v4: [from4 = 0, to4 = 0], v6: [from6 = 0n, to6 = 0n] }: Peers, widest: Widest): boolean {
  return to4 - from4 > widest.v4 || to6 - from6 > widest.v6;
}

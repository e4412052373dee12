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
 * @throws TrueupError `prefix-list-unread` if one of `listsToJudge` is not there
 */
export function cutsOf(rule: Rule, entry: Entry, entriesOf: EntriesOf): readonly Cut[] {
  if (rule.direction !== 'ingress') return [];
  const lists = rule.peer.kind === 'prefix-list' || entry.allowed.prefixLists.length > 0;
  if (lists && !mayCut(rule, entry)) return [];
  if (isTaken(rule, entry) && !isEmptyList(rule, entriesOf)) {
    return [[{ traffic: governedTraffic(entry), peers: EVERYBODY }]];
  }
  const fence = fenceOf(rule.peer.kind === 'group' ? withoutLists(entry) : entry, entriesOf);
  const box = boxOf(rule, entriesOf);
  if (!overlaps(box.traffic, fence.traffic)) return [];
  const governed = fence.widest ? widePart(rule, box, fence.widest, entriesOf) : box.peers;
  if (containsPeers(fence.allowed, governed)) return [];
  // Where the whole rule is governed, the part that lies outside it does no harm: nothing is allocated for it.
  const peers = governed === box.peers ? fence.forbidden : subtractPeers(governed, fence.allowed);
  return isNobody(peers) ? [] : [[{ traffic: fence.traffic, peers }]];
}

/** The prefix lists whose entries decide what the entry takes from the rule: its own, and those that the entry allows. */
export function listsToJudge(rule: Rule, entry: Entry): readonly string[] {
  const { peer } = rule;
  if (rule.direction !== 'ingress' || peer.kind === 'group' || !mayCut(rule, entry)) return [];
  if (peer.kind !== 'prefix-list') return entry.allowed.prefixLists;
  return allowsNobody(entry) ? [] : [peer.id, ...entry.allowed.prefixLists];
}

/** Whether the entry takes all that it governs of a rule through a list, whatever is in the list. */
export function isTaken(rule: Rule, entry: Entry): boolean {
  return rule.direction === 'ingress' && rule.peer.kind === 'prefix-list' && mayCut(rule, entry) && allowsNobody(entry);
}

/** Whether it was read that nobody is in the list: there is then nothing to take. */
function isEmptyList({ peer }: Rule, entriesOf: EntriesOf): boolean {
  return peer.kind === 'prefix-list' && entriesOf(peer.id)?.length === 0;
}

/** Whether something may be taken from the rule, as far as can be said without looking into prefix lists. */
function mayCut(rule: Rule, entry: Entry): boolean {
  const { peer } = rule;
  const { widerThan, allowed } = entry;
  if (!overlaps(placesOf(rule), governedTraffic(entry))) return false;
  if (peer.kind === 'prefix-list') return !allowed.prefixLists.includes(peer.id);
  if (peer.kind === 'group') return widerThan === undefined && allowed.groups !== 'any';
  return widerThan === undefined || isWide(boxOf(rule, () => undefined).peers, sizesOf(widerThan));
}

/** What is in a list makes then no difference. */
function allowsNobody({ allowed, widerThan }: Entry): boolean {
  const { cidrs, groups, prefixLists } = allowed;
  return widerThan === undefined && cidrs.length + prefixLists.length === 0 && groups !== 'any' && groups.length === 0;
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
const fencesOfLists = new WeakMap<Entry, { readonly lists: readonly unknown[]; readonly fence: Fence }>();

function fenceOf(entry: Entry, entriesOf: EntriesOf): Fence {
  const known = fences.get(entry);
  if (known) return known;
  const { prefixLists } = entry.allowed;
  const lists = prefixLists.map(entriesOf);
  const last = fencesOfLists.get(entry);
  if (last && lists.every((list, i) => list === last.lists[i])) return last.fence;
  const fence = buildFence(entry, entriesOf);
  if (prefixLists.length === 0) fences.set(entry, fence);
  else fencesOfLists.set(entry, { lists, fence });
  return fence;
}

function buildFence(entry: Entry, entriesOf: EntriesOf): Fence {
  const { cidrs, groups, prefixLists } = entry.allowed;
  const ranges = unionOfPeers([peersOfCidrs(cidrs), ...prefixLists.map((id) => listOf(id, entriesOf).all)]);
  const allowed = { ...ranges, groups: groups === 'any' ? ANY_GROUP : { except: false, ids: groups } };
  return {
    traffic: governedTraffic(entry),
    allowed,
    forbidden: subtractPeers(EVERYBODY, allowed),
    widest: entry.widerThan && sizesOf(entry.widerThan),
  };
}

function sizesOf({ v4, v6 }: Widths): Widest {
  return { v4: size4(v4), v6: size6(v6) };
}

/** Of a group the addresses are not known, so that allowed ones make no difference to it. */
function withoutLists(entry: Entry): Entry {
  if (entry.allowed.prefixLists.length === 0) return entry;
  const known = listless.get(entry) ?? { ...entry, allowed: { ...entry.allowed, prefixLists: [] } };
  listless.set(entry, known);
  return known;
}
const listless = new WeakMap<Entry, Entry>();

/** Whom an entry allows whatever is in prefix lists. */
export function allowedAnyway(entry: Entry): Peers {
  return fenceOf(withoutLists(entry), () => undefined).allowed;
}

/** Where among traffic an entry has a say. */
export function governedTraffic(entry: Entry): RangeSet<number> {
  const known = traffics.get(entry) ?? trafficIn(entry);
  traffics.set(entry, known);
  return known;
}
const traffics = new WeakMap<Entry, RangeSet<number>>();

/** `-1` is tcp and udp on the ports, and every other protocol. */
function trafficIn({ protocols, ports }: Entry): RangeSet<number> {
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

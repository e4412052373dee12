/** An entry of allowed ingress as sets: where it has a say, and whom it lets in there. Built once for all the rules of a fleet. */
import { ALL_TRAFFIC, placesOf } from './axis.ts';
import { type EntriesOf, listOf, peersOfCidrs } from './box.ts';
import { size4, size6 } from './cidr.ts';
import type { Entry, PortRange, Widths } from './entry.ts';
import { ANY_GROUP, EVERYBODY, type Peers, subtractPeers, unionOfPeers } from './peers.ts';
import { type RangeSet, subtract, union, unionOf } from './ranges.ts';
import { LAST_PORT } from './traffic.ts';

export type Fence = {
  readonly traffic: RangeSet<number>;
  readonly allowed: Peers;
  readonly forbidden: Peers;
  /** A range with more addresses than these is governed. */
  readonly widest: Widest | undefined;
};
/** Numbers of addresses. */
export type Widest = { readonly v4: number; readonly v6: bigint };

const fences = new WeakMap<Entry, Fence>();
/** An entry judges every rule of a fleet, but the prefix lists that it allows differ from region to region. */
const fencesOfLists = new WeakMap<Entry, { readonly lists: readonly unknown[]; readonly fence: Fence }>();

/** @throws TrueupError `prefix-list-unread` if a list that the entry allows is not there */
export function fenceOf(entry: Entry, entriesOf: EntriesOf): Fence {
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

export function sizesOf({ v4, v6 }: Widths): Widest {
  return { v4: size4(v4), v6: size6(v6) };
}

/** Of a group the addresses are not known, so that allowed ones make no difference to it. */
export function withoutLists(entry: Entry): Entry {
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

/** @param peers one range */
export function isWide({ v4: [from4 = 0, to4 = 0], v6: [from6 = 0n, to6 = 0n] }: Peers, widest: Widest): boolean {
  return to4 - from4 > widest.v4 || to6 - from6 > widest.v6;
}

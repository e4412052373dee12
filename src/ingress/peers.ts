/**
 * Sets of those who may be at the other end: IPv4 addresses, IPv6 addresses, and groups. The three are separate spaces:
 * what the members of a group have for addresses is not known from a rule, so a group stands for itself.
 */
import { ALL_V4, ALL_V6, contains, intersect, NONE, overlaps, type RangeSet, subtract, unionOf } from './ranges.ts';

/** A finite set of groups, or (`except`) all groups but these. */
export type Groups = { readonly except: boolean; readonly ids: readonly string[] };

export type Peers = { readonly v4: RangeSet<number>; readonly v6: RangeSet<bigint>; readonly groups: Groups };

const NO_GROUP: Groups = { except: false, ids: [] };
export const ANY_GROUP: Groups = { except: true, ids: [] };
export const NOBODY: Peers = { v4: NONE, v6: NONE, groups: NO_GROUP };
export const EVERYBODY: Peers = { v4: ALL_V4, v6: ALL_V6, groups: ANY_GROUP };

export function intersectPeers(a: Peers, b: Peers): Peers {
  return { v4: intersect(a.v4, b.v4), v6: intersect(a.v6, b.v6), groups: common(a.groups, b.groups) };
}

export function subtractPeers(a: Peers, b: Peers): Peers {
  return { v4: subtract(a.v4, b.v4), v6: subtract(a.v6, b.v6), groups: common(a.groups, others(b.groups)) };
}

export function containsPeers(outer: Peers, inner: Peers): boolean {
  return (
    contains(outer.v4, inner.v4) &&
    contains(outer.v6, inner.v6) &&
    (isNoGroup(inner.groups) || isNoGroup(common(inner.groups, others(outer.groups))))
  );
}

export function overlapsPeers(a: Peers, b: Peers): boolean {
  return (
    overlaps(a.v4, b.v4) || overlaps(a.v6, b.v6) || !(isNoGroup(a.groups) || isNoGroup(common(a.groups, b.groups)))
  );
}

export function isNobody({ v4, v6, groups }: Peers): boolean {
  return v4.length === 0 && v6.length === 0 && isNoGroup(groups);
}

export function hasGroup({ except, ids }: Groups, id: string): boolean {
  return ids.includes(id) !== except;
}

export function addresses(v4: RangeSet<number>, v6: RangeSet<bigint>): Peers {
  return { v4, v6, groups: NO_GROUP };
}

/** @param parts sets of addresses, without groups */
export function unionOfPeers(parts: readonly Peers[]): Peers {
  return addresses(unionOf(parts.map(({ v4 }) => v4)), unionOf(parts.map(({ v6 }) => v6)));
}

function isNoGroup({ except, ids }: Groups): boolean {
  return !except && ids.length === 0;
}

function others({ except, ids }: Groups): Groups {
  return { except: !except, ids };
}

function common(a: Groups, b: Groups): Groups {
  if (!a.except) return { except: false, ids: a.ids.filter((id) => hasGroup(b, id)) };
  if (!b.except) return common(b, a);
  return { except: true, ids: [...new Set([...a.ids, ...b.ids])] };
}

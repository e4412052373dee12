/** Sets of packets as sums of boxes: what several rules let through together, and what one leaves of another. */
import { ALL_TRAFFIC } from './axis.ts';
import type { Box } from './box.ts';
import { containsPeers, EVERYBODY, hasGroup, intersectPeers, isNobody, overlapsPeers, subtractPeers } from './peers.ts';
import { contains, includes, intersect, overlaps, subtract } from './ranges.ts';

/** The packets that lie in any of the boxes. The union of two regions is their concatenation. */
export type Region = readonly Box[];

export const EVERYTHING: Region = [{ traffic: ALL_TRAFFIC, peers: EVERYBODY }];

/** A packet: its place on the traffic axis, and an IPv4 address, an IPv6 address, or the group it is counted to. */
export type Packet = { readonly place: number; readonly peer: number | bigint | string };

export function hasPacket(region: Region, { place, peer }: Packet): boolean {
  return region.some(({ traffic, peers }) => {
    if (!includes(traffic, place)) return false;
    if (typeof peer === 'number') return includes(peers.v4, peer);
    return typeof peer === 'bigint' ? includes(peers.v6, peer) : hasGroup(peers.groups, peer);
  });
}

export function boxesOverlap(a: Box, b: Box): boolean {
  return overlaps(a.traffic, b.traffic) && overlapsPeers(a.peers, b.peers);
}

export function containsBox(outer: Box, inner: Box): boolean {
  return contains(outer.traffic, inner.traffic) && containsPeers(outer.peers, inner.peers);
}

export function intersectRegions(a: Region, b: Region): Region {
  return a.flatMap((one) => b.filter((other) => boxesOverlap(one, other)).map((other) => intersectBoxes(one, other)));
}

export function subtractRegions(from: Region, away: Region): Region {
  return away.reduce<Region>((rest, box) => rest.flatMap((one) => subtractBox(one, box)), from.filter(isSomething));
}

/** Whether every packet of `inner` lies in `outer`, be it in several of its boxes. */
export function containsRegion(outer: Region, inner: Region): boolean {
  return subtractRegions(inner, outer).length === 0;
}

function intersectBoxes(a: Box, b: Box): Box {
  return { traffic: intersect(a.traffic, b.traffic), peers: intersectPeers(a.peers, b.peers) };
}

/** What is left beside the box on the traffic axis, and what is left above it among the peers. */
function subtractBox(from: Box, away: Box): Region {
  if (!boxesOverlap(from, away)) return [from];
  const beside = { traffic: subtract(from.traffic, away.traffic), peers: from.peers };
  const above = { traffic: intersect(from.traffic, away.traffic), peers: subtractPeers(from.peers, away.peers) };
  return [beside, above].filter(isSomething);
}

function isSomething({ traffic, peers }: Box): boolean {
  return traffic.length > 0 && !isNobody(peers);
}

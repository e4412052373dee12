/**
 * Does an added rule only keep a part of one that goes away? Then it lets nobody in who was not let in before, and a
 * reader should not be alarmed by it. In doubt the answer is no.
 */
import { type Cidr, parseCidr } from '../ingress/cidr.ts';
import { same } from '../model/json.ts';
import type { Peer, Rule } from '../model/rule.ts';

export function replacesPartOf(added: Rule, closed: readonly Rule[]): boolean {
  return closed.some((rule) => covers(rule, added));
}

/** A shorter prefix than this is as good as everyone: two halves of the internet are still the internet. */
const NEARLY_EVERYONE = 8;

export function reachesEveryone({ peer }: Rule): boolean {
  const network = networkOf(peer);
  return network !== undefined && network.length < NEARLY_EVERYONE;
}

function covers(outer: Rule, inner: Rule): boolean {
  return outer.direction === inner.direction && coversTraffic(outer, inner) && coversPeer(outer.peer, inner.peer);
}

function coversTraffic(outer: Rule, inner: Rule): boolean {
  if (outer.protocol === '-1') return true;
  if (outer.protocol !== inner.protocol) return false;
  if (outer.from === undefined || inner.from === undefined) return outer.from === inner.from;
  if (outer.protocol.startsWith('icmp')) return any(outer.from, inner.from) && any(outer.to, inner.to);
  return outer.from <= inner.from && (inner.to ?? inner.from) <= (outer.to ?? outer.from);
}

/** ICMP types and codes: -1 is any. */
function any(outer: number | undefined, inner: number | undefined): boolean {
  return outer === -1 || outer === inner;
}

function coversPeer(outer: Peer, inner: Peer): boolean {
  const [wide, narrow] = [networkOf(outer), networkOf(inner)];
  return wide && narrow ? contains(wide, narrow) : same(outer, inner);
}

function contains(wide: Cidr, narrow: Cidr): boolean {
  if (narrow.length < wide.length) return false;
  if (wide.family === 'ipv4') {
    const size = 2 ** (32 - wide.length);
    return narrow.family === 'ipv4' && Math.floor(narrow.first / size) === Math.floor(wide.first / size);
  }
  const bits = BigInt(128 - wide.length);
  return narrow.family === 'ipv6' && narrow.first >> bits === wide.first >> bits;
}

function networkOf(peer: Peer): Cidr | undefined {
  if (peer.kind !== 'ipv4' && peer.kind !== 'ipv6') return undefined;
  const cidr = parseCidr(peer.cidr);
  return 'problem' in cidr ? undefined : cidr;
}

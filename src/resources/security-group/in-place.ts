/**
 * Which removed rule can become which added one in place, so that its id survives?
 * Only where the two differ in nothing but ports, or nothing but a CIDR of the same kind: EC2 keeps the kind of source.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 */
import { placesOf } from '../../ingress/axis.ts';
import { boxOf } from '../../ingress/box.ts';
import { networkOf } from '../../ingress/cidr.ts';
import { overlaps, rangeOf } from '../../ingress/ranges.ts';
import { containsBox } from '../../ingress/region.ts';
import { groupBy } from '../../model/group-by.ts';
import { canonical, same } from '../../model/json.ts';
import type { Peer, Rule } from '../../model/rule.ts';

export type NamedRule = readonly [name: string, rule: Rule];

/**
 * `widens`: the new rule lets through all that the old one did. `narrows`: the reverse. `moves`: neither.
 * A move closes something in the same instant in which it opens something else.
 */
export type Replacement = {
  readonly from: NamedRule;
  readonly to: NamedRule;
  readonly kind: 'widens' | 'narrows' | 'moves';
};

/**
 * The same pairs whichever of the two lists is removed and which is added, so that undo gives a rule its old meaning
 * under the id that it always had.
 */
export function replacements(removed: readonly NamedRule[], added: readonly NamedRule[]): readonly Replacement[] {
  // Only what differs in the peer alone, or in the traffic alone, can be a pair: all others are never looked at.
  const byTraffic = groupBy(added, ([, rule]) => trafficKey(rule));
  const byPeer = groupBy(added, ([, rule]) => peerKey(rule));
  const possible = removed
    .flatMap((from) => {
      const near = [...(byTraffic.get(trafficKey(from[1])) ?? []), ...(byPeer.get(peerKey(from[1])) ?? [])];
      return near.flatMap((to) => pair(from, to) ?? []);
    })
    .map((one) => ({ one, rank: rank(one) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen: Replacement[] = [];
  for (const { one } of possible) if (chosen.every((other) => agree(one, other))) chosen.push(one);
  return chosen;
}

function trafficKey({ direction, protocol, from, to }: Rule): string {
  return `${direction} ${protocol} ${from}-${to}`;
}

function peerKey({ direction, protocol, peer }: Rule): string {
  return `${direction} ${protocol} ${canonical(peer)}`;
}

function pair(from: NamedRule, to: NamedRule): Replacement | undefined {
  const [, before] = from;
  const [, after] = to;
  if (!sameLabels(before, after) || !isModifiable(before.peer) || !isModifiable(after.peer)) return undefined;
  const samePeer = same(before.peer, after.peer);
  const sameTraffic = before.from === after.from && before.to === after.to;
  if (!samePeer && !(sameTraffic && before.peer.kind === after.peer.kind && before.peer.kind !== 'group')) {
    return undefined;
  }
  if (covers(after, before)) return { from, to, kind: 'widens' };
  return { from, to, kind: covers(before, after) ? 'narrows' : 'moves' };
}

function sameLabels(a: Rule, b: Rule): boolean {
  return (
    a.direction === b.direction &&
    a.protocol === b.protocol &&
    a.description === b.description &&
    same(a.tags ?? {}, b.tags ?? {})
  );
}

/**
 * The request names a group by its id alone, so one of another account cannot be said; and a prefix list has to be
 * allowed to the caller by an ARN with its owner's account, which a rule does not tell.
 */
function isModifiable(peer: Peer): boolean {
  if (peer.kind === 'prefix-list') return false;
  return peer.kind !== 'group' || (peer.account === undefined && peer.peering === undefined);
}

/** What keeps part of its traffic open comes before what moves; then by name, whatever the direction of the change. */
function rank({ from: [a], to: [b], kind }: Replacement): string {
  return [kind === 'moves' ? 1 : 0, ...[a, b].sort()].join('\n');
}

/**
 * Each rule is used once. And two moves must not be about each other's traffic: what one of them closes would be open
 * again only with the other.
 */
function agree(one: Replacement, other: Replacement): boolean {
  if (one.from[0] === other.from[0] || one.to[0] === other.to[0]) return false;
  if (one.kind !== 'moves' || other.kind !== 'moves') return true;
  return !mayMeet(one.from[1], other.to[1]) && !mayMeet(other.from[1], one.to[1]);
}

/** @param outer @param inner rules of one protocol, with the same peer or the same ports, and through no prefix list */
function covers(outer: Rule, inner: Rule): boolean {
  return containsBox(boxOf(outer, noList), boxOf(inner, noList));
}

const noList = () => undefined;

/** In doubt they do: the addresses of a group's members are not known from a rule. */
function mayMeet(a: Rule, b: Rule): boolean {
  if (a.direction !== b.direction || !overlaps(placesOf(a), placesOf(b))) return false;
  if (a.peer.kind === 'group' && b.peer.kind === 'group') return a.peer.id === b.peer.id;
  const [one, other] = [cidrOf(a.peer), cidrOf(b.peer)];
  if (one?.family === 'ipv4' && other?.family === 'ipv4') return overlaps(rangeOf(one), rangeOf(other));
  if (one?.family === 'ipv6' && other?.family === 'ipv6') return overlaps(rangeOf(one), rangeOf(other));
  return one === undefined || other === undefined;
}

function cidrOf(peer: Peer) {
  if (peer.kind !== 'ipv4' && peer.kind !== 'ipv6') return undefined;
  const cidr = networkOf(peer.cidr);
  return 'problem' in cidr ? undefined : cidr;
}

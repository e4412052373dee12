/** What does an entry of allowed ingress take away from a rule? What it governs and does not allow. */
import type { Rule } from '../model/rule.ts';
import { placesOf } from './axis.ts';
import { type Box, boxOf, type EntriesOf, listOf } from './box.ts';
import type { Entry } from './entry.ts';
import { fenceOf, governedTraffic, isWide, sizesOf, type Widest, withoutLists } from './fence.ts';
import { containsPeers, EVERYBODY, isNobody, NOBODY, type Peers, subtractPeers, unionOfPeers } from './peers.ts';
import { overlaps } from './ranges.ts';
import type { Region } from './region.ts';

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

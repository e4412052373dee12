/**
 * Which of many entries may take something from a rule? Most have no say about its traffic, and most rules come from
 * where all that have a say allow it. Both are looked up, so that an entry is asked only about rules that it may cut.
 */
import type { Rule } from '../model/rule.ts';
import { placesOf } from './axis.ts';
import { peersOf } from './box.ts';
import type { Entry } from './entry.ts';
import { allowedAnyway, governedTraffic } from './fence.ts';
import { containsPeers, EVERYBODY, intersectPeers, type Peers } from './peers.ts';
import { edgesOf, edgesUpTo, overlaps, type RangeSet } from './ranges.ts';

/** Entries are known by their places in the list. */
export type EntryIndex = {
  /** Those that have a say about some of the rule's traffic, ascending. */
  governing(rule: Rule): readonly number[];
  /** Those of them that may take something from the rule: perhaps more than do, and never fewer. */
  suspecting(rule: Rule): readonly number[];
};

/** Traffic about which the same entries have a say. `allowed`: whom all of them let in, whatever is in prefix lists. */
type Stretch = { readonly governing: readonly number[]; readonly allowed: Peers };

/** Rules of a fleet have few ranges of ports; were they many, remembering all of them would cost more than it saves. */
const MOST_STRETCHES = 1000;

export function indexEntries(entries: readonly Entry[]): EntryIndex {
  const governed = entries.map(governedTraffic);
  const edges = edgesOf(governed);
  const known = new Map<number, Stretch>();
  const stretchOf = (rule: Rule): Stretch => {
    const traffic = placesOf(rule);
    // Between two edges nothing begins and nothing ends: rules with the same edges around them meet the same entries.
    const key = edgesUpTo(edges, traffic[0] ?? 0) * (edges.length + 1) + edgesUpTo(edges, (traffic[1] ?? 0) - 1);
    const last = known.get(key);
    if (last) return last;
    const stretch = stretchIn(traffic, entries, governed);
    if (known.size >= MOST_STRETCHES) known.clear();
    known.set(key, stretch);
    return stretch;
  };
  return {
    governing: (rule) => (rule.direction === 'ingress' ? stretchOf(rule).governing : []),
    suspecting: (rule) => {
      if (rule.direction !== 'ingress') return [];
      const { governing, allowed } = stretchOf(rule);
      if (governing.length === 0) return governing;
      // What is in a prefix list may not have been read; its entries are looked into one by one.
      const isSafe = rule.peer.kind !== 'prefix-list' && containsPeers(allowed, peersOf(rule.peer));
      return isSafe ? [] : governing;
    },
  };
}

function stretchIn(
  traffic: RangeSet<number>,
  entries: readonly Entry[],
  governed: readonly RangeSet<number>[],
): Stretch {
  const governing = entries.flatMap((_, i) => (overlaps(governed[i] ?? [], traffic) ? [i] : []));
  const allowed = governing.reduce((sum, i) => {
    const entry = entries[i];
    return entry ? intersectPeers(sum, allowedAnyway(entry)) : sum;
  }, EVERYBODY);
  return { governing, allowed };
}

/**
 * What does each change do to a group as a whole? What is left of a narrowed rule is added, but lets nobody in who was not
 * let in before; a rule that others repeat goes, but closes nothing. Decided once, from what all rules let through together;
 * in doubt a rule that comes opens, and one that goes closes.
 */
import { placesOf } from '../../ingress/axis.ts';
import { type Box, boxOf, type EntriesOf } from '../../ingress/box.ts';
import type { RangeSet } from '../../ingress/ranges.ts';
import { boxesOverlap, containsBox, containsRegion, type Region } from '../../ingress/region.ts';
import type { Change, Effect, Room, Step } from '../../model/resource.ts';
import type { Rule, Rules } from '../../model/rule.ts';
import { entriesAround } from './shrink.ts';

export function weigh(from: Rules, to: Rules, steps: readonly Step[], around: Pick<Room, 'look'>): readonly Step[] {
  const entriesOf = entriesAround(around);
  const [before, after] = [wholeOf(from, entriesOf), wholeOf(to, entriesOf)];
  const effectOf = ({ field, before: old, after: rule, effect }: Change): Effect => {
    const [came, went] = [old === undefined && to[field], rule === undefined && from[field]];
    if (came) return isWithin(came, before) ? 'keeps' : 'loosens';
    if (went) return isWithin(went, after) ? 'keeps' : 'tightens';
    return effect;
  };
  return steps.map(({ call, changes }) => ({
    call,
    changes: changes.map((change) => ({ ...change, effect: effectOf(change) })),
  }));
}

/** What rules let through together that may have to do with a box. */
type Whole = (box: Box, direction: Rule['direction']) => Region;

/** Few rules are about the same traffic: only of those it is worked out whom they let in. */
function wholeOf(rules: Rules, entriesOf: EntriesOf): Whole {
  const all = Object.values(rules).map((rule) => ({ rule, span: spanOf(placesOf(rule)) }));
  return (box, direction) => {
    const { start, end } = spanOf(box.traffic);
    return all
      .filter(({ rule, span }) => span.start < end && start < span.end && rule.direction === direction)
      .flatMap(({ rule }) => openedBy(rule, entriesOf))
      .filter((other) => boxesOverlap(other, box));
  };
}

/** The traffic of a rule is one range. */
function spanOf([start = 0, end = 0]: RangeSet<number>): { readonly start: number; readonly end: number } {
  return { start, end };
}

function isWithin(rule: Rule, whole: Whole): boolean {
  const box = claimedBy(rule);
  const near = whole(box, rule.direction);
  // Mostly one rule does it alone, which is seen without cutting anything up.
  return near.some((other) => containsBox(other, box)) || containsRegion(near, [box]);
}

/** A prefix list is open to itself, whatever is in it, and to what is in it today. */
function openedBy(rule: Rule, entriesOf: EntriesOf): Region {
  const isKnown = rule.peer.kind === 'prefix-list' && entriesOf(rule.peer.id) !== undefined;
  return isKnown ? [claimedBy(rule), boxOf(rule, entriesOf)] : [claimedBy(rule)];
}

/** What is in a list may be another thing tomorrow: it is claimed for the list itself, like a group. */
function claimedBy(rule: Rule): Box {
  const { peer } = rule;
  return boxOf(peer.kind === 'prefix-list' ? { ...rule, peer: { kind: 'group', id: peer.id } } : rule, () => undefined);
}

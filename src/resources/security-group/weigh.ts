/**
 * What does each change do to a group as a whole? What is left of a narrowed rule is added, but lets nobody in who was not
 * let in before; a rule that others repeat goes, but closes nothing. Decided once, from what all rules let through together;
 * in doubt a rule that comes opens, and one that goes closes.
 */
import { placesOf } from '../../ingress/axis.ts';
import { type Box, boxOf, type EntriesOf } from '../../ingress/box.ts';
import { boxesOverlap, containsBox, containsRegion, type Region } from '../../ingress/region.ts';
import type { Change, Effect, Room, Step } from '../../model/resource.ts';
import type { Rule, Rules } from '../../model/rule.ts';
import { entriesAround } from './shrink.ts';

export function weigh(from: Rules, to: Rules, steps: readonly Step[], around: Pick<Room, 'look'>): readonly Step[] {
  const entriesOf = entriesAround(around);
  const [before, after] = [wholeOf(from), wholeOf(to)];
  const effectOf = ({ field, before: old, after: rule, effect }: Change): Effect => {
    const [came, went] = [old === undefined && to[field], rule === undefined && from[field]];
    if (came) return isWithin(came, before, entriesOf) ? 'keeps' : 'loosens';
    if (went) return isWithin(went, after, entriesOf) ? 'keeps' : 'tightens';
    return effect;
  };
  return steps.map(({ call, changes }) => ({
    call,
    changes: changes.map((change) => ({ ...change, effect: effectOf(change) })),
  }));
}

/** The rules of a group, each with the range of the traffic axis that it takes. */
type Whole = readonly { readonly rule: Rule; readonly span: Span }[];

function wholeOf(rules: Rules): Whole {
  return Object.values(rules).map((rule) => ({ rule, span: spanOf(rule) }));
}

type Span = { readonly start: number; readonly end: number };

function spanOf(rule: Rule): Span {
  const [start = 0, end = 0] = placesOf(rule);
  return { start, end };
}

/** Few rules are about the same traffic: only of those it is worked out whom they let in. */
function isWithin(rule: Rule, whole: Whole, entriesOf: EntriesOf): boolean {
  const box = claimedBy(rule);
  const { start, end } = spanOf(rule);
  const near: Box[] = [];
  for (const { rule: other, span } of whole) {
    if (span.start >= end || start >= span.end || other.direction !== rule.direction) continue;
    for (const opened of openedBy(other, entriesOf)) {
      // Mostly one rule does it alone, which is seen without cutting anything up.
      if (containsBox(opened, box)) return true;
      if (boxesOverlap(opened, box)) near.push(opened);
    }
  }
  return containsRegion(near, [box]);
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

/** The rules that remain of a group after all cuts, written with the fewest AWS rules. */

import { boxOf, type EntriesOf } from '../../ingress/box.ts';
import { narrow } from '../../ingress/narrow.ts';
import { EVERYTHING as ALL_PACKETS, type Region, subtractRegions } from '../../ingress/region.ts';
import { parseRuleName, ruleName } from '../../ingress/rule.ts';
import { byText } from '../../model/address.ts';
import { groupBy } from '../../model/group-by.ts';
import { type Cut, EVERYTHING, type Shrunk, type Surroundings, type Taking } from '../../model/guardrail.ts';
import type { Rule, Rules } from '../../model/rule.ts';
import { entriesIn, prefixList } from '../prefix-list.ts';

export type RulePart = Region;

export function shrinkRules(
  value: Rules,
  taken: readonly Taking<RulePart>[],
  { look }: Pick<Surroundings, 'look'>,
): Shrunk<Rules> {
  const entriesOf = entriesAround({ look });
  const byRule = taken
    .filter(({ spared }) => !spared.includes(EVERYTHING))
    .map(({ cuts, spared }) => ({ cuts: groupBy(cuts, ({ field }) => field), spared }));
  // In the order of their names, not of AWS's answer: two rules may leave the same replacement.
  const kept = Object.entries(value)
    .sort(byText(([name]) => name))
    .map(([name, rule]) => {
      const losses = byRule.flatMap(({ cuts, spared }) => ({ cuts: cuts.get(name) ?? [], spared }));
      const left = remains(
        rule,
        losses.filter(({ cuts }) => cuts.length > 0),
        entriesOf,
      );
      return { name, ...left };
    });
  // A replacement that says the same as a rule that is there anyway gives way to it.
  const inOrder = [...kept].sort((a, b) => Number(a.intact) - Number(b.intact));
  return {
    value: Object.fromEntries(inOrder.flatMap((one) => one.kept.map((rule) => [ruleName(rule), rule] as const))),
    origins: originsOf(kept.filter(({ intact }) => !intact)),
    lost: kept.flatMap((one) => [...one.lost]),
  };
}

function originsOf(cut: readonly (Remains & { readonly name: string })[]): Shrunk['origins'] {
  const pairs = cut.flatMap(({ name, kept }) => kept.map((rule) => ({ name, left: ruleName(rule) })));
  return Object.fromEntries(
    [...groupBy(pairs, ({ left }) => left)].map(([left, all]) => [left, all.map(({ name }) => name)]),
  );
}

/** What is in the prefix lists of this place. */
export function entriesAround({ look }: Pick<Surroundings, 'look'>): EntriesOf {
  const known = new Map<string, ReturnType<EntriesOf>>();
  return (id) => {
    if (known.has(id)) return known.get(id);
    const observation = look(prefixList.name, id);
    const entries = observation && entriesIn(observation);
    known.set(id, entries);
    return entries;
  };
}

type Remains = { readonly kept: readonly Rule[]; readonly lost: readonly string[]; readonly intact: boolean };

function remains(rule: Rule, losses: readonly Taking<RulePart>[], entriesOf: EntriesOf): Remains {
  if (losses.length === 0) return { kept: [rule], lost: [], intact: true };
  // Nobody has to know what is in a prefix list to take a rule away as a whole.
  if (losses.some(({ cuts, spared }) => spared.length === 0 && cuts.some(({ part }) => part === 'all'))) {
    return { kept: [], lost: [], intact: false };
  }
  const regions = losses.map((loss) => lossOf(rule, loss, entriesOf));
  const { kept, lost } = narrow(rule, regions, [], entriesOf);
  return { kept, lost, intact: kept.length === 1 && kept[0] === rule };
}

/** What exceptions spare from one guardrail, another may still take. */
function lossOf(rule: Rule, { cuts, spared }: Taking<RulePart>, entriesOf: EntriesOf): Region {
  const taken = cuts.flatMap(({ part }: Cut<RulePart>) => (part === 'all' ? ALL_PACKETS : part));
  const given = spared.flatMap((text) => regionOf(text, rule, entriesOf));
  return given.length === 0 ? taken : subtractRegions(taken, given);
}

/**
 * The exception's rule as a region, as far as it is about the same direction. What is no rule spares nothing, and so
 * does one through a prefix list that no rule here names: what is in it was not asked.
 */
function regionOf(text: string, { direction }: Rule, entriesOf: EntriesOf): Region {
  const spared = parseRuleName(text);
  if ('problem' in spared || spared.direction !== direction) return [];
  if (spared.peer.kind === 'prefix-list' && entriesOf(spared.peer.id) === undefined) return [];
  return [boxOf(spared, entriesOf)];
}

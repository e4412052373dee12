/** The rules that remain of a group after all cuts, written with the fewest AWS rules. */

import { boxOf, type EntriesOf } from '../../ingress/box.ts';
import { type Narrowed, narrow } from '../../ingress/narrow.ts';
import { EVERYTHING as ALL_PACKETS, type Region, subtractRegions } from '../../ingress/region.ts';
import { parseRuleName, ruleName } from '../../ingress/rule.ts';
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
  const intact: NamedRule[] = [];
  const left: Left[] = [];
  const lost: string[] = [];
  // In the order of their names, not of AWS's answer: two rules may leave the same replacement.
  for (const of of Object.keys(value).sort()) {
    const rule = value[of] as Rule;
    const losses = byRule.flatMap(({ cuts, spared }) => {
      const own = cuts.get(of);
      return own ? [{ cuts: own, spared }] : [];
    });
    const rest = losses.length > 0 ? remains(rule, losses, entriesOf) : undefined;
    if (!rest || rest.kept[0] === rule) intact.push([of, rule]);
    else left.push(...rest.kept.map((one) => ({ of, name: ruleName(one), rule: one })));
    lost.push(...(rest?.lost ?? []));
  }
  return {
    // A replacement that says the same as a rule that is there anyway gives way to it.
    value: Object.fromEntries([...left.map(({ name, rule }): NamedRule => [name, rule]), ...intact]),
    origins: Object.fromEntries([...groupBy(left, ({ name }) => name)].map(([name, all]) => [name, all.map(ofWhat)])),
    lost,
  };
}

type NamedRule = readonly [name: string, rule: Rule];

/** What is left of a rule that was cut. */
type Left = { readonly of: string; readonly name: string; readonly rule: Rule };

const ofWhat = ({ of }: Left): string => of;

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

/** The very same rule, if nothing of it goes. */
function remains(rule: Rule, losses: readonly Taking<RulePart>[], entriesOf: EntriesOf): Narrowed {
  // Nobody has to know what is in a prefix list to take a rule away as a whole.
  if (losses.some(({ cuts, spared }) => spared.length === 0 && cuts.some(({ part }) => part === 'all'))) {
    return { kept: [], lost: [] };
  }
  const regions = losses.map((loss) => lossOf(rule, loss, entriesOf));
  return narrow(rule, regions, [], entriesOf);
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

/** The rules that remain of a group after all cuts, written with the fewest AWS rules. */

import { boxOf, type EntriesOf } from '../../ingress/box.ts';
import type { Cut as Taken } from '../../ingress/entry.ts';
import { narrow } from '../../ingress/narrow.ts';
import type { Region } from '../../ingress/region.ts';
import { parseRuleName, ruleName } from '../../ingress/rule.ts';
import { groupBy } from '../../model/group-by.ts';
import { type Cut, EVERYTHING, type Shrunk, type Surroundings } from '../../model/guardrail.ts';
import type { Rule, Rules } from '../../model/rule.ts';
import { entriesIn, prefixList } from '../prefix-list.ts';

export type RulePart = Region;

export function shrinkRules(
  value: Rules,
  cuts: readonly Cut<RulePart>[],
  spared: readonly string[],
  around: Surroundings,
): Shrunk<Rules> {
  if (spared.includes(EVERYTHING)) return { value, lost: [] };
  const entriesOf = entriesAround(around);
  const byRule = groupBy(cuts, ({ field }) => field);
  const kept = Object.entries(value).map(([name, rule]) => {
    const taken = byRule.get(name);
    return taken ? remains(rule, taken, spared, entriesOf) : { kept: [rule], lost: [], intact: true };
  });
  // A replacement that says the same as a rule that is there anyway gives way to it.
  const inOrder = [...kept].sort((a, b) => Number(isIntact(a)) - Number(isIntact(b)));
  return {
    value: Object.fromEntries(inOrder.flatMap((one) => one.kept.map((rule) => [ruleName(rule), rule] as const))),
    lost: kept.flatMap((one) => [...one.lost]),
  };
}

/** What is in the prefix lists of this place. */
export function entriesAround({ look }: Pick<Surroundings, 'look'>): EntriesOf {
  return (id) => {
    const observation = look(prefixList.name, id);
    return observation && entriesIn(observation);
  };
}

type Remains = { readonly kept: readonly Rule[]; readonly lost: readonly string[]; readonly intact?: boolean };

function remains(rule: Rule, cuts: readonly Cut<RulePart>[], spared: readonly string[], entriesOf: EntriesOf): Remains {
  // Nobody has to know what is in a prefix list to take a rule away as a whole.
  if (spared.length === 0 && cuts.some(({ part }) => part === 'all')) return { kept: [], lost: [] };
  const taken = cuts.map(({ part }): Taken => part);
  return narrow(
    rule,
    taken,
    spared.flatMap((text) => regionOf(text, rule, entriesOf)),
    entriesOf,
  );
}

/** The exception's rule as a region, as far as it is about the same direction; what is no rule spares nothing. */
function regionOf(text: string, { direction }: Rule, entriesOf: EntriesOf): Region[] {
  const spared = parseRuleName(text);
  return 'problem' in spared || spared.direction !== direction ? [] : [[boxOf(spared, entriesOf)]];
}

function isIntact({ intact }: Remains): boolean {
  return intact ?? false;
}

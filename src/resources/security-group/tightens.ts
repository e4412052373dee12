/**
 * Does the way from one set of rules to another only close? What is left of a narrowed rule is added, but lets nobody
 * in who was not let in before: only what all rules let through together tells. In doubt the answer is no.
 */
import { boxOf } from '../../ingress/box.ts';
import { containsRegion, type Region } from '../../ingress/region.ts';
import { same } from '../../model/json.ts';
import type { Rule, Rules } from '../../model/rule.ts';

export function onlyTightens(from: Rules, to: Rules): boolean {
  const relabelled = Object.keys(to).some((name) => from[name] && !same(from[name], to[name]));
  if (relabelled) return false;
  return beyond(from, to).length === 0 && beyond(to, from).length > 0;
}

/** Those rules that let something through which the others do not. */
function beyond(others: Rules, rules: Rules): readonly Rule[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    if (others[name]) return [];
    const alike = Object.values(others).filter(({ direction }) => direction === rule.direction);
    return containsRegion(regionOf(alike), regionOf([rule])) ? [] : [rule];
  });
}

/** A prefix list stands for itself, whatever is in it: that may be another thing tomorrow. */
function regionOf(rules: readonly Rule[]): Region {
  return rules.map((rule) => {
    const { peer } = rule;
    return boxOf(peer.kind === 'prefix-list' ? { ...rule, peer: { kind: 'group', id: peer.id } } : rule, () => []);
  });
}

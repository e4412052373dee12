/** The rules that remain of a group after all cuts, written with the fewest AWS rules. */
import type { Cut, Shrunk } from '../../model/guardrail.ts';
import type { Rules } from '../../model/rule.ts';

export type RulePart = never;

export function shrinkRules(value: Rules, cuts: readonly Cut<RulePart>[], spared: readonly string[]): Shrunk<Rules> {
  const gone = new Set(cuts.map(({ field }) => field).filter((name) => !spared.includes(name)));
  return { value: Object.fromEntries(Object.entries(value).filter(([name]) => !gone.has(name))), lost: [] };
}

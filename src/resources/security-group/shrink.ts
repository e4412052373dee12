/** The rules that remain of a group after all cuts, written with the fewest AWS rules. */
import type { Cut } from '../../model/guardrail.ts';
import type { Rules } from '../../model/rule.ts';

export type RulePart = never;

export function shrinkRules(value: Rules, cuts: readonly Cut<RulePart>[]): { value: Rules; lost: readonly string[] } {
  const gone = new Set(cuts.map(({ field }) => field));
  return { value: Object.fromEntries(Object.entries(value).filter(([name]) => !gone.has(name))), lost: [] };
}

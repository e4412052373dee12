/**
 * Is there room in the group for the steps? New rules stand beside those that they replace for a while, and EC2 refuses
 * a call that would exceed the quota of rules per group, at whatever instant.
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
 */
import type { Reason } from '../../model/problem.ts';
import type { Observation, Room, Step } from '../../model/resource.ts';
import type { Direction, Rule, Rules } from '../../model/rule.ts';
import { prefixList } from '../prefix-list.ts';

type Family = 'IPv4' | 'IPv6';

/** The quota holds for each of these on its own. */
const PLACES: readonly (readonly [Direction, Family])[] = [
  ['ingress', 'IPv4'],
  ['ingress', 'IPv6'],
  ['egress', 'IPv4'],
  ['egress', 'IPv6'],
];

/** The first place that has no room. A group that holds more than the setting says has a higher quota than that. */
export function overflow(before: Rules, steps: readonly Step[], { rulesPerGroup, look }: Room): Reason | undefined {
  for (const [direction, family] of PLACES) {
    const weigh = (rule: Rule | undefined): number =>
      rule?.direction === direction ? weightOf(rule, family, look) : 0;
    const counts = countsAlong(before, steps, weigh);
    const most = Math.max(rulesPerGroup, counts[0] ?? 0);
    const peak = Math.max(...counts);
    if (peak <= most) continue;
    const last = counts.at(-1) ?? 0;
    return noRoom({ what: `${family} ${direction} rules`, peak, last, most });
  }
  return undefined;
}

/** At first, and after each step. */
function countsAlong(before: Rules, steps: readonly Step[], weigh: (rule: Rule | undefined) => number): number[] {
  const rules = new Map(Object.entries(before));
  let count = [...rules.values()].reduce((sum, rule) => sum + weigh(rule), 0);
  const counts = [count];
  for (const { changes } of steps) {
    for (const { field, after } of changes) {
      const next = after as Rule | undefined;
      count += weigh(next) - weigh(rules.get(field));
      if (next) rules.set(field, next);
      else rules.delete(field);
    }
    counts.push(count);
  }
  return counts;
}

/**
 * A prefix list weighs its maximum number of entries; one that was not read weighs at least 1. Whether a reference to a
 * group counts in both families is not documented: here it does.
 */
function weightOf({ peer }: Rule, family: Family, look: Room['look']): number {
  switch (peer.kind) {
    case 'ipv4':
      return family === 'IPv4' ? 1 : 0;
    case 'ipv6':
      return family === 'IPv6' ? 1 : 0;
    case 'group':
      return 1;
    case 'prefix-list':
      return listWeight(look(prefixList.name, peer.id), family);
  }
}

function listWeight(list: Observation | undefined, family: Family): number {
  if (!list) return 1;
  const { weight, family: own } = list.about;
  return own === family || own === '' ? Number(weight ?? 1) : 0;
}

type Shortage = { readonly what: string; readonly peak: number; readonly last: number; readonly most: number };

function noRoom({ what, peak, last, most }: Shortage): Reason {
  const over = (number: number): string => `${number}, ${number - most} over the ${most} of its quota`;
  return last > most
    ? {
        code: 'too-many-rules',
        message: `the group would have ${what}: ${over(last)}`,
        advice:
          'allow fewer or larger ranges, take an unneeded rule away, or have the quota raised and say so (safety.rulesPerGroup)',
      }
    : {
        code: 'too-many-rules',
        message: `while replacements stand beside what they replace, the group would have ${what}: ${over(peak)}`,
        advice:
          'take an unneeded rule of the group away first, or have the quota raised and say so (safety.rulesPerGroup)',
      };
}

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
  const along = countsAlong(before, steps, look);
  for (const [i, [direction, family]] of PLACES.entries()) {
    const counts = along.map((count) => count[i] ?? 0);
    const most = Math.max(rulesPerGroup, counts[0] ?? 0);
    const peak = Math.max(...counts);
    if (peak <= most) continue;
    const last = counts.at(-1) ?? 0;
    return noRoom({ what: `${family} ${direction} rules`, peak, last, most });
  }
  return undefined;
}

/** What each place holds, at first and after each step. */
function countsAlong(before: Rules, steps: readonly Step[], look: Room['look']): readonly (readonly number[])[] {
  let counts = PLACES.map(() => 0);
  const count = (rule: Rule | undefined, sign: 1 | -1): void => {
    if (!rule) return;
    counts = counts.map((held, i) => held + sign * weightIn(i, rule, look));
  };
  for (const rule of Object.values(before)) count(rule, 1);
  const along = [counts];
  const moved = new Map<string, Rule | undefined>();
  for (const { changes } of steps) {
    for (const { field, after } of changes) {
      const next = after as Rule | undefined;
      count(moved.has(field) ? moved.get(field) : before[field], -1);
      count(next, 1);
      moved.set(field, next);
    }
    along.push(counts);
  }
  return along;
}

function weightIn(place: number, rule: Rule, look: Room['look']): number {
  const [direction, family] = PLACES[place] ?? [];
  return family !== undefined && rule.direction === direction ? weightOf(rule, family, look) : 0;
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

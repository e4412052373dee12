/** How long does the geometry of a plan take: 1,000 groups × 60 rules against 50 entries, on one core? */
import { bench, describe, expect } from 'vitest';
import { cutsOf } from '../src/ingress/cuts.ts';
import { type Entry, otherPorts } from '../src/ingress/entry.ts';
import { indexEntries } from '../src/ingress/entry-index.ts';
import { narrow } from '../src/ingress/narrow.ts';
import { canonicalRule } from '../src/ingress/rule.ts';
import type { Rule } from '../src/model/rule.ts';
import { ENTRIES, GROUPS, peerText, RULES, random, ruleBy } from './rules.ts';

const LISTS = Array.from({ length: 10 }, (_, list) =>
  Array.from({ length: 20 }, (_, i) => ({ cidr: `10.${list}.${i}.0/24` })),
);
const entriesOf = (id: string) => LISTS[Number(id.slice(3))];

function fleet(open: number): readonly Rule[] {
  const next = random(42);
  return Array.from({ length: GROUPS * RULES }, () => canonicalRule(ruleBy(next, open)));
}

/** Each entry governs a port of its own, or all but a few ports; all allow the private networks and some of their own. */
const entries: readonly Entry[] = Array.from({ length: ENTRIES }, (_, i) => ({
  protocols: ['tcp', 'udp'],
  ports:
    i % 10 === 0
      ? otherPorts([
          { from: 80, to: 80 },
          { from: 443, to: 443 },
        ])
      : [{ from: i * 100, to: i * 100 + 20 }],
  ...(i % 3 === 0 && { widerThan: { v4: 24, v6: 48 } }),
  allowed: {
    cidrs: ['10.0.0.0/8', 'fd00::/8', `198.51.100.${i}/32`, `203.0.113.${i}/32`, `2001:db8:${i}::/48`],
    groups: 'any',
    prefixLists: i % 7 === 0 ? [peerText('pl', 1)] : [],
  },
}));

function plan(rules: readonly Rule[]): number {
  const index = indexEntries(entries);
  let changed = 0;
  for (const rule of rules) {
    const cuts = index.suspecting(rule).flatMap((i) => cutsOf(rule, entries[i] as Entry, entriesOf));
    if (narrow(rule, cuts, [], entriesOf).kept[0] !== rule) changed++;
  }
  return changed;
}

describe(`${GROUPS} groups × ${RULES} rules against ${ENTRIES} entries`, () => {
  for (const open of [2, 20, 100]) {
    const rules = fleet(open);
    const run = () => {
      // What is remembered about a rule lives as long as the rule: every run begins with new ones.
      expect(plan(rules.map((rule) => ({ ...rule })))).toBeGreaterThan(0);
    };
    bench(`${open} % of the rules open to the world`, run, {
      iterations: 5,
      time: 0,
      warmupIterations: 1,
      warmupTime: 0,
    });
  }
});

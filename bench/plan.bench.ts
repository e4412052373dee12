/**
 * How long does a plan take once everything was read: 1,000 groups × 60 rules of one region against 50 entries of a
 * policy, with evidence, causes and digests? `npx vitest bench --run bench/plan.bench.ts`
 */
import { bench, describe, expect } from 'vitest';
import { guardrails } from '../src/guardrails/index.ts';
import { canonicalRule, ruleName } from '../src/ingress/rule.ts';
import type { Observation } from '../src/model/resource.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { planState } from '../src/plan/plan.ts';
import { loadDocuments } from '../src/state/load.ts';
import { ENTRIES, GROUPS, peerText, RULES, random, ruleBy } from './rules.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const TODAY = '2026-11-21';
const at = { account: ACCOUNT, region: REGION };

const entries = Array.from(
  { length: ENTRIES },
  (_, i) => `    - { ports: ${i % 10 === 0 ? '{ not: [80, 443] }' : `["${i * 100}-${i * 100 + 20}"]`}, \
${i % 3 === 0 ? 'widerThan: /24, widerThan6: /48, ' : ''}from: [10.0.0.0/8, "fd00::/8", 198.51.100.${i}/32, \
203.0.113.${i}/32, "2001:db8:${i}::/48"${i % 7 === 0 ? `, ${peerText('pl', 1)}` : ''}], otherwise: narrow }`,
).join('\n');
const state = loadDocuments(
  [
    {
      path: 'state.yaml',
      text: `kind: Fleet
accounts: [{ id: "${ACCOUNT}" }]
homeRegion: ${REGION}
regions: [${REGION}]
---
kind: Policy
name: bench
targets: { accounts: [all] }
guardrails:
  allowed-ingress:
${entries}
`,
    },
  ],
  { guardrails, env: {}, today: TODAY },
);

function nothing(about: Observation['about'] = {}): Observation {
  return { value: {}, handles: {}, about };
}

function snapshot(open: number): Snapshot {
  const next = random(42);
  const ids = Array.from({ length: GROUPS }, (_, i) => peerText('sg', i));
  const groups = ids.map((id): [string, Observation] => {
    const rules = Array.from({ length: RULES }, () => canonicalRule(ruleBy(next, open)));
    const value = Object.fromEntries(rules.map((rule) => [ruleName(rule), rule]));
    return [id, { value, handles: {}, about: { name: id, vpc: 'vpc-1', description: '', tags: {} } }];
  });
  const lists = Array.from({ length: 10 }, (_, list): [string, Observation] => {
    const value = Object.fromEntries(Array.from({ length: 20 }, (__, i) => [`10.${list}.${i}.0/24`, true]));
    return [peerText('pl', list), { ...nothing({ name: `list ${list}`, version: 1 }), value }];
  });
  const used = ids.map((id): [string, Observation] => [id, nothing()]);
  return {
    format: 'trueup-snapshot/1',
    stamp: { world: 'sandbox', fleet: 'default', partition: 'aws', caller: ACCOUNT, by: 'bench' },
    takenAt: TODAY,
    inventory: {
      caller: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/bench`, partition: 'aws' },
      accounts: [{ id: ACCOUNT, regions: [REGION] }],
      skipped: [],
      unreachable: [],
    },
    readings: [
      { ...at, reader: 'security-group', want: {}, found: Object.fromEntries(groups) },
      { ...at, reader: 'prefix-list', want: { ids: lists.map(([id]) => id) }, found: Object.fromEntries(lists) },
      { ...at, reader: 'security-group-use', want: { ids, close: true }, found: Object.fromEntries(used) },
    ],
  };
}

describe(`a plan of ${GROUPS} groups × ${RULES} rules against ${ENTRIES} entries`, () => {
  for (const open of [2, 20, 100]) {
    const text = JSON.stringify(snapshot(open));
    bench(
      `${open} % of the rules open to the world`,
      () => {
        const [fleet] = state.fleets;
        if (!fleet) throw new Error('the state of the benchmark has no fleet');
        // From the file, as with --snapshot: what is remembered about a rule lives as long as the rule.
        const { cells } = planState(state, fleet, JSON.parse(text) as Snapshot, { guardrails, today: TODAY });
        expect(cells.filter(({ outcome }) => outcome === 'unread')).toEqual([]);
        expect(cells.length).toBeGreaterThan(0);
      },
      { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 },
    );
  }
});

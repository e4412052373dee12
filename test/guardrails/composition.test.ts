/**
 * The laws by which restrictors compose: whatever stands beside whatever, in one policy or in several, they only ever
 * take away, applying them again takes nothing more, and their order does not matter.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedIngress } from '../../src/guardrails/allowed-ingress.ts';
import { defaultSecurityGroup } from '../../src/guardrails/default-security-group.ts';
import { writesOf } from '../../src/iam/needed.ts';
import { boxOf } from '../../src/ingress/box.ts';
import { containsRegion, intersectRegions, type Region } from '../../src/ingress/region.ts';
import { parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Guardrail, Surroundings } from '../../src/model/guardrail.ts';
import type { Json } from '../../src/model/json.ts';
import type { Observation } from '../../src/model/resource.ts';
import type { Rule, Rules } from '../../src/model/rule.ts';
import type { Demand } from '../../src/plan/govern.ts';
import { judge, type Spared } from '../../src/plan/judge.ts';
import { ruleTransition } from '../../src/resources/security-group/transition.ts';
import { weigh } from '../../src/resources/security-group/weigh.ts';
import { lists, rule } from '../ingress/arbitraries.ts';
import { LAW_RUNS } from '../support/law-runs.ts';

const RUNS = { numRuns: LAW_RUNS };

const ports = fc.oneof(
  fc.constantFrom('all', { not: [80, 443] }, { not: ['22-23'] }),
  fc.subarray([1, 22, 23, 80, 443, '20-25', '0-65535'], { minLength: 1 }),
);
const from = fc.oneof(
  fc.constant('none'),
  fc.subarray(['offices', 'private', '10.0.0.0/29', '2001:db8::/125', 'sg-00000001', 'itself', 'pl-0000000a'], {
    minLength: 1,
  }),
);
const entry = fc
  .record({
    from,
    traffic: fc.oneof(
      { weight: 3, arbitrary: fc.record({ ports }) },
      { weight: 1, arbitrary: fc.record({ ports, protocols: fc.constantFrom(['tcp'], ['udp']) }) },
      { weight: 1, arbitrary: fc.record({ protocols: fc.constantFrom(['udp', 'icmp'], ['50'], ['all']) }) },
      { weight: 1, arbitrary: fc.constant({ ports: { not: [80, 443] }, protocols: ['all'] }) },
    ),
    widerThan: fc.constantFrom(undefined, undefined, '/28', '/32'),
    otherwise: fc.constantFrom('narrow', 'narrow', 'narrow', 'revoke', 'report'),
  })
  .map(({ traffic, widerThan, ...rest }) => ({
    ...rest,
    ...traffic,
    ...(widerThan && { widerThan }),
  }));

const demand: fc.Arbitrary<Demand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.array(entry, { minLength: 1, maxLength: 3 }).map((params) => demandOf(allowedIngress, params)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom({ ingress: 'none' }, { egress: 'none' })
      .map((params) => demandOf(defaultSecurityGroup, params)),
  },
);
const demands = fc.array(demand, { minLength: 1, maxLength: 3 });
const rules: fc.Arbitrary<Rules> = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: rule },
      { weight: 1, arbitrary: rule.map((one): Rule => ({ ...one, direction: 'egress' })) },
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((some) => Object.fromEntries(some.map((one) => [ruleName(one), one])));
const around = lists.map((entries) => surroundings(entries));
const spared: fc.Arbitrary<readonly Spared[]> = fc.subarray(
  [
    { guardrail: 'allowed-ingress', what: 'tcp 22 from 10.0.0.0/30' },
    { guardrail: 'allowed-ingress', what: 'all from 2001:db8::/126' },
    { guardrail: 'default-security-group', what: 'tcp 0-65535 from 0.0.0.0/0' },
    { guardrail: 'default-security-group', what: 'icmp all to 10.0.0.0/8' },
  ],
  { maxLength: 3 },
);

describe('restrictors', () => {
  it('only ever take away; what nobody cuts stays the very same rule', () => {
    fc.assert(
      fc.property(rules, demands, spared, around, (before, all, exceptions, place) => {
        const { after } = judge(before, all, exceptions, place);
        expect(covers(before, after as Rules, place)).toBe(true);
        const cut = new Set(
          all.flatMap(({ guardrail, entry: { params } }) =>
            guardrail.kind === 'restrictor' ? guardrail.cuts(before, params, place).map(({ field }) => field) : [],
          ),
        );
        for (const [name, one] of Object.entries(before)) if (!cut.has(name)) expect(after[name]).toBe(one);
      }),
      RUNS,
    );
  }, 240_000);

  it('never open anything, whatever replaces what, also where addresses replace a prefix list', () => {
    fc.assert(
      fc.property(rules, demands, spared, around, (before, all, exceptions, place) => {
        const after = judge(before, all, exceptions, place).after as Rules;
        const steps = weigh(before, after, ruleTransition(before, after, 'sg-00000009'), place);
        const effects = steps.flatMap(({ changes }) => changes.map(({ effect }) => effect));
        expect(effects).not.toContain('loosens');
      }),
      { numRuns: RUNS.numRuns / 2 },
    );
  }, 240_000);

  it('need no other calls, there and back, than they say', () => {
    fc.assert(
      fc.property(rules, demands, spared, around, (before, all, exceptions, place) => {
        const after = judge(before, all, exceptions, place).after as Rules;
        const known = new Set(all.flatMap(({ guardrail }) => writesOf(guardrail).map(({ id }) => id)));
        const steps = [
          ...ruleTransition(before, after, 'sg-00000009'),
          ...ruleTransition(after, before, 'sg-00000009'),
        ];
        for (const { call } of steps) expect(known).toContain(call.operation);
      }),
      { numRuns: RUNS.numRuns / 2 },
    );
  }, 240_000);

  it('take nothing more when they are applied again', () => {
    fc.assert(
      fc.property(rules, demands, spared, around, (before, all, exceptions, place) => {
        const once = judge(before, all, exceptions, place).after;
        expect(judge(once, all, exceptions, place).after).toEqual(once);
      }),
      RUNS,
    );
  }, 240_000);

  it('come to the same in any order, and split over any number of policies', () => {
    fc.assert(
      fc.property(rules, demands, spared, around, fc.nat(), (before, all, exceptions, place, turn) => {
        const { after } = judge(before, all, exceptions, place);
        const at = turn % all.length;
        const turned = [...all.slice(at), ...all.slice(0, at)].reverse();
        expect(judge(before, turned, exceptions, place).after).toEqual(after);
        const split = all.flatMap((one) =>
          Array.isArray(one.entry.params)
            ? one.entry.params.map((each) => demandOf(one.guardrail, [each as Json]))
            : [one],
        );
        expect(judge(before, split, exceptions, place).after).toEqual(after);
      }),
      RUNS,
    );
  }, 240_000);

  it('leave no more together than each of them leaves alone', () => {
    fc.assert(
      fc.property(rules, demand, demand, around, (before, a, b, place) => {
        const both = judge(before, [a, b], [], place).after as Rules;
        for (const one of [a, b])
          expect(covers(judge(before, [one], [], place).after as Rules, both, place)).toBe(true);
      }),
      { numRuns: RUNS.numRuns / 4 },
    );
  }, 240_000);

  it('leave what an exception spares from the only one of them, as far as it was there, and never more', () => {
    fc.assert(
      fc.property(rules, fc.array(entry, { minLength: 1, maxLength: 2 }), around, (before, params, place) => {
        const only = demandOf(allowedIngress, params);
        const text = 'tcp 20-24 from 10.0.0.0/29';
        const { after } = judge(before, [only], [{ guardrail: 'allowed-ingress', what: text }], place);
        const kept = intersectRegions(regionOf(before, place), regionOf({ [text]: parse(text) }, place));
        expect(containsRegion(regionOf(after as Rules, place), kept)).toBe(true);
        expect(covers(before, after as Rules, place)).toBe(true);
      }),
      { numRuns: RUNS.numRuns / 4 },
    );
  }, 240_000);
});

function demandOf(guardrail: Guardrail, params: Json): Demand {
  const at = { file: 'law.yaml', line: 1, column: 1 };
  const checked = guardrail.schema.parse(params) as Json;
  const named = { guardrail: guardrail.name, params: checked, at, positions: {} };
  const targets = { accounts: ['all'], exclude: [], regions: 'all' as const };
  return { policy: { name: 'law', at, targets, overrides: [], guardrails: [named] }, entry: named, guardrail };
}

function surroundings(entries: { readonly [id: string]: readonly { readonly cidr: string }[] }): Surroundings {
  const observations = new Map(
    Object.entries(entries).map(([id, some]): [string, Observation] => [
      id,
      { value: Object.fromEntries(some.map(({ cidr }) => [cidr, ''])), handles: {}, about: {} },
    ]),
  );
  return {
    account: '111122223333',
    region: 'eu-west-1',
    id: 'sg-00000002',
    about: { name: 'default', tags: {}, vpc: 'vpc-00000001' },
    ranges: { offices: ['10.0.0.0/30', '10.0.0.8/29', '2001:db8::/126'], private: ['10.0.0.0/8', 'fc00::/7'] },
    look: (reader, id) => (reader === 'prefix-list' ? observations.get(id) : undefined),
    elsewhere: () => ({ state: 'not-asked' }),
  };
}

function covers(outer: Rules, inner: Rules, place: Surroundings): boolean {
  return (['ingress', 'egress'] as const).every((direction) =>
    containsRegion(regionOf(outer, place, direction), regionOf(inner, place, direction)),
  );
}

function regionOf(some: Rules, { look }: Surroundings, direction = 'ingress'): Region {
  return Object.values(some)
    .filter((one) => one.direction === direction)
    .map((one) => boxOf(one, (id) => Object.keys(look('prefix-list', id)?.value ?? {}).map((cidr) => ({ cidr }))));
}

function parse(text: string): Rule {
  const parsed = parseRuleName(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

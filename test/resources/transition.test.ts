/** From one set of rules to another: in which calls, in which order, and what is open in between? */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { containsRegion, intersectRegions, type Region } from '../../src/ingress/region.ts';
import { canonicalRule, ruleName } from '../../src/ingress/rule.ts';
import { advance } from '../../src/model/plan.ts';
import type { Step } from '../../src/model/resource.ts';
import type { Direction, Peer, Rule, Rules } from '../../src/model/rule.ts';
import { lostTags, ruleTransition } from '../../src/resources/security-group/transition.ts';
import { LAW_RUNS } from '../support/law-runs.ts';
import { rulesOf } from '../support/snapshots.ts';

const GROUP = 'sg-0abc';
const LISTS: { readonly [id: string]: readonly { cidr: string }[] } = {
  'pl-1': [{ cidr: '10.0.0.0/9' }, { cidr: '192.0.2.0/24' }],
  'pl-2': [{ cidr: '2001:db8::/33' }],
};

/** Few values of each kind, so that rules nest, overlap and touch each other often. */
const peer: fc.Arbitrary<Peer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom('0.0.0.0/0', '0.0.0.0/1', '10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9', '10.0.0.0/30', '192.0.2.0/24')
      .map((cidr): Peer => ({ kind: 'ipv4', cidr })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('::/0', '2001:db8::/32', '2001:db8::/33').map((cidr): Peer => ({ kind: 'ipv6', cidr })),
  },
  { weight: 1, arbitrary: fc.constantFrom('pl-1', 'pl-2').map((id): Peer => ({ kind: 'prefix-list', id })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Peer>(
      { kind: 'group', id: 'sg-1' },
      { kind: 'group', id: 'sg-2' },
      { kind: 'group', id: 'sg-1', account: '111122223333', peering: 'pcx-1' },
    ),
  },
);
const ports = fc.tuple(fc.integer({ min: 20, max: 26 }), fc.integer({ min: 0, max: 5 }));
const traffic = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('tcp', 'udp'), ports)
      .map(([protocol, [from, more]]) => ({ protocol, from, to: from + more })),
  },
  { weight: 1, arbitrary: fc.constantFrom({ protocol: '-1' }, { protocol: '50' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { protocol: 'icmp', from: -1, to: -1 },
      { protocol: 'icmp', from: 3, to: -1 },
      { protocol: 'icmp', from: 3, to: 4 },
    ),
  },
);
const rule: fc.Arbitrary<Rule> = fc
  .record({
    direction: fc.constantFrom<Direction>('ingress', 'ingress', 'egress'),
    traffic,
    peer,
    description: fc.constantFrom(undefined, undefined, 'office'),
    tags: fc.constantFrom({}, {}, { ticket: 'OPS-1' }),
  })
  .map(({ traffic: what, ...rest }) => canonicalRule({ ...rest, ...what }));
const rules: fc.Arbitrary<Rules> = fc
  .array(rule, { maxLength: 7 })
  .map((some) => Object.fromEntries(some.map((one) => [ruleName(one), one])));
/** What becomes of a rule, as in practice: it stays, goes, falls into parts, grows, or trades places with a neighbour. */
type Turn = 'keep' | 'drop' | 'cut' | 'halve' | 'grow' | 'shift';
const turn = fc.constantFrom<Turn>('keep', 'drop', 'cut', 'cut', 'halve', 'grow', 'shift', 'shift');

function turned(one: Rule, how: Turn): readonly Rule[] {
  const { from = 0, to = 0 } = one;
  const ported = one.protocol === 'tcp' || one.protocol === 'udp';
  const halves = HALVES[one.peer.kind === 'ipv4' ? one.peer.cidr : ''] ?? [];
  if (how === 'drop') return [];
  if (how === 'halve') return halves.map((cidr): Rule => ({ ...one, peer: { kind: 'ipv4', cidr } }));
  if (!ported || how === 'keep') return [one];
  if (how === 'grow') return [{ ...one, from: from - 1, to: to + 1 }];
  if (how === 'shift') return [{ ...one, from: from + 2, to: to + 2 }];
  return [{ ...one, to: from }, ...(to > from + 1 ? [{ ...one, from: from + 2 }] : [])];
}

const HALVES: { readonly [cidr: string]: readonly string[] } = {
  '0.0.0.0/0': ['0.0.0.0/1', '128.0.0.0/1'],
  '10.0.0.0/8': ['10.0.0.0/9', '10.128.0.0/9'],
};

const named = (some: readonly Rule[]): Rules => Object.fromEntries(some.map((one) => [ruleName(one), one]));

/** Any two sets of rules; or what many small changes make of one. */
const pairOfRules: fc.Arbitrary<readonly [Rules, Rules]> = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(rules, rules) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(rules, fc.array(turn, { minLength: 7, maxLength: 7 }), fc.boolean())
      .map(([before, turns, back]): [Rules, Rules] => {
        const after = named(Object.values(before).flatMap((one, i) => turned(one, turns[i] ?? 'keep')));
        return back ? [after, before] : [before, after];
      }),
  },
);

const RUNS = { numRuns: LAW_RUNS };

describe('every law of a transition', () => {
  it('what is open before and after is open at every instant between', () => {
    fc.assert(
      fc.property(pairOfRules, ([before, after]) => {
        for (const direction of ['ingress', 'egress'] as const) {
          const stays = intersectRegions(regionOf(before, direction), regionOf(after, direction));
          for (const value of valuesOn(before, ruleTransition(before, after, GROUP))) {
            expect(containsRegion(regionOf(value, direction), stays)).toBe(true);
          }
        }
      }),
      RUNS,
    );
  }, 120_000);

  it('it ends where it should, and every call says exactly what it leaves behind', () => {
    fc.assert(
      fc.property(pairOfRules, ([before, after]) => {
        const steps = ruleTransition(before, after, GROUP);
        expect(valuesOn(before, steps).at(-1) ?? before).toEqual(after);
        let value: Rules = before;
        for (const step of steps) {
          expect(step.changes).not.toEqual([]);
          for (const { field, before: old } of step.changes) expect(value[field]).toEqual(old);
          value = advance(value, step) as Rules;
        }
      }),
      { numRuns: RUNS.numRuns / 5 },
    );
  });

  it('the way back turns every rule that was changed in place back into itself', () => {
    fc.assert(
      fc.property(pairOfRules, ([before, after]) => {
        const there = pairsIn(ruleTransition(before, after, GROUP)).map(([from, to]) => [to, from]);
        expect([...pairsIn(ruleTransition(after, before, GROUP))].sort()).toEqual(there.sort());
      }),
      { numRuns: RUNS.numRuns / 5 },
    );
  });
});

describe('a rule is changed in place', () => {
  it.each([
    ['its ports become fewer', 'tcp 20-25 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8'],
    ['its ports become others', 'tcp 22 from sg-1', 'tcp 2222 from sg-1'],
    ['its range becomes smaller', 'tcp 22 from 0.0.0.0/0', 'tcp 22 from 198.51.100.0/24'],
    ['its range becomes another', 'tcp 22 from 192.0.2.1/32', 'tcp 22 from 192.0.2.2/32'],
    ['its range grows', 'udp 53 to 2001:db8::/33', 'udp 53 to 2001:db8::/32'],
    ['its code becomes any', 'icmp 3/4 from 10.0.0.0/8', 'icmp 3 from 10.0.0.0/8'],
  ])('when %s', (_, before, after) => {
    expect(operations(rulesOf(before), rulesOf(after))).toEqual(['ec2:ModifySecurityGroupRules']);
  });

  it.each([
    ['kind of source', 'tcp 22 from 0.0.0.0/0', 'tcp 22 from ::/0'],
    ['protocol', 'tcp 53 from 10.0.0.0/8', 'udp 53 from 10.0.0.0/8'],
    ['group', 'tcp 22 from sg-1', 'tcp 22 from sg-2'],
    ['ports and range at once', 'tcp 22 from 10.0.0.0/8', 'tcp 23 from 10.0.0.0/9'],
    ['ports of a prefix list', 'tcp 22 from pl-1', 'tcp 23 from pl-1'],
    ['ports of a group of another account', 'tcp 22 from 111122223333/sg-1', 'tcp 23 from 111122223333/sg-1'],
  ])('but added and removed where it is another in its %s', (_, before, after) => {
    expect(operations(rulesOf(before), rulesOf(after))).toEqual([
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:RevokeSecurityGroupIngress',
    ]);
  });

  it('is added and removed where it gets other labels too', () => {
    const [[, old]] = Object.entries(rulesOf('tcp 20-25 from 10.0.0.0/8')) as [[string, Rule]];
    const described = { 'tcp 20-25 from 10.0.0.0/8': { ...old, description: 'office' } };
    expect(operations(described, rulesOf('tcp 22 from 10.0.0.0/8'))).toHaveLength(2);
  });

  it('sends the whole rule, one of them per call, by the id that it has then', () => {
    const name = 'tcp 20-25 from 10.0.0.0/8';
    const before = Object.fromEntries(
      Object.entries(rulesOf(name)).map(([key, one]) => [key, { ...one, description: 'office' }]),
    );
    const after = { 'tcp 22 from 10.0.0.0/8': { ...(before[name] as Rule), from: 22, to: 22 } };
    expect(ruleTransition(before, after, GROUP).map(({ call }) => call)).toEqual([
      {
        operation: 'ec2:ModifySecurityGroupRules',
        input: {
          GroupId: GROUP,
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: '',
              SecurityGroupRule: {
                IpProtocol: 'tcp',
                FromPort: 22,
                ToPort: 22,
                CidrIpv4: '10.0.0.0/8',
                Description: 'office',
              },
            },
          ],
        },
        handles: { 'SecurityGroupRules.0.SecurityGroupRuleId': name },
      },
    ]);
  });

  it('widens before anything moves or narrows', () => {
    const before = rulesOf('tcp 1-9 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/9', 'tcp 80 from 192.0.2.1/32');
    const after = rulesOf('tcp 1-5 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8', 'tcp 80 from 192.0.2.2/32');
    expect(pairsIn(ruleTransition(before, after, GROUP))).toEqual([
      ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.0.0.0/8'],
      ['tcp 80 from 192.0.2.1/32', 'tcp 80 from 192.0.2.2/32'],
      ['tcp 1-9 from 10.0.0.0/8', 'tcp 1-5 from 10.0.0.0/8'],
    ]);
  });

  it('does not move two rules into the place of each other', () => {
    const before = rulesOf('tcp 1-10 from sg-1', 'tcp 20-30 from sg-1');
    const after = rulesOf('tcp 25-35 from sg-1', 'tcp 5-15 from sg-1');
    expect(pairsIn(ruleTransition(before, after, GROUP)).length).toBeLessThan(2);
  });

  it("keeps AWS's own tags, which could not be set on a new rule", () => {
    const tagged = (text: string) =>
      Object.fromEntries(
        Object.entries(rulesOf(text)).map(([name, one]) => [name, { ...one, tags: { 'aws:x': '1' } }]),
      );
    expect(lostTags(tagged('tcp 20-25 from 10.0.0.0/8'), tagged('tcp 22 from 10.0.0.0/8'))).toEqual([]);
    expect(lostTags({}, tagged('tcp 22 from 10.0.0.0/8'))).toHaveLength(1);
  });
});

/** The value after each step. */
function valuesOn(before: Rules, steps: readonly Step[]): readonly Rules[] {
  let value: Rules = before;
  return steps.map((step) => {
    value = advance(value, step) as Rules;
    return value;
  });
}

function regionOf(some: Rules, direction: Direction): Region {
  return Object.values(some)
    .filter((one) => one.direction === direction)
    .map((one) => boxOf(one, (id) => LISTS[id]));
}

function operations(before: Rules, after: Rules): readonly string[] {
  return ruleTransition(before, after, GROUP).map(({ call }) => call.operation);
}

/** Which rule becomes which. */
function pairsIn(steps: readonly Step[]): readonly (readonly [string, string])[] {
  return steps
    .filter(({ call }) => call.operation === 'ec2:ModifySecurityGroupRules')
    .map(({ changes }) => [changes[0]?.field ?? '', changes[1]?.field ?? ''] as const);
}

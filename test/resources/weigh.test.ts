/** What a change does to a group as a whole; and what a schedule may do by itself: close, and nothing that opens anything. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { hasPacket, type Packet } from '../../src/ingress/region.ts';
import { canonicalRule, parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Rule, Rules } from '../../src/model/rule.ts';
import { onlyTightens as tightening } from '../../src/plan/heal.ts';
import { prefixList } from '../../src/resources/prefix-list.ts';
import { ruleTransition } from '../../src/resources/security-group/transition.ts';
import { weigh } from '../../src/resources/security-group/weigh.ts';
import { LAW_RUNS } from '../support/law-runs.ts';

const rulesOf = (...names: readonly string[]): Rules =>
  Object.fromEntries(
    names.map((name) => {
      const rule = parseRuleName(name);
      if ('problem' in rule) throw new Error(rule.problem);
      return [ruleName(rule), rule];
    }),
  );

type Lists = { readonly [id: string]: readonly string[] };

/** Rule → what its coming or going does. */
function effects(from: Rules, to: Rules, lists: Lists = {}): { readonly [field: string]: string } {
  const steps = weighed(from, to, lists);
  return Object.fromEntries(steps.flatMap(({ changes }) => changes.map(({ field, effect }) => [field, effect])));
}

function weighed(from: Rules, to: Rules, lists: Lists = {}) {
  return weigh(from, to, ruleTransition(from, to, 'sg-0own'), {
    look: (reader, id) => {
      const cidrs = reader === prefixList.name ? lists[id] : undefined;
      return cidrs && { value: Object.fromEntries(cidrs.map((cidr) => [cidr, ''])), handles: {}, about: {} };
    },
  });
}

const onlyTightens = (from: Rules, to: Rules): boolean => tightening(weighed(from, to));

const ANYWHERE = 'tcp 22 from 0.0.0.0/0';
const OFFICE = 'tcp 22 from 198.51.100.0/24';

describe('a rule that comes or goes', () => {
  it.each<readonly [string, readonly string[], readonly string[], { readonly [field: string]: string }]>([
    ['is narrowed', [ANYWHERE], [OFFICE], { [ANYWHERE]: 'tightens', [OFFICE]: 'keeps' }],
    ['is opened', [], [OFFICE], { [OFFICE]: 'loosens' }],
    ['is closed', [OFFICE], [], { [OFFICE]: 'tightens' }],
    ['repeats what stays', [ANYWHERE, OFFICE], [ANYWHERE], { [OFFICE]: 'keeps' }],
    ['moves', [OFFICE], ['tcp 22 from 10.0.0.0/8'], { [OFFICE]: 'tightens', 'tcp 22 from 10.0.0.0/8': 'loosens' }],
    [
      'is put together from others',
      ['tcp 22 from 10.0.0.0/9', 'tcp 22 from 10.128.0.0/9'],
      ['tcp 22 from 10.0.0.0/8'],
      { 'tcp 22 from 10.0.0.0/9': 'keeps', 'tcp 22 from 10.128.0.0/9': 'keeps', 'tcp 22 from 10.0.0.0/8': 'keeps' },
    ],
    [
      'is cut out of everything',
      ['all from 10.0.0.0/8'],
      ['tcp 22 from 10.0.0.0/8'],
      { 'all from 10.0.0.0/8': 'tightens', 'tcp 22 from 10.0.0.0/8': 'keeps' },
    ],
    [
      'names the part of a list that is allowed',
      ['tcp 22 from pl-0123'],
      [OFFICE],
      { 'tcp 22 from pl-0123': 'tightens', [OFFICE]: 'keeps' },
    ],
    [
      'names more than is in a list',
      ['tcp 22 from pl-0123'],
      ['tcp 22 from 198.51.0.0/16'],
      { 'tcp 22 from pl-0123': 'tightens', 'tcp 22 from 198.51.0.0/16': 'loosens' },
    ],
    [
      'names a part of a list of which nobody knows what is in it',
      ['tcp 22 from pl-0999'],
      [OFFICE],
      { 'tcp 22 from pl-0999': 'tightens', [OFFICE]: 'loosens' },
    ],
    [
      'names a list that holds today no more than was open',
      [ANYWHERE],
      ['tcp 22 from pl-0123'],
      { [ANYWHERE]: 'tightens', 'tcp 22 from pl-0123': 'loosens' },
    ],
  ])('%s', (_, from, to, expected) => {
    const lists = { 'pl-0123': ['198.51.100.0/24', '203.0.113.0/24'] };
    expect(effects(rulesOf(...from), rulesOf(...to), lists)).toEqual(expected);
  });
});

describe('from one set of rules to another only closes', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['what takes a rule away', [ANYWHERE, OFFICE], [OFFICE]],
    ['what narrows one to some of its addresses', [ANYWHERE], [OFFICE, 'tcp 22 from 203.0.113.0/24']],
    ['what narrows one to some of its ports', ['tcp 20-30 from 0.0.0.0/0'], ['tcp 20-21 from 0.0.0.0/0']],
    [
      'what cuts everything into what is left',
      ['all from 0.0.0.0/0'],
      ['tcp 0-21 from 0.0.0.0/0', 'udp 0-65535 from 0.0.0.0/0'],
    ],
    [
      'what several rules let in together before',
      ['tcp 1-5 from 10.0.0.0/9', 'tcp 1-5 from 10.128.0.0/9'],
      ['tcp 2 from 10.0.0.0/8'],
    ],
    ['what keeps ports of a prefix list', ['tcp 1-5 from pl-0123'], ['tcp 2 from pl-0123']],
  ])('%s', (_, from, to) => {
    expect(onlyTightens(rulesOf(...from), rulesOf(...to))).toBe(true);
    expect(onlyTightens(rulesOf(...to), rulesOf(...from))).toBe(false);
  });

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['nothing that moves', [OFFICE], ['tcp 22 from 203.0.113.0/24']],
    ['nothing that closes here and opens there', [ANYWHERE, OFFICE], [OFFICE, 'tcp 23 from 203.0.113.0/24']],
    [
      'nothing that only says it otherwise',
      ['tcp 1 from 10.0.0.0/9', 'tcp 1 from 10.128.0.0/9'],
      ['tcp 1 from 10.0.0.0/8'],
    ],
    ['nothing in the other direction', [ANYWHERE], ['tcp 22 to 198.51.100.0/24']],
    ['nothing that a list may stand for', [ANYWHERE], ['tcp 22 from pl-0123']],
    ['no list turned into addresses', ['tcp 22 from pl-0123'], [OFFICE]],
    ['no group for everybody', [ANYWHERE], ['tcp 22 from sg-0123']],
    ['nothing at all', [OFFICE], [OFFICE]],
  ])('%s', (_, from, to) => {
    expect(onlyTightens(rulesOf(...from), rulesOf(...to))).toBe(false);
  });

  it('no rule that is labelled anew: that tightens nothing', () => {
    const [name, rule] = Object.entries(rulesOf(OFFICE))[0] as [string, Rule];
    expect(onlyTightens({ ...rulesOf(ANYWHERE), [name]: rule }, { [name]: { ...rule, description: 'new' } })).toBe(
      false,
    );
  });

  it('for any rules: whoever is let in afterwards was let in before', () => {
    const rule = fc
      .record({
        direction: fc.constantFrom('ingress' as const, 'egress' as const),
        protocol: fc.constantFrom('tcp', '-1'),
        from: fc.integer({ min: 20, max: 22 }),
        more: fc.integer({ min: 0, max: 2 }),
        cidr: fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9'),
      })
      .map(({ direction, protocol, from, more, cidr }) =>
        canonicalRule({ direction, protocol, from, to: from + more, peer: { kind: 'ipv4', cidr } }),
      );
    const some = fc
      .array(rule, { maxLength: 4 })
      .map((all): Rules => Object.fromEntries(all.map((one) => [ruleName(one), one])));
    const packet: fc.Arbitrary<Packet> = fc.record({
      place: fc.integer({ min: 6 * 65_536 + 19, max: 6 * 65_536 + 25 }),
      peer: fc.constantFrom(0x0a000001, 0x0a800001, 0x01010101),
    });
    const letsIn = (rules: Rules, direction: Rule['direction'], one: Packet): boolean =>
      hasPacket(
        Object.values(rules)
          .filter((each) => each.direction === direction)
          .map((each) => boxOf(each, () => [])),
        one,
      );
    let closing = 0;
    fc.assert(
      fc.property(some, some, fc.array(packet, { minLength: 20 }), (from, to, packets) => {
        if (!onlyTightens(from, to)) return;
        closing += 1;
        for (const one of packets)
          for (const direction of ['ingress', 'egress'] as const)
            if (letsIn(to, direction, one)) expect(letsIn(from, direction, one)).toBe(true);
      }),
      { numRuns: LAW_RUNS },
    );
    expect(closing).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findingsOf, THRESHOLDS } from '../../src/ingress/findings.ts';
import { parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Rules } from '../../src/model/rule.ts';
import { lawRuns } from '../support/law-runs.ts';
import { choice, lists, packetsNear, rule } from './arbitraries.ts';
import { ruleAllows } from './oracle.ts';

const LISTS: { readonly [id: string]: readonly { readonly cidr: string }[] } = {
  'pl-world': [{ cidr: '0.0.0.0/1' }, { cidr: '128.0.0.0/1' }],
  'pl-office': [{ cidr: '198.51.100.0/25' }, { cidr: '198.51.100.128/25' }],
  'pl-empty': [],
};
const entriesOf = (id: string) => LISTS[id];

function rules(...names: string[]): Rules {
  return Object.fromEntries(
    names.map((name) => {
      const rule = parseRuleName(name);
      if ('problem' in rule) throw new Error(rule.problem);
      return [name, rule];
    }),
  );
}

const found = (...names: string[]) =>
  findingsOf(rules(...names), entriesOf).map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

describe('the exposure of a rule', () => {
  test.each([
    ['all from 0.0.0.0/0', ['critical everything-open: everything is open to 0.0.0.0/0']],
    ['all from ::/0', ['critical everything-open: everything is open to ::/0']],
    ['all from 128.0.0.0/1', ['critical everything-open: everything is open to 128.0.0.0/1']],
    ['all from 2000::/3', ['critical everything-open: everything is open to 2000::/3']],
    ['all from pl-world', ['critical everything-open: everything is open to 0.0.0.0/0']],
    ['tcp 0-65535 from 0.0.0.0/0', ['critical port-open: tcp 0-65535 is open to 0.0.0.0/0']],
    ['tcp 22 from 0.0.0.0/0', ['high port-open: tcp 22 is open to 0.0.0.0/0']],
    ['tcp 22 from pl-world', ['high port-open: tcp 22 is open to 0.0.0.0/0']],
    ['udp 53 from ::/0', ['high port-open: udp 53 is open to ::/0']],
    ['protocol 50 from 0.0.0.0/0', ['critical port-open: protocol 50 is open to 0.0.0.0/0']],
    ['tcp 443 from 0.0.0.0/0', ['low port-open: tcp 443 is open to 0.0.0.0/0']],
    ['tcp 80-443 from 0.0.0.0/0', ['critical port-open: tcp 80-443 is open to 0.0.0.0/0']],
    ['all from 10.0.0.0/8', ['medium wide-range: all (all ports) is open to 10.0.0.0/8']],
    ['tcp 0-65535 from 203.0.113.0/24', ['medium wide-range: tcp 0-65535 (all ports) is open to 203.0.113.0/24']],
    ['tcp 1-100 from 2001:db8::/48', ['medium wide-range: tcp 1-100 (100 ports) is open to 2001:db8::/48']],
    ['tcp 1-100 from pl-office', ['medium wide-range: tcp 1-100 (100 ports) is open to 198.51.100.0/24']],
    ['tcp 1-99 from 10.0.0.0/8', []],
    ['tcp 0-65535 from 203.0.113.0/25', []],
    ['tcp 0-65535 from 2001:db8::/49', []],
    ['tcp 22 from 10.0.0.0/8', []],
    ['icmp all from 0.0.0.0/0', []],
    ['all from sg-00000001', []],
    ['all from pl-empty', []],
    ['all to 0.0.0.0/0', []],
    [
      'tcp 22 from pl-gone',
      ['medium unjudged: the entries of its prefix list were not read, so nothing can be said about it'],
    ],
  ])('%s', (name, expected) => {
    expect(found(name)).toEqual(expected);
  });

  it('follows the thresholds', () => {
    const strict = { ...THRESHOLDS, wide: { v4: 28, v6: 56 }, manyPorts: 2, publicPorts: [] };
    const codes = findingsOf(rules('tcp 22-23 from 10.0.0.0/28', 'tcp 443 from 0.0.0.0/0'), entriesOf, strict);
    expect(codes.map(({ code, severity }) => [code, severity])).toEqual([
      ['wide-range', 'medium'],
      ['port-open', 'high'],
    ]);
  });
});

describe('a rule is shadowed', () => {
  const shadows = (...names: string[]) =>
    findingsOf(rules(...names), entriesOf).flatMap(({ code, rule, message }) =>
      code === 'shadowed' ? [`${rule} ${message}`] : [],
    );

  test.each([
    [
      ['tcp 22 from 10.0.0.0/8', 'tcp 0-100 from 10.0.0.0/8'],
      ['tcp 22 from 10.0.0.0/8 lets through nothing that tcp 0-100 from 10.0.0.0/8 would not'],
    ],
    [
      ['tcp 22 from 10.0.0.0/8', 'all from 10.0.0.0/8'],
      ['tcp 22 from 10.0.0.0/8 lets through nothing that all from 10.0.0.0/8 would not'],
    ],
    [
      ['tcp 1-9 from 10.0.0.0/24', 'tcp 1-9 from 10.0.0.0/25', 'tcp 1-9 from 10.0.0.128/25'],
      ['tcp 1-9 from 10.0.0.0/24 lets through nothing that 2 other rules together would not'],
    ],
    [
      ['all from sg-00000001', 'tcp 22 from sg-00000001'],
      ['tcp 22 from sg-00000001 lets through nothing that all from sg-00000001 would not'],
    ],
    // Of two rules that mean the same, only one could go.
    [
      ['tcp 22 from 198.51.100.0/24', 'tcp 22 from pl-office'],
      ['tcp 22 from 198.51.100.0/24 lets through nothing that tcp 22 from pl-office would not'],
    ],
    [['tcp 22 from 10.0.0.0/8', 'tcp 22 to 10.0.0.0/8'], []],
    [['tcp 22 from sg-00000001', 'all from 0.0.0.0/0'], []],
    [['tcp 22 from 10.0.0.0/8', 'all from pl-gone'], []],
    [['tcp 22 from pl-empty'], []],
  ])('%j', (names, expected) => {
    expect(shadows(...names)).toEqual(expected);
  });

  it('only if all that are shadowed can go at once and no packet is stopped', () => {
    const law = fc.property(
      fc.array(rule, { minLength: 2, maxLength: 8 }),
      lists,
      fc.array(choice, { minLength: 5, maxLength: 5 }),
      (some, lists, choices) => {
        const all = Object.fromEntries(some.map((rule) => [ruleName(rule), rule]));
        const gone = new Set(
          findingsOf(all, (id) => lists[id]).flatMap(({ code, rule }) => (code === 'shadowed' ? [rule] : [])),
        );
        const left = Object.entries(all).flatMap(([name, rule]) => (gone.has(name) ? [] : [rule]));
        for (const packet of some.flatMap((rule) => packetsNear(rule, choices))) {
          expect(left.some((rule) => ruleAllows(rule, packet, lists))).toBe(
            some.some((rule) => ruleAllows(rule, packet, lists)),
          );
        }
      },
    );
    fc.assert(law, { numRuns: lawRuns(1500) });
  });
});

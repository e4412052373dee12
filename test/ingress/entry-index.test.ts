/** Does the index find every entry that takes something from a rule, also when it remembers another rule's stretch? */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../../src/ingress/axis.ts';
import { cutsOf } from '../../src/ingress/cuts.ts';
import { indexEntries } from '../../src/ingress/entry-index.ts';
import { governedTraffic } from '../../src/ingress/fence.ts';
import { overlaps } from '../../src/ingress/ranges.ts';
import { canonicalRule } from '../../src/ingress/rule.ts';
import { lawRuns } from '../support/law-runs.ts';
import { entry, lists, rule } from './arbitraries.ts';

const entries = fc.array(entry, { maxLength: 6 });
const rules = fc.array(rule, { minLength: 1, maxLength: 6 });

describe('of all entries, the index', () => {
  it('leaves out only those that take nothing from the rule', () => {
    const law = fc.property(entries, rules, lists, (all, some, known) => {
      const index = indexEntries(all);
      const missed = some.flatMap((one) => {
        const suspected = index.suspecting(one);
        return all.filter((each, i) => !suspected.includes(i) && cutsOf(one, each, (id) => known[id]).length > 0);
      });
      expect(missed).toEqual([]);
    });
    fc.assert(law, { numRuns: lawRuns(5000) });
  });

  it('knows exactly those that have a say about the traffic, in their order', () => {
    const law = fc.property(entries, rules, (all, some) => {
      const index = indexEntries(all);
      const meeting = some.map((one) =>
        all.flatMap((each, i) => (overlaps(governedTraffic(each), placesOf(one)) ? [i] : [])),
      );
      expect(some.map(index.governing)).toEqual(meeting);
    });
    fc.assert(law, { numRuns: lawRuns(5000) });
  });

  it('asks none about a rule that all of them allow, and none at all about egress', () => {
    const everywhere = { protocols: ['tcp'], ports: [{ from: 0, to: 65_535 }] };
    const allowing = (...cidrs: string[]) => ({
      ...everywhere,
      allowed: { cidrs, groups: 'any' as const, prefixLists: [] },
    });
    const index = indexEntries([allowing('10.0.0.0/8'), allowing('10.0.0.0/9', '10.128.0.0/9', '192.0.2.0/24')]);
    const from = (cidr: string, direction: 'ingress' | 'egress' = 'ingress') =>
      canonicalRule({ direction, protocol: 'tcp', from: 22, to: 22, peer: { kind: 'ipv4', cidr } });
    expect(index.suspecting(from('10.64.0.0/10'))).toEqual([]);
    expect(index.suspecting(from('192.0.2.0/24'))).toEqual([0, 1]);
    expect(index.suspecting(from('0.0.0.0/0', 'egress'))).toEqual([]);
  });
});

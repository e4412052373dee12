/** The central law of allowed ingress, and what follows from it, on a space small enough to look at every packet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntriesOf } from '../../src/ingress/box.ts';
import { boxOf } from '../../src/ingress/box.ts';
import { type Cut, cutsOf } from '../../src/ingress/cuts.ts';
import type { Entry } from '../../src/ingress/entry.ts';
import { type Narrowed, narrow } from '../../src/ingress/narrow.ts';
import { ruleName } from '../../src/ingress/rule.ts';
import type { Rule } from '../../src/model/rule.ts';
import { lawRuns } from '../support/law-runs.ts';
import { choice, entry, everyPacket, lists, packetsNear, rule } from './arbitraries.ts';
import { entryAllows, governs, type Lists, type Packet, ruleAllows } from './oracle.ts';

type Demand = { readonly entry: Entry; readonly otherwise: 'narrow' | 'revoke' };
type Case = {
  readonly rule: Rule;
  readonly demands: readonly Demand[];
  readonly spared: readonly Rule[];
  readonly lists: Lists;
};

const demand: fc.Arbitrary<Demand> = fc.record({ entry, otherwise: fc.constantFrom('narrow', 'narrow', 'revoke') });
const scene: fc.Arbitrary<Case> = fc.record({
  rule,
  demands: fc.array(demand, { minLength: 1, maxLength: 3 }),
  spared: fc.array(rule, { maxLength: 2 }),
  lists,
});

const reader =
  (lists: Lists): EntriesOf =>
  (id) =>
    lists[id];

function cutsFor(rule: Rule, demands: readonly Demand[], lists: Lists): readonly Cut[] {
  return demands.flatMap(({ entry, otherwise }): readonly Cut[] => {
    const cuts = cutsOf(rule, entry, reader(lists));
    return otherwise === 'revoke' && cuts.length > 0 ? ['all'] : cuts;
  });
}

function narrowed({ rule, demands, spared, lists }: Case): Narrowed {
  const regions = spared.map((spare) => [boxOf(spare, reader(lists))]);
  return narrow(rule, cutsFor(rule, demands, lists), regions, reader(lists));
}

/** What the law says about one packet, without geometry. */
function isExpected(
  { rule, demands, spared, lists }: Case,
  packet: Packet,
  violates: (entry: Entry) => boolean,
): boolean {
  if (!ruleAllows(rule, packet, lists)) return false;
  if (spared.some((spare) => ruleAllows(spare, packet, lists))) return true;
  return !demands.some(({ entry, otherwise }) =>
    otherwise === 'revoke' ? violates(entry) : isCut(rule, entry, packet, lists),
  );
}

function isCut(rule: Rule, entry: Entry, packet: Packet, lists: Lists): boolean {
  return governs(entry, rule, packet, lists) && !entryAllows(entry, packet, lists);
}

function isNamed(lost: readonly string[], { protocol }: Packet): boolean {
  const kinds: { readonly [protocol: number]: RegExp } = {
    1: /^what is left of icmp |other than .*udp and icmpv6 /,
    58: /^what is left of icmpv6 |other than .*udp and icmp /,
  };
  const kind = protocol === 6 || protocol === 17 ? /^$/ : (kinds[protocol] ?? /^protocols other than/);
  return lost.some((phrase) => kind.test(phrase));
}

function judge(scene: Case, packets: readonly Packet[], violates: (entry: Entry) => boolean): void {
  const { kept, lost } = narrowed(scene);
  for (const packet of packets) {
    const after = kept.some((rule) => ruleAllows(rule, packet, scene.lists));
    const expected = isExpected(scene, packet, violates);
    if (after !== expected && !(expected && isNamed(lost, packet))) {
      const text = JSON.stringify({ packet, expected, after, kept: kept.map(ruleName), lost }, (_, value) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      expect.fail(text);
    }
  }
}

describe('after narrowing, a packet passes exactly if it passed before and is not (governed and outside allowed)', () => {
  it('holds for many rules and some packets of each', () => {
    const law = fc.property(scene, fc.array(choice, { minLength: 40, maxLength: 40 }), (scene, choices) => {
      judge(
        scene,
        packetsNear(scene.rule, choices),
        (entry) => cutsOf(scene.rule, entry, reader(scene.lists)).length > 0,
      );
    });
    fc.assert(law, { numRuns: lawRuns(10_000) });
  });

  it('holds for some rules and every packet, and an entry cuts exactly those rules of which it cuts a packet', () => {
    const law = fc.property(scene, (scene) => {
      const violated = scene.demands
        .map(({ entry }) => entry)
        .filter((entry) => everyPacket.some((packet) => isCut(scene.rule, entry, packet, scene.lists)));
      for (const { entry } of scene.demands) {
        expect(cutsOf(scene.rule, entry, reader(scene.lists)).length > 0).toBe(violated.includes(entry));
      }
      judge(scene, everyPacket, (entry) => violated.includes(entry));
    });
    fc.assert(law, { numRuns: lawRuns(500) });
  });
});

describe('narrowing', () => {
  it('leaves a rule that nobody cuts the very same', () => {
    const law = fc.property(scene, (scene) => {
      const { kept, lost } = narrowed(scene);
      const cut = cutsFor(scene.rule, scene.demands, scene.lists).length > 0;
      if (!cut) expect([kept[0] === scene.rule, kept.length, lost]).toEqual([true, 1, []]);
      // Whoever is kept whole is kept by its own name, even if it was cut and spared.
      if (kept.some((rule) => ruleName(rule) === ruleName(scene.rule))) expect(kept).toEqual([scene.rule]);
    });
    fc.assert(law, { numRuns: lawRuns(10_000) });
  });

  it('does nothing the second time', () => {
    const law = fc.property(scene, (scene) => {
      for (const rule of narrowed(scene).kept) {
        const again = narrowed({ ...scene, rule });
        expect([again.kept.length, again.kept[0] === rule, again.lost]).toEqual([1, true, []]);
      }
    });
    fc.assert(law, { numRuns: lawRuns(10_000) });
  });

  it('does not depend on the order of entries', () => {
    const law = fc.property(scene, (scene) => {
      const forth = narrowed(scene);
      const back = narrowed({ ...scene, demands: [...scene.demands].reverse(), spared: [...scene.spared].reverse() });
      expect(back).toEqual(forth);
    });
    fc.assert(law, { numRuns: lawRuns(3000) });
  });

  it('keeps less when there is one more entry, and more when something is spared', () => {
    const law = fc.property(scene, demand, rule, fc.array(choice, { minLength: 10 }), (scene, more, spare, choices) => {
      const before = narrowed(scene);
      const stricter = narrowed({ ...scene, demands: [...scene.demands, more] });
      const looser = narrowed({ ...scene, spared: [...scene.spared, spare] });
      for (const packet of packetsNear(scene.rule, choices)) {
        const passes = ({ kept }: Narrowed) => kept.some((rule) => ruleAllows(rule, packet, scene.lists));
        if (passes(stricter) && !passes(before)) expect(isNamed(before.lost, packet)).toBe(true);
        if (passes(before) && !passes(looser)) expect(isNamed(looser.lost, packet)).toBe(true);
      }
    });
    fc.assert(law, { numRuns: lawRuns(5000) });
  });

  it('carries description and tags to every rule that replaces one', () => {
    const law = fc.property(scene, (scene) => {
      const words = { description: 'web', tags: { owner: 'a' } };
      for (const rule of narrowed({ ...scene, rule: { ...scene.rule, ...words } }).kept)
        expect(rule).toMatchObject(words);
    });
    fc.assert(law, { numRuns: lawRuns(1000) });
  });
});

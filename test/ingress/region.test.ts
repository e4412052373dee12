import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import {
  containsRegion,
  EVERYTHING,
  hasPacket,
  intersectRegions,
  type Packet,
  subtractRegions,
} from '../../src/ingress/region.ts';
import type { Rule } from '../../src/model/rule.ts';
import { lawRuns } from '../support/law-runs.ts';
import { choice, lists, packetsNear, rule } from './arbitraries.ts';
import { type Lists, type Packet as NaivePacket, ruleAllows } from './oracle.ts';

/** A packet of the oracle on the axis, by the definition of the axis. */
function placed({ protocol, a, b, peer }: NaivePacket): Packet {
  const icmp = protocol === 1 || protocol === 58;
  const place = protocol * 65_536 + (icmp ? a * 256 + b : a);
  if ('group' in peer) return { place, peer: peer.group };
  return { place, peer: peer.version === 4 ? Number(peer.address) : peer.address };
}

const some = fc.array(rule, { minLength: 1, maxLength: 3 });
const regionOf = (rules: readonly Rule[], lists: Lists) => rules.map((rule) => boxOf(rule, (id) => lists[id]));

describe('regions', () => {
  it('are sets of packets: those that the rules let through', () => {
    const law = fc.property(
      some,
      some,
      lists,
      fc.array(choice, { minLength: 10, maxLength: 10 }),
      (a, b, lists, choices) => {
        const [inA, inB] = [regionOf(a, lists), regionOf(b, lists)];
        const [both, onlyA, notB] = [
          intersectRegions(inA, inB),
          subtractRegions(inA, inB),
          subtractRegions(EVERYTHING, inB),
        ];
        for (const packet of [...a, ...b].flatMap((rule) => packetsNear(rule, choices))) {
          const [byA, byB] = [a, b].map((rules) => rules.some((rule) => ruleAllows(rule, packet, lists)));
          const at = placed(packet);
          expect(hasPacket(inA, at)).toBe(byA);
          expect(hasPacket(both, at)).toBe(byA && byB);
          expect(hasPacket(onlyA, at)).toBe(byA && !byB);
          expect(hasPacket(notB, at)).toBe(!byB);
        }
      },
    );
    fc.assert(law, { numRuns: lawRuns(1500) });
  });

  it('contain each other exactly if nothing is left when one is taken from the other', () => {
    const law = fc.property(some, some, lists, (a, b, lists) => {
      const [inA, inB] = [regionOf(a, lists), regionOf(b, lists)];
      expect(containsRegion(EVERYTHING, inA)).toBe(true);
      expect(containsRegion([...inA, ...inB], inA)).toBe(true);
      expect(containsRegion(inA, intersectRegions(inA, inB))).toBe(true);
      expect(containsRegion(inB, subtractRegions(inA, inB))).toBe(containsRegion(inB, inA));
    });
    fc.assert(law, { numRuns: lawRuns(1500) });
  });
});

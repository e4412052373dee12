/** No cover with fewer rules exists: a search over all of them, on spaces small enough for it. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { narrow } from '../../src/ingress/narrow.ts';
import { parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Rule } from '../../src/model/rule.ts';
import { lawRuns } from '../support/law-runs.ts';

const named = (name: string): Rule => {
  const rule = parseRuleName(name);
  if ('problem' in rule) throw new Error(rule.problem);
  return rule;
};

/** All networks within 10.0.0.0/29, as masks of its eight addresses. */
const NETWORKS = new Map(
  [29, 30, 31, 32].flatMap((length) => {
    const size = 2 ** (32 - length);
    return Array.from({ length: 8 / size }, (_, i): [string, number] => [
      `10.0.0.${i * size}/${length}`,
      (2 ** size - 1) << (i * size),
    ]);
  }),
);

/** What one rule can say, as masks of cells of traffic. The last cell of a table may be one that only the widest shape holds. */
type Table = { readonly whole: string; readonly cells: number; readonly shapes: ReadonlyMap<string, number> };

const ports: Table = {
  whole: 'tcp 100-103',
  cells: 4,
  shapes: new Map(
    [0, 1, 2, 3].flatMap((from) =>
      [0, 1, 2, 3]
        .filter((to) => to >= from)
        .map((to): [string, number] => [
          from === to ? `tcp ${100 + from}` : `tcp ${100 + from}-${100 + to}`,
          (2 ** (to - from + 1) - 1) << from,
        ]),
    ),
  ),
};
// Cells: 3/0, 3/1, the rest of type 3, type 4, all other types.
const icmp: Table = {
  whole: 'icmp all',
  cells: 5,
  shapes: new Map([
    ['icmp all', 0b11111],
    ['icmp 3', 0b111],
    ['icmp 4', 0b1000],
    ['icmp 3/0', 0b1],
    ['icmp 3/1', 0b10],
  ]),
};
// Cells: tcp 0-9, tcp 10-65535, udp, icmp, 50, all other protocols.
const everything: Table = {
  whole: 'all',
  cells: 6,
  shapes: new Map([
    ['all', 0b111111],
    ['tcp 0-9', 0b1],
    ['tcp 10-65535', 0b10],
    ['tcp 0-65535', 0b11],
    ['udp 0-65535', 0b100],
    ['icmp all', 0b1000],
    ['protocol 50', 0b10000],
  ]),
};

type Candidate = { readonly name: string; readonly mask: bigint };

function candidatesOf({ cells, shapes }: Table): readonly Candidate[] {
  return [...shapes].flatMap(([shape, traffic]) =>
    [...NETWORKS].map(([network, addresses]) => {
      let mask = 0n;
      for (let cell = 0; cell < cells; cell++) {
        if (traffic & (1 << cell)) mask |= BigInt(addresses) << BigInt(8 * cell);
      }
      return { name: `${shape} from ${network}`, mask };
    }),
  );
}

/** Whether so many of the candidates, all of which lie in the goal, cover it. */
function canCover(goal: bigint, candidates: readonly Candidate[], most: number): boolean {
  if (goal === 0n) return true;
  if (most === 0) return false;
  const lowest = goal & -goal;
  return candidates.some(({ mask }) => (mask & lowest) !== 0n && canCover(goal & ~mask, candidates, most - 1));
}

it.each([ports, icmp, everything])('no fewer rules than these hold what is left of $whole', (table) => {
  const candidates = candidatesOf(table);
  // Everything is cut but a handful of boxes, so that the goal is any union of what rules can say.
  const law = fc.property(fc.uniqueArray(fc.constantFrom(...candidates), { minLength: 1, maxLength: 5 }), (spared) => {
    const rule = named(`${table.whole} from 10.0.0.0/29`);
    const regions = spared.map(({ name }) => [boxOf(named(name), () => undefined)]);
    const { kept, lost } = narrow(rule, ['all'], regions, () => undefined);
    const goal = spared.reduce((mask, spare) => mask | spare.mask, 0n);
    const usable = candidates.filter(({ mask }) => (mask & ~goal) === 0n);
    const largest = usable.filter(
      ({ mask }) => !usable.some((other) => other.mask !== mask && (mask & ~other.mask) === 0n),
    );

    const written = kept.map((rule) => candidates.find(({ name }) => name === ruleName(rule))?.mask ?? -1n);
    expect(written.reduce((mask, piece) => mask | piece, 0n)).toBe(goal);
    expect(canCover(goal, largest, kept.length - 1)).toBe(false);
    expect(lost).toEqual([]);
  });
  fc.assert(law, { numRuns: lawRuns(1500) });
});

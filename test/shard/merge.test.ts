/** Many machines, one plan: the shares put together are exactly what one machine would have planned. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { mergePlans } from '../../src/plan/merge.ts';
import { shardOf, shareOf } from '../../src/plan/shard.ts';
import { LIMITS, planned, STATE, snapshots } from './world.ts';

const counts = fc.integer({ min: 1, max: 7 });
const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** As the machines of a matrix make them and send them on: through a file each. */
function sharesOf(snapshot: Snapshot, of: number): Plan[] {
  return Array.from({ length: of }, (_, index) => json(planned(snapshot, { shard: { index: index + 1, of } })));
}

/** A fleet in which every share of three has something to change. */
const [busy] = fc.sample(
  snapshots.filter((snapshot) => sharesOf(snapshot, 3).every(({ cells }) => cells.some(({ digest }) => digest !== ''))),
  { numRuns: 1, seed: 1 },
) as [Snapshot];
const [one, two, three] = sharesOf(busy, 3) as [Plan, Plan, Plan];

describe('the shares of a plan', () => {
  it('make exactly the plan of one machine, byte for byte, in whatever order they come', () => {
    fc.assert(
      fc.property(snapshots, counts, fc.infiniteStream(fc.nat()), (snapshot, of, order) => {
        const shares = sharesOf(snapshot, of)
          .map((share) => ({ share, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ share }) => share);
        expect(JSON.stringify(mergePlans(shares, LIMITS))).toBe(JSON.stringify(planned(snapshot)));
      }),
      { numRuns: 60 },
    );
  });

  it('are tested on plans that have something of everything', () => {
    const plans = fc.sample(snapshots, { numRuns: 60, seed: 3 }).map((snapshot) => planned(snapshot));
    const outcomes = new Set(plans.flatMap(({ cells }) => cells.map(({ outcome }) => outcome)));
    expect([...outcomes].sort()).toEqual(['change', 'unread']);
    expect(plans.some(({ breaches }) => breaches.length > 0)).toBe(true);
    expect(plans.some(({ exemptions }) => exemptions.some(({ spares }) => spares > 1))).toBe(true);
    expect(plans.some(({ skipped }) => skipped.length > 1)).toBe(true);
    const codes = new Set(
      plans.flatMap(({ notes }) => notes.map(({ code, address }) => `${code} ${Boolean(address)}`)),
    );
    expect(codes.size).toBeGreaterThan(1);
  });

  it('judge no limit that only the whole can judge', () => {
    const whole = planned(busy).breaches.map(({ message }) => message);
    expect(mergePlans([one, two, three], LIMITS).breaches.map(({ message }) => message)).toEqual(whole);
    expect(whole.some((message) => message.startsWith('the run'))).toBe(true);
  });
});

describe('the account', () => {
  it('is in exactly one share, and a new one moves no other', () => {
    fc.assert(
      fc.property(snapshots, counts, ({ inventory }, of) => {
        const shares = Array.from({ length: of }, (_, index) => shareOf(inventory, { index: index + 1, of }));
        const ids = shares.flatMap(({ accounts }) => accounts.map(({ id }) => id));
        expect(ids.sort()).toEqual(inventory.accounts.map(({ id }) => id));
        const fewer = { ...inventory, accounts: inventory.accounts.slice(1) };
        const before = shareOf(fewer, { index: 1, of }).accounts.map(({ id }) => id);
        expect(shares[0]?.accounts.map(({ id }) => id)).toEqual(expect.arrayContaining(before));
      }),
    );
  });

  it('has its share for good: another hash would divide the shares of one plan differently on two versions', () => {
    expect(['111122223333', '444455556666', '999988887777'].map((id) => shardOf(id, 16))).toMatchInlineSnapshot(`
      [
        7,
        14,
        3,
      ]
    `);
  });

  it('falls into shares of about the same size', () => {
    const sizes = new Array<number>(8).fill(0);
    for (let n = 0; n < 8000; n += 1) {
      const index = shardOf(String(100_000_000_000 + n), 8) - 1;
      sizes[index] = (sizes[index] ?? 0) + 1;
    }
    for (const size of sizes) expect(Math.abs(size - 1000)).toBeLessThan(120);
  });
});

describe('what does not make a plan is refused with its reason', () => {
  const [cell] = two.cells;
  const other = { ...STATE, policies: STATE.policies.map((policy) => ({ ...policy, name: 'renamed' })) };
  const shard = { index: 2, of: 3 };
  const bigger = { ...busy, inventory: { ...busy.inventory, skipped: [] } };
  const cases: readonly (readonly [string, readonly Plan[], RegExp])[] = [
    ['nothing at all', [], /none of them is the share of a plan/],
    ['a missing share', [one, three], /share 2 of 3 is missing/],
    ['a doubled share', [one, two, two, three], /share 2 of 3 is there twice/],
    ['a whole plan among them', [one, two, three, planned(busy)], /one of them is a whole plan/],
    ['a share of another division', [one, two, three, ...sharesOf(busy, 4).slice(0, 1)], /share 1 of 4/],
    ['another state', [one, planned(busy, { shard, state: other }), three], /share 2 was planned from another state/],
    ['another --only', [one, planned(busy, { shard, only: { regions: ['eu-west-1'] } }), three], /another --only/],
    ['another day', [one, planned(busy, { shard, now: new Date('2026-11-22T00:10:00Z') }), three], /another day/],
    ['other accounts', [one, planned({ ...bigger, readings: busy.readings }, { shard }), three], /list of accounts/],
    ['another fleet', [one, { ...two, stamp: { ...two.stamp, fleet: 'china' } }, three], /another fleet/],
    ['another base', [one, { ...two, notes: two.notes.filter(({ address }) => address) }, three], /another base/],
    ['a forged digest', [one, { ...two, cells: [{ ...cell, digest: 'f'.repeat(64) }] } as Plan, three], /was altered/],
    ['other words above a digest', [one, reworded(two), three], /was altered/],
    ['a cell that was taken out', [one, { ...two, cells: two.cells.slice(1) }, three], /was altered/],
    ['a cell of another share', [one, { ...two, cells: [...two.cells, ...one.cells] }, three], /which is not its own/],
  ];
  it.each(cases)('%s', (_, parts, why) => {
    expect(() => mergePlans(parts, LIMITS)).toThrow(why);
  });

  it('all at once', () => {
    expect(() => mergePlans([two, two], LIMITS)).toThrow(/share 1 of 3 is missing.*share 3 of 3 is missing.*twice/);
  });
});

/** The digest of what was planned above something that looks harmless. */
function reworded(plan: Plan): Plan {
  return { ...plan, cells: plan.cells.map((cell) => (cell.digest === '' ? cell : { ...cell, after: cell.before })) };
}

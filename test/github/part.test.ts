/** Parts of a sharded run that do not belong together are refused, each by its name and with the reason. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf, lostShares, type Ordered, outcomeOf } from '../../src/commands/action/shares/ends.ts';
import { executable } from '../../src/commands/action/shares/executable.ts';
import { wholeOf } from '../../src/commands/action/shares/fit.ts';
import type { AppliedPart, FailedPart, Origin, Part, PlanPart } from '../../src/commands/action/shares/part.ts';
import { parsePart } from '../../src/commands/action/shares/part-shapes.ts';
import { recordPending } from '../../src/github/record.ts';
import type { Cell, Plan } from '../../src/model/plan.ts';
import { renewPlan } from '../../src/plan/renew.ts';
import { LIMITS, planned, snapshots } from '../shard/world.ts';

const [snapshot] = fc.sample(snapshots, { numRuns: 1, seed: 7 });
if (!snapshot) throw new Error('no snapshot');

const here: Origin = {
  repository: 1,
  run: 5001,
  commit: 'c'.repeat(40),
  head: 'a'.repeat(40),
  tree: 't'.repeat(40),
  state: 'state',
  slug: '0123456789abcdef',
};
const share = (index: number, of = 3, origin: Partial<Origin> = {}, list = 'list'): Part<PlanPart> => ({
  format: 'trueup-part/1',
  origin: { ...here, ...origin },
  kind: 'plan',
  share: { index, of },
  list,
  plan: planned(snapshot, { shard: { index, of } }),
  drifting: [],
});
const failed: Part<FailedPart> = {
  format: 'trueup-part/1',
  origin: here,
  kind: 'failed',
  share: { index: 2, of: 3 },
  reason: { code: 'no-credentials', message: 'there are no credentials' },
};
const [one, two, three] = [share(1), share(2), share(3)];

describe('the parts of a plan', () => {
  it('make a whole when each is there once', () => {
    expect(wholeOf([three, one, two], here, 'list')).toEqual([three, one, two]);
  });

  it.each<readonly [string, readonly Part[], RegExp]>([
    ['nothing at all', [], /none of them is there/],
    ['a missing one', [one, three], /share 2 of 3 is missing/],
    ['a doubled one', [one, two, two, three], /share 2 of 3 is there twice/],
    ['one that failed', [one, failed, three], /share 2 of 3 failed: there are no credentials \(no-credentials\)/],
    ['one of another division', [one, two, three, share(4, 4)], /share 4 of 4 is of another division/],
    [
      'one of another repository',
      [one, share(2, 3, { repository: 2 }), three],
      /share 2 of 3 is of another repository/,
    ],
    [
      'one of another run',
      [one, share(2, 3, { run: 4711 }), three],
      /share 2 of 3 is of run 4711, and this is run 5001/,
    ],
    [
      'one of another head',
      [one, share(2, 3, { head: 'b'.repeat(40) }), three],
      /is for head bbbbbbbbbbbb, and this is for a/,
    ],
    ['one of another commit', [one, share(2, 3, { commit: 'd'.repeat(40) }), three], /was made at commit dddddddddddd/],
    [
      'one of another tree',
      [one, share(2, 3, { tree: 'e'.repeat(40) }), three],
      /share 2 of 3 was made from another tree/,
    ],
    ['one of another state', [one, share(2, 3, { state: 'china' }), three], /is for the state in china/],
    ['one of another fleet', [one, share(2, 3, { slug: 'f'.repeat(16) }), three], /share 2 of 3 is for another fleet/],
    ['one of an earlier attempt', [one, share(2, 3, {}, 'older'), three], /share 2 of 3 was planned from another list/],
  ])('are refused with %s', (_, parts, why) => {
    expect(() => wholeOf(parts, here, 'list')).toThrow(why);
  });

  it('tell all that is wrong at once', () => {
    const parts = [failed, share(3, 3, { run: 1 }, 'older')];
    expect(() => wholeOf(parts, here, 'list')).toThrow(
      /1 of 3 is missing.*2 of 3 failed.*3 of 3 is of run 1,.*another list/,
    );
  });

  it('survive being written, and nothing else is taken for one', () => {
    for (const part of [one, failed]) expect(parsePart(JSON.stringify(part))).toEqual(JSON.parse(JSON.stringify(part)));
    const { origin: _, ...homeless } = one;
    for (const other of [homeless, { ...one, format: 'trueup-part/2' }, { ...one, plan: {} }, one.plan, null])
      expect(parsePart(JSON.stringify(other))).toBeUndefined();
    expect(parsePart('{"format":')).toBeUndefined();
  });
});

describe('what a share may carry out', () => {
  const changing = fc
    .sample(snapshots, { numRuns: 50, seed: 11 })
    .map((one) => planned(one))
    .find(({ cells }) => cells.filter(({ outcome }) => outcome === 'change').length >= 3);
  if (!changing) throw new Error('no plan with changes');
  const plan: Plan = changing;
  const [one, two, three] = plan.cells.filter(({ outcome }) => outcome === 'change') as [Cell, Cell, Cell];
  const recorded = (...cells: Cell[]) => ({ pulls: [], pending: recordPending(plan, cells, 'state', 'ab') });
  const digestsOf = (...cells: Cell[]): string[] => cells.map(({ digest }) => digest);

  it('is what both a record and the order approve, and nothing that only one of them does', () => {
    const order = { approvals: recorded(one, two), digests: digestsOf(two, three) };
    expect(executable(plan, order, [])).toEqual([two]);
    expect(executable(plan, { approvals: { pulls: [] }, digests: digestsOf(one, two, three) }, [])).toEqual([]);
    expect(executable(plan, { approvals: recorded(one, two, three), digests: [] }, [])).toEqual([]);
  });

  it('is also the rest of what was begun, but only what a record approves', () => {
    const order = { approvals: recorded(one), digests: [] };
    expect(executable(plan, order, [one, three])).toEqual([one]);
  });
});

describe('a share of an apply', () => {
  const changed = fc
    .sample(snapshots, { numRuns: 80, seed: 5 })
    .find((sample) =>
      planned(sample, { shard: { index: 2, of: 3 } }).cells.some(({ outcome }) => outcome === 'change'),
    );
  if (!changed) throw new Error('no share with changes');
  const plan = planned(changed, { shard: { index: 2, of: 3 } });
  const [cell] = plan.cells.filter(({ outcome }) => outcome === 'change') as [Cell];
  const order = { order: { shares: ['2/3'] }, digest: 'order' } as unknown as Ordered;
  const applied: Part<AppliedPart> = {
    format: 'trueup-part/1',
    origin: here,
    kind: 'applied',
    share: { index: 2, of: 3 },
    order: 'order',
    done: { plan, begun: [], outcomes: [{ digest: cell.digest, result: 'applied' }] },
  };
  const { done: _, ...behind } = applied;
  const ended = (parts: readonly Part[]) => outcomeOf(cell, [endOf('2/3', parts, here, order)]);

  it('ends as it says', () => {
    expect(ended([applied])).toEqual({ cell, result: 'applied' });
    expect(lostShares([endOf('2/3', [applied], here, order)])).toBeUndefined();
  });

  it('that found something else to do than was judged has not done it', () => {
    const done = { plan, begun: [], outcomes: [] };
    expect(ended([{ ...applied, done }])).toMatchObject({ result: 'moved', reason: { code: 'moved' } });
  });

  it('that began when main had moved on is left to the newest run', () => {
    expect(endOf('2/3', [behind], here, order)).toMatchObject({ behind: true });
    expect(ended([behind])).toMatchObject({ result: 'interrupted', reason: { code: 'behind' } });
  });

  it.each<readonly [string, readonly Part[], RegExp]>([
    ['left nothing', [], /share 2 of 3 did not come back: it left no report/],
    ['failed', [failed], /it failed: there are no credentials \(no-credentials\)/],
    ['went by the order of an earlier attempt', [{ ...applied, order: 'older' }], /it left no report/],
    ['reported twice', [applied, applied], /it is there twice/],
    ['is of another run', [{ ...applied, origin: { ...here, run: 1 } }], /it is of run 1, and this is run 5001/],
  ])('that %s is lost, and its changes are interrupted', (_, parts, why) => {
    expect(lostShares([endOf('2/3', parts, here, order)])?.message).toMatch(why);
    expect(ended(parts)).toMatchObject({ result: 'interrupted', reason: { code: 'share-lost' } });
  });
});

describe('a plan of which some accounts were planned again', () => {
  it('is the plan that would be made of everything now', () => {
    fc.assert(
      fc.property(snapshots, fc.func(fc.boolean()), (before, changes) => {
        const ids = before.inventory.accounts.map(({ id }) => id);
        const accounts = ids.filter((id) => changes(id));
        // Later there is nothing left to do in some of them.
        const readings = before.readings.map((reading) =>
          accounts.includes(reading.account) && reading.reader === 'security-group'
            ? { ...reading, found: {} }
            : reading,
        );
        const later = { ...before, readings };
        const [whole, now] = [planned(before), planned(later)];
        const again = accounts.length === 0 ? [] : [planned(later, { only: { accounts } })];
        const renewed = renewPlan(whole, again, new Set(accounts), LIMITS);
        // How much exceptions spare is counted when the whole is planned.
        expect({ ...renewed, exemptions: now.exemptions }).toEqual(now);
      }),
      { numRuns: 40 },
    );
  });
});

/** The pure parts of execution: handles, progress, approval, batches. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approve } from '../../src/execute/approve.ts';
import { batchesOf, halve } from '../../src/execute/batch.ts';
import { bind } from '../../src/execute/bind.ts';
import { isOnTheWay } from '../../src/execute/on-the-way.ts';
import { ruleName } from '../../src/ingress/rule.ts';
import { same } from '../../src/model/json.ts';
import { advance, type Cell, type Plan, valuesOnTheWay } from '../../src/model/plan.ts';
import type { Rules } from '../../src/model/rule.ts';
import { digestOf } from '../../src/plan/digest.ts';
import { ruleTransition } from '../../src/resources/security-group/transition.ts';
import { passwordPolicy } from '../../src/settings/password-policy.ts';
import { rule } from '../ingress/arbitraries.ts';

const words = fc.record({
  description: fc.constantFrom(undefined, 'one', 'two'),
  tags: fc.constantFrom(undefined, { a: '1' }, { a: '2', b: '3' }),
});
const rules: fc.Arbitrary<Rules> = fc.array(fc.tuple(rule, words), { maxLength: 6 }).map((some) =>
  Object.fromEntries(
    some.map(([one, { description, tags }]) => {
      const { description: _, tags: __, ...identity } = one;
      return [ruleName(one), { ...identity, ...(description && { description }), ...(tags && { tags }) }];
    }),
  ),
);

const policy = fc.record({
  minimumLength: fc.integer({ min: 6, max: 128 }),
  requireLowercase: fc.boolean(),
  requireUppercase: fc.boolean(),
  requireNumbers: fc.boolean(),
  requireSymbols: fc.boolean(),
  usersMayChange: fc.boolean(),
  maxAge: fc.oneof(fc.integer({ min: 1, max: 1095 }), fc.constant('never' as const)),
  reusePrevention: fc.oneof(fc.integer({ min: 1, max: 24 }), fc.constant('none' as const)),
  hardExpiry: fc.boolean(),
});
const anyPolicy = fc.oneof(policy, fc.constant({}));

describe('a transition', () => {
  it('of rules leads from any value to any other, and back', () => {
    fc.assert(
      fc.property(rules, rules, (from, to) => {
        const there = ruleTransition(from, to, 'sg-1').reduce(advance, from);
        expect(same(there, to)).toBe(true);
        expect(same(ruleTransition(to, from, 'sg-1').reduce(advance, there), from)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes no step where nothing is to move', () => {
    fc.assert(fc.property(rules, (value) => ruleTransition(value, value, 'sg-1').length === 0));
    fc.assert(fc.property(anyPolicy, (value) => passwordPolicy.resource.transition(value, value, '').length === 0));
  });

  it('of the password policy sends the whole policy, or deletes it', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, (from, to) => {
        const steps = passwordPolicy.resource.transition(from, to, '');
        expect(same(steps.reduce(advance, from), to)).toBe(true);
        if (same(from, to)) return;
        const [{ call } = { call: undefined }] = steps;
        expect(call?.operation).toBe(
          'minimumLength' in to ? 'iam:UpdateAccountPasswordPolicy' : 'iam:DeleteAccountPasswordPolicy',
        );
        if ('minimumLength' in to) expect(call?.input).toMatchObject({ MinimumPasswordLength: to.minimumLength });
      }),
    );
  });

  it('names rules by meaning and never by id', () => {
    fc.assert(
      fc.property(rules, rules, (from, to) => {
        const calls = ruleTransition(from, to, 'sg-1').map(({ call }) => call);
        for (const { handles = {} } of calls) {
          for (const name of Object.values(handles)) expect(from[name]).toBeDefined();
        }
        expect(JSON.stringify(calls)).not.toContain('sgr-');
      }),
    );
  });
});

describe('on the way', () => {
  it('holds at every step of a transition, and not once somebody else has been there', () => {
    fc.assert(
      fc.property(rules, rules, fc.nat(), rule, (from, to, stop, foreign) => {
        const steps = ruleTransition(from, to, 'sg-1');
        const part = steps.slice(0, stop % (steps.length + 1)).reduce(advance, from);
        const way = { before: from, after: to, steps };
        expect(isOnTheWay(way, part)).toBe(true);
        const name = ruleName(foreign);
        const fits = valuesOnTheWay(way, name).some((value) => same(foreign, value));
        expect(isOnTheWay(way, { ...part, [name]: foreign })).toBe(fits);
      }),
    );
  });
});

describe('bind', () => {
  const call = {
    operation: 'ec2:X',
    input: { Ids: [], Deep: [{ A: 1 }] },
    handles: { 'Ids.0': 'a', 'Deep.0.Id': 'b' },
  };

  it('fills handles in by path and leaves the planned call as it was', () => {
    expect(bind(call, { a: 'sgr-1', b: 'sgr-2' })).toEqual({
      operation: 'ec2:X',
      input: { Ids: ['sgr-1'], Deep: [{ A: 1, Id: 'sgr-2' }] },
    });
    expect(call.input).toEqual({ Ids: [], Deep: [{ A: 1 }] });
  });

  it('guesses nothing when a handle is gone', () => {
    expect(bind(call, { a: 'sgr-1' })).toBeUndefined();
    expect(bind({ ...call, handles: { 'Ids.0': 'constructor' } }, {})).toBeUndefined();
  });
});

const STAMP = { world: 'sandbox', fleet: 'f', partition: 'aws', caller: '1', by: '0' } as const;
/** With its own true digest, unless another is given. */
const cell = (id: string, more: Partial<Cell> = {}): Cell => {
  const made = rawCell(id, more);
  return { ...made, digest: more.digest ?? digestOf(STAMP, made) };
};
const rawCell = (id: string, more: Partial<Cell> = {}): Cell => ({
  address: { fleet: 'f', account: '111122223333', region: 'eu-west-1', resource: 'security-group', id },
  title: id,
  outcome: 'change',
  before: { a: 1, b: 1 },
  after: { a: 2, b: 2 },
  steps: [{ call: { operation: 'ec2:RevokeSecurityGroupIngress', input: { GroupId: id } }, changes: [] }],
  causes: [],
  inputs: {},
  evidence: [],
  lost: [],
  digest: `digest-${id}`,
  ...more,
});
const planOf = (...cells: readonly Cell[]): Plan => ({ cells, digest: 'root', stamp: STAMP }) as unknown as Plan;
const digestsOf = (...cells: readonly Cell[]) => new Set(cells.map(({ digest }) => digest));

describe('approval', () => {
  const held = cell('sg-3', { outcome: 'held' });

  it('only narrows: what is held or not approved is never executed', () => {
    const approved = approve(planOf(cell('sg-1'), cell('sg-2'), held), { digests: digestsOf(cell('sg-1'), held) });
    expect(approved.cells.map(({ title }) => title)).toEqual(['sg-1']);
    expect(approved.left.map(({ title }) => title)).toEqual(['sg-2']);
  });

  it('by the root digest approves exactly the plan that has it', () => {
    expect(approve(planOf(cell('sg-1'), held), { digests: new Set(['root']) }).cells).toHaveLength(1);
    expect(approve(planOf(cell('sg-1')), { digests: new Set(['another root']) }).cells).toHaveLength(0);
  });

  it('by no digest at all approves nothing', () => {
    expect(approve(planOf(cell('sg-1')), { digests: new Set() }).cells).toEqual([]);
  });

  it('covers the rest of an approved cell that was left half-done, and nothing else', () => {
    const begun = cell('sg-1');
    const digests = digestsOf(begun);
    const rest = cell('sg-1', { before: { a: 2, b: 1 } });
    const chosen = (one: Cell, unfinished: readonly Cell[], of = digests) =>
      approve(planOf(one), { digests: of, unfinished }).cells;
    expect(chosen(rest, [begun])).toEqual([rest]);
    // However often it was taken up and left again, and whatever else was begun in between.
    expect(chosen(rest, [rest, begun, cell('sg-9')])).toEqual([rest]);
    expect(chosen(rest, [])).toEqual([]);
    expect(chosen(rest, [begun], new Set(['other']))).toEqual([]);
    expect(chosen(cell('sg-1', { before: { a: 3, b: 1 } }), [begun])).toEqual([]);
    expect(chosen(cell('sg-1', { before: { a: 2, b: 1 }, after: { a: 2, b: 9 } }), [begun])).toEqual([]);
  });

  it('is never given by a journal: a cell that only claims the approved digest continues nothing', () => {
    const approved = cell('sg-1');
    const forged = cell('sg-1', { after: { a: 9, b: 9 }, digest: approved.digest });
    const wanted = cell('sg-1', { after: { a: 9, b: 9 } });
    expect(approve(planOf(wanted), { digests: digestsOf(approved), unfinished: [forged] }).cells).toEqual([]);
  });

  it('does not cover a user whom the reviewers did not see; one who has gone does not matter', () => {
    const used = (...users: readonly string[]) => cell('sg-1', { evidence: [{ reader: 'use', users, sentence: '' }] });
    const ask = (now: Cell, then: Cell) => approve(planOf(now), { digests: digestsOf(now), reviewed: [then] });
    expect(ask(used('eni-1', 'eni-2'), used('eni-1'))).toMatchObject({ cells: [], newlyUsed: [{ title: 'sg-1' }] });
    expect(ask(used('eni-1'), used('eni-1', 'eni-2')).cells).toHaveLength(1);
  });
});

describe('batches', () => {
  const many = Array.from({ length: 45 }, (_, i) => cell(`sg-${String(i).padStart(2, '0')}`));

  it('hold no more than twenty cells of one account, region and service', () => {
    const other = cell('', {
      address: { fleet: 'f', account: '111122223333', region: 'global', resource: 'password-policy', id: '' },
      steps: [{ call: { operation: 'iam:UpdateAccountPasswordPolicy', input: {} }, changes: [] }],
    });
    const batches = batchesOf([...many, other]);
    expect(batches.map(({ region, service, cells }) => [region, service, cells.length])).toEqual([
      ['eu-west-1', 'ec2', 20],
      ['eu-west-1', 'ec2', 20],
      ['eu-west-1', 'ec2', 5],
      ['global', 'iam', 1],
    ]);
  });

  it('are halved without losing a cell', () => {
    const [batch] = batchesOf(many.slice(0, 7));
    expect(batch && halve(batch).map(({ cells }) => cells.length)).toEqual([4, 3]);
    expect(batch && halve(batch).flatMap(({ cells }) => cells)).toEqual(batch?.cells);
  });
});

/** How much a plan may change: counted per account, per guardrail and per run, and as a share of what is governed. */
import { describe, expect, it } from 'vitest';
import { stricterLimits } from '../../src/fleet/change-limits.ts';
import { guardrails } from '../../src/guardrails/index.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reading } from '../../src/model/snapshot.ts';
import type { ChangeLimits } from '../../src/model/state.ts';
import { breachesOf } from '../../src/plan/limits.ts';
import { planState } from '../../src/plan/plan.ts';
import { TODAY } from '../support/sandbox.ts';
import { A, B, group, reading, snapshotOf, stateOf, unused } from '../support/snapshots.ts';

const NONE: ChangeLimits = { perAccount: 1000, perGuardrail: 1000, perRun: 1000, percent: 100, guardrails: {} };
const STATE = stateOf(`kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  default-security-group: { ingress: none }
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]
`);

/** Groups of an account: how many are open to be narrowed, how many are fine, how many default groups are to be emptied. */
type Found = { readonly open?: number; readonly fine?: number; readonly defaults?: number };

function groupsOf(account: string, { open = 0, fine = 0, defaults = 0 }: Found): Reading[] {
  const some = (number: number, name: string, rule: string) =>
    Array.from({ length: number }, (_, i) => [`sg-${name}${i}`, group(name, rule)] as const);
  const found = Object.fromEntries([
    ...some(open, 'open', 'tcp 22 from ::/0'),
    ...some(fine, 'fine', 'tcp 443 from ::/0'),
    ...some(defaults, 'default', 'tcp 80 from ::/0'),
  ]);
  return [
    { ...reading({ reader: 'security-group', found }), account },
    { ...unused(...Object.keys(found)), account },
  ];
}

function planWith(limits: Partial<ChangeLimits>, ...readings: readonly (readonly Reading[])[]): Plan {
  const [fleet] = STATE.fleets;
  if (!fleet) throw new Error('no fleet');
  const limited = { ...fleet, safety: { ...fleet.safety, limits: { ...NONE, ...limits } } };
  return planState(STATE, limited, snapshotOf(...readings.flat()), { guardrails, today: TODAY });
}

const breaches = (...planned: Parameters<typeof planWith>): string[] =>
  planWith(...planned).breaches.map(({ message }) => message);

describe('limits on changes', () => {
  it.each<[what: string, limits: Partial<ChangeLimits>, found: Found, message: string[]]>([
    [
      'count what changes in an account',
      { perAccount: 2 },
      { open: 3 },
      [`account ${A}: 3 changes, limit 2 (safety.limits.perAccount)`],
    ],
    ['allow as many as they say', { perAccount: 3, perGuardrail: 3, perRun: 3 }, { open: 3 }, []],
    [
      'count what changes for one guardrail, whatever others change',
      { perGuardrail: 2 },
      { open: 3, defaults: 2 },
      ['guardrail allowed-ingress: 3 changes, limit 2 (safety.limits.perGuardrail)'],
    ],
    [
      'may be others for one guardrail',
      { perGuardrail: 2, guardrails: { 'allowed-ingress': { changes: 5 }, 'default-security-group': { changes: 0 } } },
      { open: 3, defaults: 1 },
      ['guardrail default-security-group: 1 change, limit 0 (safety.limits.guardrails.default-security-group.changes)'],
    ],
    ['count the whole run', { perRun: 2 }, { open: 3 }, ['the run: 3 changes, limit 2 (safety.limits.perRun)']],
    [
      'are shares, too: of what the account has, of what the guardrail governs, and of the whole',
      { percent: 30 },
      { open: 16, fine: 34 },
      [
        `account ${A}: 16 of 50 resources would change (32 %), limit 30 % (safety.limits.percent)`,
        'guardrail allowed-ingress: 16 of 50 resources would change (32 %), limit 30 % (safety.limits.percent)',
        'the run: 16 of 50 resources would change (32 %), limit 30 % (safety.limits.percent)',
      ],
    ],
    ['judge no share of fewer than fifty', { percent: 30 }, { open: 16, fine: 33 }, []],
    [
      'never say that a share exceeds itself',
      { percent: 32 },
      { open: 33, fine: 70 },
      [
        `account ${A}: 33 of 103 resources would change (32.1 %), limit 32 % (safety.limits.percent)`,
        'guardrail allowed-ingress: 33 of 103 resources would change (32.1 %), limit 32 % (safety.limits.percent)',
        'the run: 33 of 103 resources would change (32.1 %), limit 32 % (safety.limits.percent)',
      ],
    ],
    [
      'see the guardrail that changes nearly all of its own in a crowd of others',
      { percent: 30 },
      { defaults: 50, fine: 200 },
      ['guardrail default-security-group: 50 of 50 resources would change (100 %), limit 30 % (safety.limits.percent)'],
    ],
    [
      'say the number and the share of one place in one sentence',
      { percent: 100, perRun: 10, guardrails: { 'allowed-ingress': { changes: 1, percent: 99 } } },
      { open: 50 },
      [
        'guardrail allowed-ingress: 50 changes, limit 1 (safety.limits.guardrails.allowed-ingress.changes); 50 of 50 resources would change (100 %), limit 99 % (safety.limits.guardrails.allowed-ingress.percent)',
        'the run: 50 changes, limit 10 (safety.limits.perRun)',
      ],
    ],
  ])('%s', (_what, limits, found, messages) => {
    expect(breaches(limits, groupsOf(A, found))).toEqual(messages);
  });

  it('name the worst account first', () => {
    expect(breaches({ perAccount: 1 }, groupsOf(A, { open: 2 }), groupsOf(B, { open: 3 }))).toEqual([
      `account ${B}: 3 changes, limit 1 (safety.limits.perAccount)`,
      `account ${A}: 2 changes, limit 1 (safety.limits.perAccount)`,
    ]);
  });

  it('name five accounts and count the others', () => {
    const { cells, targets } = planWith({}, groupsOf(A, { open: 2 }));
    const many = Array.from({ length: 400 }, (_, i) => String(i).padStart(12, '0')).flatMap((account) =>
      cells.map((cell) => ({ ...cell, address: { ...cell.address, account } })),
    );
    const told = breachesOf(many, targets, { ...NONE, perAccount: 1 });
    expect(told).toHaveLength(5);
    expect(told[4]?.message).toMatch(/; and 395 more accounts exceed their limits$/);
  });

  it('say what to do about each', () => {
    for (const { code, advice } of planWith({ perAccount: 0, perGuardrail: 0, perRun: 0 }, groupsOf(A, { open: 1 }))
      .breaches) {
      expect(code).toBe('too-many-changes');
      expect(advice).toMatch(/approve the plan by its digest; otherwise/);
    }
  });

  it('do not count what is held or unread', () => {
    const plan = planWith({}, groupsOf(A, { open: 3 }));
    const held = plan.cells.map((cell) => ({ ...cell, outcome: 'held' as const }));
    expect(breachesOf(held, plan.targets, { ...NONE, perAccount: 0, perGuardrail: 0, perRun: 0, percent: 0 })).toEqual(
      [],
    );
  });
});

describe('the stricter of two limits', () => {
  const some: ChangeLimits = { ...NONE, perGuardrail: 10, percent: 50, guardrails: { lock: { changes: 99 } } };
  const others: ChangeLimits = {
    ...NONE,
    perAccount: 5,
    perGuardrail: 20,
    guardrails: { lock: { percent: 5 }, gate: { changes: 3 } },
  };
  const wanted: ChangeLimits = {
    perAccount: 5,
    perGuardrail: 10,
    perRun: 1000,
    percent: 50,
    guardrails: { gate: { changes: 3, percent: 50 }, lock: { changes: 20, percent: 5 } },
  };

  it('is the smaller of each, also where only one of them names a guardrail', () => {
    expect(stricterLimits(some, others)).toEqual(wanted);
    expect(stricterLimits(others, some)).toEqual(wanted);
  });
});

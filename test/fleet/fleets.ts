/** Fleets and policies as the loader would give them. */
import type { Fleet, Policy } from '../../src/model/state.ts';

const at = { file: 'state/fleet.yaml', line: 1, column: 1 };

export const fleet = (more: Partial<Fleet> = {}): Fleet => ({
  name: 'default',
  at,
  accounts: 'organization',
  callingAccount: 'include',
  include: ['all'],
  exclude: [],
  role: { read: 'trueup-read' },
  regions: 'enabled',
  homeRegion: 'eu-west-1',
  limits: { concurrency: 8, rate: {} },
  endpoints: {},
  fences: [],
  safety: {
    limits: { perAccount: 20, perGuardrail: 200, perRun: 500, percent: 30, guardrails: {} },
    neverTouch: [],
    maxExceptionDays: 180,
    rulesPerGroup: 60,
  },
  heal: [],
  drift: 'merge',
  ...more,
});

export const policy = (accounts: readonly string[], exclude: readonly string[] = []): Policy => ({
  name: 'baseline',
  at,
  targets: { accounts, exclude, regions: 'all' },
  overrides: [],
  guardrails: [],
});

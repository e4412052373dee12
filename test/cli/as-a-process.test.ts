/** Most tests run the command line inside themselves. Is what they see what a process says, and ends with? */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { FIRST, SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SMALL_SEED, { ...STATE, 'broken/a.yaml': 'kind: Polcy\n' });
});
afterAll(() => desk.close());

it.each([
  [0, ['--help'], {}],
  [0, ['--version'], {}],
  [1, [], {}],
  [1, ['plan', '--frobnicate'], {}],
  [1, ['plan', '--format', 'pdf'], {}],
  [1, ['validate', '--state', 'broken'], {}],
  [1, ['apply'], {}],
  // Quiet, because whoever is slow says now and then how far it is.
  [2, ['plan', '--quiet', '--detailed-exitcode', '--only', `account=${FIRST}`], { FORCE_COLOR: '1' }],
  [0, ['plan', '--quiet', '--only', 'guardrail=password-policy'], { FORCE_COLOR: '1', NO_COLOR: '1' }],
  [0, ['schema'], { TRUEUP_SANDBOX: undefined }],
] as const)('it ends with %i for %j, and says the same on both streams', async (code, words, env) => {
  const [inside, spawned] = await Promise.all([desk.trueup(words, env), desk.spawn(words, env)]);
  expect(inside).toEqual(spawned);
  expect(spawned.code).toBe(code);
});

/** Keys of an IAM user, as a person and as a pipeline meet them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SMALL_SEED.replace('role: trueup-hub,', 'role: dana, user: true,'), STATE);
});
afterAll(() => desk.close());

const TOLD = /the caller has long-lived credentials \(user\/dana\)/;

it('a person is told what to use instead, and may go on', async () => {
  const { code, stdout, stderr } = await desk.trueup(['plan'], { CI: undefined });
  expect(stderr).toMatch(TOLD);
  expect(stderr).toContain('OpenID Connect');
  expect({ code, planned: stdout.includes('password policy') }).toEqual({ code: 0, planned: true });
});

it('a pipeline ends there, before any account is asked, unless it accepts them', async () => {
  const before = desk.sandbox.requests.length;
  const { code, stdout, stderr } = await desk.trueup(['plan'], { CI: 'true' });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(TOLD);
  expect(stderr).toContain('and this is a pipeline (user-credentials)');
  expect(desk.sandbox.requests.slice(before).map(({ action }) => action)).toEqual(['GetCallerIdentity']);
  const accepted = await desk.trueup(['plan', '--allow-user-credentials'], { CI: 'true' });
  expect(accepted.code).toBe(0);
  expect(accepted.stderr).toMatch(TOLD);
});

/** Is every change of who is trusted told, once, and without telling a secret? */
import { describe, expect, it } from 'vitest';
import { trustChanges } from '../../src/fleet/trust-changes.ts';
import type { Fleet } from '../../src/model/state.ts';
import { fleet } from './fleets.ts';

const safety = fleet().safety;

describe('trust changes', () => {
  it.each<[what: string, more: Partial<Fleet>, message: RegExp]>([
    ['more accounts', { accounts: 'self' }, /accounts: "organization" becomes "self"/],
    ['the account that calls', { caller: '111122223333' }, /caller is different/],
    ['the calling account', { callingAccount: 'exclude' }, /callingAccount: "include" becomes "exclude"/],
    ['what is included', { include: ['self'] }, /include: \["all"\] becomes \["self"\]/],
    ['what is excluded', { exclude: ['self'] }, /exclude: \[\] becomes \["self"\]/],
    ['the read role', { role: { read: 'admin' } }, /role.read is different/],
    ['a write role', { role: { read: 'trueup-read', write: 'admin' } }, /role.write is different/],
    ['a role that heals', { role: { read: 'trueup-read', heal: 'admin' } }, /role.heal is different/],
    ['the external id', { externalId: 'do-not-print-me' }, /externalId is different/],
    ['regions', { regions: ['eu-west-1'] }, /regions: "enabled" becomes \["eu-west-1"\]/],
    ['the home region', { homeRegion: 'us-east-1' }, /homeRegion/],
    ['an endpoint', { endpoints: { ec2: { '*': 'https://do-not-print-me.example' } } }, /endpoints is different/],
    ['a fence', { fences: [{ deny: ['iam:*'], on: ['*'] }] }, /fences: \[\] becomes .*iam:\*/],
    ['limits', { safety: { ...safety, limits: { ...safety.limits, perRun: 1 } } }, /safety.limits/],
    [
      'limits of one guardrail',
      { safety: { ...safety, limits: { ...safety.limits, guardrails: { 'password-policy': { changes: 9 } } } } },
      /safety.limits.*password-policy/,
    ],
    ['protection', { safety: { ...safety, neverTouch: ['self'] } }, /safety.neverTouch: \[\] becomes \["self"\]/],
    ['exception days', { safety: { ...safety, maxExceptionDays: 999 } }, /maxExceptionDays: 180 becomes 999/],
    ['a quota', { safety: { ...safety, rulesPerGroup: 99 } }, /rulesPerGroup: 60 becomes 99/],
    ['what approves drift', { drift: 'pending' }, /drift: "merge" becomes "pending"/],
    ['what heals', { heal: ['password-policy'] }, /heal: \[\] becomes/],
  ])('tell %s', (_what, more, message) => {
    const notes = trustChanges([fleet()], [fleet(more)]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatchObject({ code: 'trust-change', message: expect.stringMatching(message), at: fleet().at });
    expect(JSON.stringify(notes)).not.toContain('do-not-print-me');
  });

  it('are none when nothing changes, however it is written, nor for speed', () => {
    const limits = { concurrency: 1, rate: { ec2: 1 } };
    expect(trustChanges([fleet()], [fleet({ limits, at: { file: 'other.yaml', line: 9, column: 1 } })])).toEqual([]);
  });

  it('tell fleets that come and go', () => {
    const told = trustChanges([fleet({ name: 'old' })], [fleet({ name: 'new' })]).map(({ message }) => message);
    expect(told).toEqual([expect.stringMatching(/"new" is new/), expect.stringMatching(/"old" is removed/)]);
  });

  it('stay short whatever a list holds', () => {
    const include = Array.from({ length: 500 }, (_, n) => String(n).padStart(12, '0'));
    expect(trustChanges([fleet()], [fleet({ include })])[0]?.message.length).toBeLessThan(400);
  });
});

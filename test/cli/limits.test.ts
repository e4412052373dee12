/** Limits on changes: what exceeds them waits for a digest, on the way there and on the way back. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import { FIRST, SMALL_SEED, STATE } from '../support/small.ts';

const LIMITED = {
  ...STATE,
  'state/fleet.yaml': `${STATE['state/fleet.yaml']}safety: { limits: { perAccount: 2, guardrails: { default-security-group: { changes: 1 }, allowed-ingress: { changes: 1 } } } }\n`,
};

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(SMALL_SEED, LIMITED);
});
afterEach(() => desk.close());

const trueup = (words: readonly string[]): Promise<Ended> =>
  desk.trueup(words[0] === 'plan' ? words : [...words, '--journal', desk.path('journal')]);
const writes = (): number =>
  desk.sandbox.requests.filter(({ action }) => /^(?:Revoke|Authorize|Update|Modify|Delete|Create)/.test(action)).length;
const offered = (stderr: string): string => /--approved (sha256:[0-9a-f]{64})/.exec(stderr)?.[1] ?? '';

/** Everything, with the digest that the refusal names. */
async function applyAll(): Promise<string> {
  const refused = await trueup(['apply', '--yes']);
  const { code, stdout } = await trueup(['apply', '--yes', '--json', '--approved', offered(refused.stderr)]);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { run: string }).run;
}

describe('apply beyond the limits', () => {
  it('is refused with the numbers and what to do, until the digest is given', async () => {
    const { code, stdout, stderr } = await trueup(['apply', '--yes']);
    expect(code).toBe(3);
    expect(stderr).toContain(`refused: account ${FIRST}: 3 changes, limit 2 (safety.limits.perAccount)`);
    expect(stderr).toContain(
      'refused: guardrail default-security-group: 2 changes, limit 1 (safety.limits.guardrails.default-security-group.changes)',
    );
    expect(stdout).toMatch(
      /approve the plan by its\s+digest; otherwise find out what changed so much\s+in this\s+account/,
    );
    expect(writes()).toBe(0);
    await applyAll();
    expect((await trueup(['plan', '--detailed-exitcode'])).code).toBe(0);
  });

  it('says as much in JSON', async () => {
    const { code, stdout } = await trueup(['apply', '--yes', '--json']);
    const { plan, outcomes } = JSON.parse(stdout) as { plan: Plan; outcomes: unknown[] };
    expect({ code, outcomes }).toEqual({ code: 3, outcomes: [] });
    expect(plan.breaches).toHaveLength(4);
  });

  it('is refused of a plan file, too: that it was planned does not say that so much was meant', async () => {
    await trueup(['plan', '--out', desk.path('plan.json')]);
    const { code, stderr } = await trueup(['apply', desk.path('plan.json'), '--yes']);
    expect(code).toBe(3);
    expect(writes()).toBe(0);
    const { digest } = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
    expect(offered(stderr)).toBe(digest);
    expect((await trueup(['apply', desk.path('plan.json'), '--yes', '--approved', digest])).code).toBe(0);
  });

  it('is refused of a plan file that was given the digest of another', async () => {
    await trueup(['plan', '--out', desk.path('plan.json')]);
    await trueup(['plan', '--only', `account=${FIRST}`, '--out', desk.path('part.json')]);
    const [all, part] = await Promise.all(
      [desk.path('plan.json'), desk.path('part.json')].map(
        async (name) => JSON.parse(await readFile(name, 'utf8')) as Plan,
      ),
    );
    await desk.write({ 'mixed.json': JSON.stringify({ ...all, digest: part?.digest }) });
    const { code } = await trueup(['apply', desk.path('mixed.json'), '--yes', '--approved', part?.digest ?? '']);
    expect(code).toBe(3);
    expect(writes()).toBe(0);
  });

  it('is refused of a share as the merged plan says, until the digest of that is given', async () => {
    await trueup(['plan', '--shard', '1/1', '--out', desk.path('share.json')]);
    await trueup(['plan', '--merge', desk.path('share.json'), '--out', desk.path('plan.json')]);
    const { digest } = JSON.parse(await readFile(desk.path('plan.json'), 'utf8')) as Plan;
    const only = ['--only', 'guardrail=password-policy'];
    const share = ['apply', desk.path('plan.json'), '--yes', '--shard', '1/1', ...only];
    const refused = await trueup(share);
    expect([refused.code, offered(refused.stderr), writes()]).toEqual([3, digest, 0]);
    const { code, stdout } = await trueup([...share, '--approved', digest]);
    expect(code).toBe(0);
    expect(stdout).toContain('2 applied');
  });

  it('lets through a part that keeps to them', async () => {
    await trueup(['plan', '--out', desk.path('plan.json')]);
    const part = ['--only', 'guardrail=password-policy'];
    expect((await trueup(['apply', desk.path('plan.json'), '--yes', ...part])).code).toBe(0);
    expect(writes()).toBe(2);
  });
});

describe('a way back beyond the limits', () => {
  it('is refused as any plan is, until its own digest is given', async () => {
    const run = await applyAll();
    const before = writes();
    const { code, stdout, stderr } = await trueup(['revert', run, '--yes']);
    expect(code).toBe(3);
    expect(stdout).toContain('LIMITS 4');
    expect(stderr).toContain(`refused: account ${FIRST}: 3 changes, limit 2 (safety.limits.perAccount)`);
    expect(stderr).toContain('refused: guardrail default-security-group: 2 changes, limit 1');
    expect(writes()).toBe(before);
    const back = await trueup(['revert', run, '--yes', '--approved', offered(stderr)]);
    expect(back.stdout).toContain('6 applied');
    expect(back.code).toBe(0);
    const left = JSON.parse((await trueup(['plan', '--json'])).stdout) as Plan;
    expect(left.cells).toHaveLength(6);
  });

  it('goes as far as the digests that are given', async () => {
    const run = await applyAll();
    const refused = await trueup(['revert', run, '--yes', '--json']);
    const { plan } = JSON.parse(refused.stdout) as { plan: Plan };
    expect(refused.code).toBe(3);
    const [chosen] = plan.cells.filter(({ address }) => address.resource === 'password-policy');
    const { code, stdout, stderr } = await trueup(['revert', run, '--yes', '--approved', chosen?.digest ?? '']);
    expect(stderr).toContain('5 more would change but were not approved');
    expect(stdout).toContain('1 applied');
    expect(code).toBe(0);
  });

  it('is no place for a typo either', async () => {
    const run = await applyAll();
    expect((await trueup(['revert', run, '--yes', '--approved', 'beef'])).stderr).toContain('is not a digest');
    const { code, stderr } = await trueup(['revert', run, '--yes', '--approved', '0'.repeat(64)]);
    expect(stderr).toContain('nothing in the plan of now has the digest');
    expect(code).toBe(1);
  });
});

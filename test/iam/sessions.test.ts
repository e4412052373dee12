/** Sessions in a long apply: made smaller when STS refuses their policy, and renewed in the middle with the same one. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '../../src/model/aws.ts';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import type { Run } from '../../src/run.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { applyCells, changing } from '../support/apply.ts';
import { openRun } from '../support/sandbox.ts';

const ACCOUNT = '111122223333';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0).reverse()) await close();
});

/** An account with that many groups to mend. */
async function open(groups: number, seed = '', fleet = ''): Promise<{ run: Run; sandbox: Sandbox }> {
  const list = Array.from({ length: groups }, (_, n) => `{ name: "web-${n}", ingress: ["tcp 22 from 0.0.0.0/0"] }`);
  const sandbox = await startSandbox({
    seed: `
regions: [eu-west-1]
organization: { management: "${ACCOUNT}", delegated: [], units: [] }
caller: { account: "${ACCOUNT}", role: hub, session: test, policies: [everything] }
policies:
  everything: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
accounts:
  - id: "${ACCOUNT}"
    name: first
    roles: [{ name: trueup-read, policies: [everything] }, { name: trueup-write, policies: [everything] }]
    network: { "*": { vpcs: [{ name: default, default: true, groups: [{ name: default, ingress: [] }, ${list.join(', ')}] }] } }
${seed}`,
  });
  closing.push(() => sandbox.close());
  const run = await openRun(
    sandbox,
    `kind: Fleet
accounts: [{ id: "${ACCOUNT}" }]
role: { read: trueup-read, write: trueup-write }
regions: [eu-west-1]
${fleet}
---
kind: Policy
name: baseline
targets: { accounts: [all] }
guardrails:
  allowed-ingress: [{ ports: [22], from: none, otherwise: revoke }]
`,
  );
  closing.push(() => run.connection.close());
  return { run, sandbox };
}

async function apply({ run }: { run: Run }, breakSession?: (session: Session) => Session) {
  const cells = changing(planOf(run, await observe(run)));
  return applyCells(run, cells, breakSession ? { breakSession } : {});
}

const sizes = (sessions: Awaited<ReturnType<typeof apply>>['sessions']) =>
  sessions.map(({ batch }) => batch.cells.length);

describe('the packer', () => {
  it('puts twenty cells into a session and says how much of the packed limit they took', async () => {
    const opened = await open(45, 'packedPolicyBudget: 2048');
    const { outcomes, sessions } = await apply(opened);
    expect(sizes(sessions)).toEqual([20, 20, 5]);
    expect(outcomes.every(({ result }) => result === 'applied')).toBe(true);
    for (const { packedPolicySize } of sessions) expect(packedPolicySize).toBeGreaterThan(0);
    // Managed ones would be added to the inline policy, and widen it.
    const assumed = opened.sandbox.requests.filter(({ action }) => action === 'AssumeRole');
    expect(assumed.filter(({ input }) => 'PolicyArns' in input || !('Policy' in input))).toEqual([]);
  });

  it('halves until STS takes the policy, and loses no cell', async () => {
    const opened = await open(20, 'packedPolicyBudget: 320');
    const { outcomes, sessions } = await apply(opened);
    expect(sizes(sessions).length).toBeGreaterThan(1);
    expect(sizes(sessions).reduce((sum, size) => sum + size, 0)).toBe(20);
    expect(outcomes.map(({ result }) => result)).toEqual(Array(20).fill('applied'));
    const refused = opened.sandbox.requests.filter(({ outcome }) => outcome === 'PackedPolicyTooLarge');
    expect(refused).not.toEqual([]);
    for (const { packedPolicySize } of sessions) expect(packedPolicySize).toBeLessThanOrEqual(100);
  });

  it('says so when a single cell does not fit, and sends nothing', async () => {
    const opened = await open(2, 'packedPolicyBudget: 180');
    const { outcomes, sessions } = await apply(opened);
    expect(sessions).toEqual([]);
    expect(outcomes).toMatchObject([
      { result: 'failed', reason: { code: 'policy-too-large', message: expect.stringContaining('packed') } },
      { result: 'failed', reason: { code: 'policy-too-large' } },
    ]);
    expect(opened.sandbox.requests.filter(({ action }) => action.startsWith('Revoke'))).toEqual([]);
  });

  it('does not ask STS about a policy of more than 2,048 characters', async () => {
    const fence = `fences: [{ deny: [${Array.from({ length: 25 }, (_, n) => `"ec2:Action${'abcdefghijklmnopqrstuvwxyz'[n]}"`)}] }]`;
    const opened = await open(45, 'packedPolicyBudget: 4096', fence);
    const { sessions } = await apply(opened);
    const asked = opened.sandbox.requests.filter(({ action, outcome }) => action === 'AssumeRole' && outcome !== 'ok');
    expect(asked).toEqual([]);
    expect(sizes(sessions).reduce((sum, size) => sum + size, 0)).toBe(45);
  });
});

describe('a session that runs out in the middle of an apply', () => {
  it('is renewed before it ends, with the same policy, and no call is refused on the way', async () => {
    const opened = await open(3);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    let revoked = 0;
    const { outcomes } = await apply(opened, (session) => ({
      ...session,
      send: async (call) => {
        // Time passes here and in AWS alike; four minutes of the session remain.
        if (call.operation.startsWith('ec2:Revoke') && ++revoked === 2) vi.setSystemTime(Date.now() + 56 * 60_000);
        return session.send(call);
      },
    }));
    expect(outcomes.map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
    const byRole = opened.sandbox.requests.filter(({ session }) => session.role.endsWith('trueup-write'));
    expect(new Set(byRole.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
    const assumed = opened.sandbox.requests.filter(
      ({ action, input }) => action === 'AssumeRole' && String(input.RoleArn).endsWith('trueup-write'),
    );
    expect(assumed).toHaveLength(2);
    expect(new Set(assumed.map(({ input }) => input.Policy)).size).toBe(1);
    for (const { input } of assumed) expect(input.DurationSeconds).toBe('3600');
  });

  it('is renewed with the same policy, and the cell that was begun is finished', async () => {
    const opened = await open(3);
    let sent = 0;
    const { outcomes } = await apply(opened, (session) => ({
      ...session,
      send: async (call) => {
        if (call.operation.startsWith('ec2:Revoke') && ++sent === 2) opened.sandbox.world.clock.move(3700);
        return session.send(call);
      },
    }));
    expect(outcomes.map(({ result }) => result)).toEqual(['applied', 'applied', 'applied']);
    const assumed = opened.sandbox.requests.filter(
      ({ action, input }) => action === 'AssumeRole' && String(input.RoleArn).endsWith('trueup-write'),
    );
    expect(new Set(assumed.map(({ input }) => input.Policy)).size).toBe(1);
    expect(assumed).toHaveLength(2);
  });
});

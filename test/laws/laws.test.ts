/** The laws that no other suite states in so many words. (1, 3, 4: contract; 2 and 5: mutation and iam; here 5 to 8.) */
import { describe, expect, it } from 'vitest';
import { observe, plan as planOf } from '../../src/reconcile.ts';
import { applyCells, changing } from '../support/apply.ts';
import { openDesk } from '../support/cli.ts';
import { openRun, withSandbox } from '../support/sandbox.ts';
import { FIRST, FLEET, POLICY, SECOND, SMALL_SEED, STATE } from '../support/small.ts';

const small = { seed: SMALL_SEED, state: `${FLEET}---\n${POLICY}` };

describe('law 2: planning is not executing', () => {
  it('a snapshot and a plan send nothing that writes', () =>
    withSandbox(small, async (run, sandbox) => {
      planOf(run, await observe(run));
      const actions = new Set(sandbox.requests.map(({ action }) => action));
      expect([...actions].filter((action) => !/^(?:Describe|Get|List|AssumeRole)/.test(action))).toEqual([]);
    }));
});

describe('law 5: a session may do what was planned and nothing else', () => {
  it('every write session names only groups that are planned at its target', () =>
    withSandbox(small, async (run, sandbox) => {
      const plan = planOf(run, await observe(run));
      await applyCells(run, changing(plan));
      const planned = new Set(changing(plan).map(({ address }) => `${address.account} ${address.id}`));
      const opened = sandbox.requests.filter(
        ({ action, input }) => action === 'AssumeRole' && /-write$/.test(String(input.RoleArn)),
      );
      expect(opened.length).toBe(4);
      for (const { input } of opened) {
        const account = String(input.RoleArn).split(':')[4];
        const policy = String(input.Policy);
        expect(policy.length).toBeLessThanOrEqual(2048);
        for (const [id] of policy.matchAll(/sg-[0-9a-f]+/g)) expect(planned).toContain(`${account} ${id}`);
        expect(
          JSON.parse(policy)
            .Statement.flatMap(({ Action }: { Action: string[] }) => Action)
            .join(' '),
        ).not.toContain('*');
      }
    }));

  it('no request of a write session is refused, and none goes without a session policy', () =>
    withSandbox(small, async (run, sandbox) => {
      await applyCells(run, changing(planOf(run, await observe(run))));
      const written = sandbox.requests.filter(({ session }) => session?.role.includes('trueup-write'));
      expect(written.length).toBeGreaterThan(10);
      expect(written.filter(({ session }) => !session?.policy)).toEqual([]);
      expect(written.map(({ outcome }) => outcome).filter((outcome) => /denied|unauthorized/i.test(outcome))).toEqual(
        [],
      );
    }));

  it('read sessions may not write, even where the role could', () =>
    withSandbox(small, async (run, sandbox) => {
      await observe(run);
      const policies = sandbox.requests
        .filter(({ action, input }) => action === 'AssumeRole' && /-read$/.test(String(input.RoleArn)))
        .map(({ input }) => String(input.Policy));
      expect(new Set(policies).size).toBe(1);
      expect(policies).toHaveLength(2);
      expect(policies[0]).toContain('ec2:DescribeSecurityGroups');
      expect(policies[0]).not.toMatch(/Authorize|Revoke|Update|Create|Delete|Modify|\*"\]?,"Resource/);
    }));
});

describe('law 6: what cannot be read is unread, and the others go on', () => {
  it.each([
    ['denied', 'deny' as const],
    ['failing for good', 'error500' as const],
  ])('when a read is %s', (_, fault) =>
    withSandbox(small, async (run, sandbox) => {
      sandbox.fault({ match: { action: 'DescribeSecurityGroups', account: FIRST }, do: fault });
      const { cells } = planOf(run, await observe(run));
      const unread = cells.filter(({ outcome }) => outcome === 'unread');
      expect(
        unread.map(({ address, reason }) => [address.account, address.resource, Boolean(reason?.message)]),
      ).toEqual([[FIRST, 'security-group', true]]);
      expect(cells.filter(({ address, outcome }) => address.account === SECOND && outcome === 'change')).toHaveLength(
        3,
      );
    }),
  );

  it('when a closer look fails', () =>
    withSandbox(small, async (run, sandbox) => {
      sandbox.fault({ match: { action: 'DescribeNetworkInterfaces', account: SECOND }, do: 'deny' });
      const { cells } = planOf(run, await observe(run));
      const ofGroups = cells.filter(
        ({ address }) => address.account === SECOND && address.resource === 'security-group',
      );
      expect(ofGroups.map(({ outcome }) => outcome)).toEqual(['unread', 'unread']);
    }));
});

describe('law 7: what the state does not name keeps its value', () => {
  it('fields of a setting that are left out are written back as they were', () =>
    withSandbox(
      {
        ...small,
        seed: SMALL_SEED.replace(
          '    trueup: true\n',
          `    trueup: true\n    passwordPolicy: { minimumLength: 8, symbols: true, maxAge: 90, reusePrevention: 3 }\n`,
        ),
      },
      async (run) => {
        const first = planOf(run, await observe(run));
        const cell = first.cells.find(({ address }) => address.resource === 'password-policy');
        expect(cell?.steps[0]?.changes.map(({ field }) => field)).toEqual(['minimumLength']);
        await applyCells(run, changing(first));
        const { readings } = await observe(run);
        const now = readings.find(({ reader, account }) => reader === 'password-policy' && account === FIRST)?.found[
          ''
        ];
        expect(now?.value).toMatchObject({ minimumLength: 14, requireSymbols: true, maxAge: 90, reusePrevention: 3 });
      },
    ));

  it('an empty set of guardrails governs nothing', () =>
    withSandbox(small, async (_, sandbox) => {
      const run = await openRun(
        sandbox,
        `${FLEET}---\nkind: Policy\nname: none\ntargets: { accounts: ["name:nobody"] }\nguardrails: { password-policy: { minimumLength: 14 } }\n`,
      );
      expect(planOf(run, await observe(run)).cells).toEqual([]);
      await run.connection.close();
    }));
});

describe('law 8: sandbox and real AWS never mix', () => {
  it('snapshots, plans and journals say where they come from', () =>
    withSandbox(small, async (run) => {
      const snapshot = await observe(run);
      const plan = planOf(run, snapshot);
      const { journal } = await applyCells(run, changing(plan).slice(0, 1));
      expect([snapshot.stamp.world, plan.stamp.world, journal.header.stamp.world]).toEqual([
        'sandbox',
        'sandbox',
        'sandbox',
      ]);
    }));

  it('a change means something else in another world: its digest differs', () =>
    withSandbox(small, async (run) => {
      const snapshot = await observe(run);
      const elsewhere = { ...snapshot, stamp: { ...snapshot.stamp, world: 'aws' as const } };
      const [here, there] = [planOf(run, snapshot), planOf(run, elsewhere)];
      expect(here.cells.map(({ digest }) => digest)).not.toEqual(there.cells.map(({ digest }) => digest));
      expect(new Set([...here.cells, ...there.cells].map(({ digest }) => digest)).size).toBe(here.cells.length * 2);
    }));

  it('a run against the sandbox looks for no other credentials', async () => {
    const desk = await openDesk(SMALL_SEED, STATE);
    const real = { AWS_ACCESS_KEY_ID: 'AKIAREALREALREALREAL', AWS_SECRET_ACCESS_KEY: 'real', AWS_PROFILE: 'missing' };
    expect((await desk.spawn(['plan'], real)).code).toBe(0);
    expect(JSON.stringify(desk.sandbox.requests)).not.toContain('AKIAREAL');
    await desk.close();
  });
});

/** What was approved and could not be carried out: it is named, never called done, and stays approved. */
import { describe, expect, it } from 'vitest';
import type { FakeGitHub } from '../support/github.ts';
import { FLEET, SECOND } from '../support/small.ts';
import { commentOn, useGroup, writesOf } from './arrange.ts';
import { PROCESSES, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none, whenInUse: hold } }\n',
};
const README = { 'README.md': 'nothing' };
const NO_POLICY = { match: { action: 'GetAccountPasswordPolicy', account: SECOND }, do: 'deny' } as const;
const NO_ACCOUNT = { match: { action: 'AssumeRole', account: SECOND }, do: 'deny' } as const;

function expectOpen(github: FakeGitHub, on = 1): string {
  const report = commentOn(github, 'apply', on);
  expect(report).not.toMatch(/✅|already as the state says/);
  expect(report).toMatch(/\*\*1 not applied\*\*: .*they stay approved/);
  return report;
}

describe.concurrent('what could not be read at the apply', PROCESSES, () => {
  it.each([
    ['a setting of one account', NO_POLICY, 'fail', 1],
    ['a whole account, where a warning will do', NO_ACCOUNT, 'warn', 0],
  ] as const)('is named, and applied by the next one: %s', (_, fault, unread, code) =>
    withProject(async ({ github, open, plan, merge, apply, pushDirectly, sandbox }) => {
      await apply();
      const pull = await open(PASSWORDS);
      await plan(pull);
      await merge(pull);
      const heal = sandbox.fault(fault);
      const ran = await apply({ inputs: { unread } });
      expect(ran).toMatchObject({
        code,
        outputs: { applied: '1', 'artifact-name': expect.stringContaining('attempted') },
      });
      expect(ran.summary).toContain('1 applied, 1 unread');
      expect(expectOpen(github)).toMatch(/1 applied, 1 unread[\s\S]*444455556666[\s\S]*they could not be read/);
      heal();
      await pushDirectly(README);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
      expect(commentOn(github, 'apply')).toMatch(/✅ Apply: 1 applied[\s\S]*1 reviewed, and already as the state says/);
    }, EMPTY),
  );

  it('is no less open when several machines apply', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply, pushOf, sandbox } = project;
      await apply();
      const pull = await open(PASSWORDS);
      await plan(pull);
      await merge(pull);
      const heal = sandbox.fault(NO_POLICY);
      const { jobs } = await runWorkflow(project, pushOf(), { shards: 2 });
      const report = jobs.at(-1)?.ran;
      expect(report?.outputs).toMatchObject({ applied: '1', 'failure-reason': 'unread' });
      expect(report?.outputs['artifact-name']).toContain('attempted');
      expectOpen(github);
      heal();
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
    }, EMPTY));

  it('does not use up a digest: the same one can be given again', () =>
    withProject(async ({ pushDirectly, apply, sandbox }) => {
      await pushDirectly(PASSWORDS);
      const { outputs } = await apply();
      const given = { event: 'workflow_dispatch', inputs: { approved: outputs['pending-digest'] ?? '' } };
      const heal = sandbox.fault(NO_ACCOUNT);
      const first = await apply(given);
      expect(first).toMatchObject({ code: 1, outputs: { applied: '1', 'failure-reason': 'unread' } });
      expect(first.summary).toMatch(/1 applied, 1 unread[\s\S]*the same digest can be given again/);
      heal();
      expect(await apply(given)).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
    }, EMPTY));
});

describe.concurrent('what a safety rule holds since the review', PROCESSES, () => {
  it('is named, and applied once the rule lets go', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply, pushDirectly } = project;
      await apply();
      const pull = await open(GROUPS);
      await plan(pull);
      await merge(pull);
      const free = useGroup(project, SECOND, 'default', 'eni-0bbbbbbbbbbbbbbbb');
      expect(await apply()).toMatchObject({ code: 1, outputs: { applied: '1', held: '1', 'failure-reason': 'held' } });
      expect(expectOpen(github)).toMatch(
        /1 applied, 1 held[\s\S]*eni-0bbbbbbbbbbbbbbbb[\s\S]*a safety rule holds them/,
      );
      free();
      const before = writesOf(project);
      await pushDirectly(README);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
      expect(writesOf(project)).toBeGreaterThan(before);
    }, EMPTY));
});

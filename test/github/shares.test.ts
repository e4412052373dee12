/** A pull request on several machines, from opened to applied, through the workflows that "trueup init" writes. */
import { describe, expect, it } from 'vitest';
import { FIRST, FLEET, POLICY } from '../support/small.ts';
import { commentOn, rulesOf, setPasswords, writesOf } from './arrange.ts';
import { withProject } from './project.ts';
import { runWorkflow, type WorkflowRun } from './workflow.ts';

/** The first account is in the first share of two, the second in the second. */
const OF = { shards: 2 };

const EMPTY = { 'state/fleet.yaml': FLEET };
const WHOLE = { 'state/baseline.yaml': POLICY };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
};

/** Seventeen programs one after the other, in the longest of these. */
const PROCESSES = { timeout: 180_000 };

const namesOf = ({ jobs }: WorkflowRun): string[] => jobs.map(({ name, shard = '' }) => `${name} ${shard}`.trim());
const withoutRun = (text: string): string => text.replaceAll(/runs\/\d+/g, 'runs');

describe.concurrent('a pull request on several machines', PROCESSES, () => {
  it('is planned as by one, and applied as reviewed, although a job was killed on the way', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, arrivalOf, pushOf, sandbox } = project;
      setPasswords(project, FIRST, 14);
      const pull = await open(WHOLE);
      const alone = await plan(pull);
      const comment = commentOn(github, 'plan');

      const planned = await runWorkflow(project, await arrivalOf(pull), OF);
      expect(namesOf(planned)).toEqual(['accounts', 'share 1/2', 'share 2/2', 'plan']);
      expect(planned.of('share', '1/2').outputs).toMatchObject({ result: 'planned', changes: '2', 'in-state': '1' });
      const { digest } = alone.outputs;
      expect(planned.of('plan')).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '5', digest } });
      expect(withoutRun(commentOn(github, 'plan'))).toBe(withoutRun(comment));
      expect([github.comments.length, github.checks.length]).toEqual([1, 2]);
      await merge(pull);

      const before = rulesOf(project, FIRST, 'web');
      const lost = await runWorkflow(project, pushOf(), {
        ...OF,
        before: ({ name, shard }) =>
          name === 'apply' && shard === '1/2'
            ? sandbox.hold({ action: 'ModifySecurityGroupRules', account: FIRST, times: 1 }).arrived
            : undefined,
      });
      expect(namesOf(lost)).toEqual([
        'accounts',
        'share 1/2',
        'share 2/2',
        'decide',
        'apply 1/2',
        'apply 2/2',
        'report',
      ]);
      expect(lost.of('report')).toMatchObject({
        code: 1,
        outputs: { 'failure-reason': 'share-lost', applied: '3', 'artifact-name': expect.stringMatching(/attempted/) },
      });
      expect(commentOn(github, 'apply')).toMatch(
        /3 applied, 2 interrupted[\s\S]*share 1 of 2 did not come back: it left no/,
      );
      expect(github.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('2 to change') }]);
      const between = rulesOf(project, FIRST, 'web');
      expect(between).not.toEqual(before);

      const approved = lost.of('report').outputs['pending-digest'] ?? '';
      const rest = await runWorkflow(project, pushOf('workflow_dispatch'), { ...OF, given: { approved } });
      expect(namesOf(rest)).toEqual(['accounts', 'share 1/2', 'share 2/2', 'decide', 'apply 1/2', 'report']);
      expect(rest.of('report')).toMatchObject({ code: 0, outputs: { result: 'applied', changes: '0' } });
      expect(rulesOf(project, FIRST, 'web')).not.toEqual(between);
      expect(github.issues).toMatchObject([{ state: 'closed' }]);
    }, EMPTY));

  it('shows what a share could not read; and is not planned when one failed or has nothing new', () =>
    withProject(async (project) => {
      const { github, open, arrivalOf, sandbox } = project;
      const pull = await open(WHOLE);
      const arrival = await arrivalOf(pull);
      const mend = sandbox.fault({ match: { action: 'AssumeRole', account: FIRST }, do: 'deny' });
      const unread = await runWorkflow(project, arrival, OF);
      mend();
      expect(unread.of('share', '1/2')).toMatchObject({ code: 0, outputs: { unread: '2' } });
      expect(unread.of('plan')).toMatchObject({ code: 1, outputs: { 'failure-reason': 'unread', changes: '3' } });
      expect(commentOn(github, 'plan')).toContain('3 to change');

      let away: (() => void) | undefined;
      const again = await runWorkflow(project, arrival, {
        ...OF,
        again: unread.run,
        before: ({ name, shard }) => {
          away?.();
          if (shard === '2/2') away = sandbox.fault({ match: { action: 'GetCallerIdentity' }, do: 'deny' });
          return name === 'share' && shard === '1/2' ? 'lost' : undefined;
        },
      });
      expect(namesOf(again)).toEqual(['accounts', 'share 2/2', 'plan']);
      expect(again.of('share').code).toBe(1);
      expect(again.of('plan')).toMatchObject({ code: 1, outputs: { 'failure-reason': 'shares-do-not-fit' } });
      const body = commentOn(github, 'plan');
      expect(body).toMatch(
        /share 2 of 2 failed: .*who the caller is.*share 1 of 2 was planned from another list of accounts/,
      );
      expect(github.checks.at(-1)).toMatchObject({ conclusion: 'failure' });
      expect(again.of('plan').outputs['artifact-path']).toBeUndefined();
    }, EMPTY));

  it('waits with all others when together they exceed what the limits allow over all shares', () =>
    withProject(
      async (project) => {
        const { github, open, plan, merge, pushOf } = project;
        for (const files of [PASSWORDS, GROUPS]) await plan(await open(files));
        for (const pull of github.pulls) await merge(pull);
        const waiting = await runWorkflow(project, pushOf(), OF);
        expect(namesOf(waiting)).toEqual(['accounts', 'share 1/2', 'share 2/2', 'decide', 'report']);
        expect(waiting.of('report')).toMatchObject({
          code: 0,
          outputs: { result: 'pending', applied: '0', changes: '4' },
        });
        for (const on of [1, 2])
          expect(commentOn(github, 'apply', on)).toMatch(/approved nothing[\s\S]*the run: 4 changes/);
        expect(github.issues).toMatchObject([{ state: 'open' }]);
        expect(writesOf(project)).toBe(0);
      },
      { 'state/fleet.yaml': `${FLEET}safety: { limits: { perRun: 3 } }\n` },
    ));

  it('from a fork is validated by the job that joins, and by no other', () =>
    withProject(async (project) => {
      const { open, arrivalOf, sandbox } = project;
      const fork = await runWorkflow(project, await arrivalOf(await open(WHOLE), { fork: true }), OF);
      expect(namesOf(fork)).toEqual(['plan']);
      expect(fork.of('plan')).toMatchObject({ code: 0, outputs: { result: 'valid' } });
      expect(sandbox.requests).toEqual([]);
    }, EMPTY));

  it('is refused where everybody may read along, before anything is read', () =>
    withProject(async (project) => {
      const { github, open, arrivalOf, sandbox } = project;
      github.visibility = 'public';
      const refused = await runWorkflow(project, await arrivalOf(await open(WHOLE)), OF);
      expect(namesOf(refused)).toEqual(['accounts', 'plan']);
      expect(refused.of('accounts')).toMatchObject({ code: 1, outputs: { 'failure-reason': 'shares-are-public' } });
      expect(commentOn(github, 'plan')).toContain('shares-are-public');
      expect(sandbox.requests).toEqual([]);
      expect(github.artifacts).toEqual([]);
    }, EMPTY));
});

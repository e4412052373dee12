/** On one machine, too: each job of the workflows does what it is for with the permissions that it is given, and no more. */
import { describe, expect, it } from 'vitest';
import { FIRST, FLEET } from '../support/small.ts';
import { commentOn, setPasswords } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

const START = { 'state/fleet.yaml': `${FLEET}heal: [password-policy]\n` };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const ONE = { shards: 1 };
const DRIFT = '.github/workflows/trueup-drift.yml';

const lookOf = ({ github }: Project) => ({
  event: 'schedule',
  payload: {},
  where: { sha: github.mainTip, ref: 'refs/heads/main', workflow: DRIFT },
});

/** Whatever cannot be posted is a warning, so the log would tell of a permission that is missing. */
const WARNED = 'warning: could not';

describe.concurrent('the permissions of the workflows', PROCESSES, () => {
  it.each(['merge', 'review'] as const)(
    'are enough to plan, to apply what was approved by %s, and to look for drift',
    (approval) =>
      withProject(async (project) => {
        const { github, open, arrivalOf, merge, pushOf } = project;
        const pull = await open(PASSWORDS);
        const planned = (await runWorkflow(project, await arrivalOf(pull), ONE)).of('plan');
        expect(planned).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '2' } });
        expect(github.checks).toMatchObject([{ name: 'trueup plan · state', annotations: [{}] }]);
        pull.reviews.push({ login: 'rob', state: 'APPROVED', commit: pull.head.sha, at: project.now() });
        github.permissions.set('rob', 'write');
        await merge(pull);
        const inputs = { approval };
        const applied = (await runWorkflow(project, pushOf(), { ...ONE, inputs })).of('apply');
        expect(applied).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '2' } });
        expect(commentOn(github, 'apply')).toContain('2 applied');
        setPasswords(project, FIRST, 6);
        const looked = (await runWorkflow(project, lookOf(project), ONE)).of('drift');
        expect(looked).toMatchObject({ code: 0, outputs: { applied: '1' } });
        for (const { log } of [planned, applied, looked]) expect(log).not.toContain(WARNED);
      }, START),
  );

  it('are enough to write the issue and to approve by its digest', () =>
    withProject(
      async (project) => {
        const { github, pushOf } = project;
        const waiting = (await runWorkflow(project, pushOf(), ONE)).of('apply');
        expect(github.issues).toMatchObject([{ state: 'open' }]);
        const given = { approved: waiting.outputs['pending-digest'] ?? '' };
        const meant = (await runWorkflow(project, pushOf('workflow_dispatch'), { ...ONE, given })).of('apply');
        expect(meant).toMatchObject({ code: 0, outputs: { applied: '2' } });
        expect(github.issues).toMatchObject([{ state: 'closed' }]);
        for (const { log } of [waiting, meant]) expect(log).not.toContain(WARNED);
      },
      { ...START, ...PASSWORDS },
    ));

  it('are enough for a merge queue, which has no pull request to comment on', () =>
    withProject(async (project) => {
      const { github, open, arrivalOf } = project;
      const base = github.mainTip;
      const { where } = await arrivalOf(await open(PASSWORDS));
      const payload = { merge_group: { head_sha: where.sha, base_sha: base } };
      const queue = { event: 'merge_group', payload, where: { ...where, headSha: where.sha } };
      const planned = (await runWorkflow(project, queue, ONE)).of('plan');
      expect(planned).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '2' } });
      expect(planned.log).not.toContain(WARNED);
      expect(github.checks).toMatchObject([{ sha: where.sha }]);
      expect(github.comments).toEqual([]);
    }, START));
});

it(
  'are those of the token that is given: who posts under another name than is looked for, is told so',
  () =>
    withProject(
      async ({ github, open, plan, apply }) => {
        const inputs = { 'comment-author': 'trueup[bot]' };
        const { log } = await plan(await open(PASSWORDS), { inputs });
        const told = 'posted as github-actions[bot], but looked for as trueup[bot]';
        expect(log).toContain(told);
        expect((await apply({ inputs })).log).toContain(told);
        expect(github.issues).toHaveLength(1);
      },
      { ...START, 'state/more.yaml': PASSWORDS['state/passwords.yaml'].replace('name: passwords', 'name: more') },
    ),
  PROCESSES.timeout,
);

/** No apply was completed yet: whatever became of the first ones, what was merged since counts, and nothing before them. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeArtifact, FakeRun } from '../support/github.ts';
import { FIRST, FLEET, SECOND } from '../support/small.ts';
import { commentOn, setPasswords, writesOf } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
};
const NOTHING = { 'state/ranges.yaml': 'kind: Ranges\nranges: { office: [10.0.0.0/8] }\n' };
const ALL = { code: 0, outputs: { result: 'applied', applied: '4', changes: '0' } };

/** Planned side by side, so that neither shows the other's changes as drift. */
async function planBoth({ open, plan }: Project) {
  const [first, second] = [await open(PASSWORDS), await open(GROUPS)];
  await plan(first);
  await plan(second);
  return { first, second };
}

/** A run for the push of main's tip of which nothing is left but how it ended. */
function lose({ begin, pushOf }: Project, conclusion: NonNullable<FakeRun['conclusion']>, event?: 'workflow_dispatch') {
  const run = begin(pushOf(event));
  run.conclusion = conclusion;
  return run;
}

describe.concurrent('a first apply that came to nothing', PROCESSES, () => {
  it.each(['cancelled', 'failure', 'timed_out', 'startup_failure'] as const)(
    'loses no approval: what it was for is applied by the run of the next push (%s)',
    (conclusion) =>
      withProject(async (project) => {
        const { github, merge, apply } = project;
        const { first, second } = await planBoth(project);
        await merge(first);
        lose(project, conclusion);
        await merge(second);
        const ran = await apply();
        expect(ran).toMatchObject(ALL);
        expect(ran.log).toContain('no apply has been completed yet');
        for (const on of [1, 2]) expect(commentOn(github, 'apply', on)).toContain('2 applied');
      }, EMPTY),
  );

  it('is like any later one in that', () =>
    withProject(async (project) => {
      const { merge, apply } = project;
      await apply();
      const { first, second } = await planBoth(project);
      await merge(first);
      lose(project, 'cancelled');
      await merge(second);
      const ran = await apply();
      expect(ran).toMatchObject(ALL);
      expect(ran.log).not.toContain('no apply has been completed yet');
    }, EMPTY));

  it('because AWS refused is not over: its pull request stays approved', () =>
    withProject(async (project) => {
      const { merge, apply, sandbox } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      const heal = sandbox.fault({ match: { action: 'UpdateAccountPasswordPolicy' }, do: 'deny' });
      expect(await apply()).toMatchObject({ code: 1, outputs: { applied: '0' } });
      heal();
      await merge(second);
      expect(await apply()).toMatchObject(ALL);
    }, EMPTY));

  it('because GitHub did not answer is not over, and several of them in a row are not either', () =>
    withProject(async (project) => {
      const { github, merge, apply, pushDirectly } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      github.faults.push({ on: /\/commits\/\w+\/pulls$/, status: 403, times: 1 });
      expect(await apply()).toMatchObject({ code: 1, outputs: { result: 'failed' } });
      await pushDirectly({ 'README.md': 'x' });
      lose(project, 'cancelled');
      await merge(second);
      expect(await apply()).toMatchObject(ALL);
    }, EMPTY));

  it('because somebody pushed is covered by the run of that push, as its summary says', () =>
    withProject(async (project) => {
      const { github, merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      const old = github.mainTip;
      await merge(second);
      expect(await apply({ at: old })).toMatchObject({
        code: 0,
        outputs: { result: 'behind', 'artifact-name': expect.stringContaining('attempted') },
      });
      expect(await apply()).toMatchObject(ALL);
    }, EMPTY));

  it('is no less open on several machines, overtaken or lost', () =>
    withProject(async (project) => {
      const { merge, pushOf } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      const old = pushOf();
      await merge(second);
      const overtaken = await runWorkflow(project, old, { shards: 2 });
      expect(overtaken.jobs.map(({ name, ran }) => [name, ran.outputs.result])).toEqual([['accounts', 'behind']]);
      await project.pushDirectly({ 'README.md': 'x' });
      lose(project, 'timed_out');
      await project.pushDirectly({ 'README.md': 'y' });
      const { of } = await runWorkflow(project, pushOf(), { shards: 2 });
      expect(of('report')).toMatchObject(ALL);
    }, EMPTY));

  it('is caught up with by hand, too', () =>
    withProject(async (project) => {
      const { merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      lose(project, 'failure');
      await merge(second);
      lose(project, 'cancelled');
      expect(await apply({ event: 'workflow_dispatch' })).toMatchObject(ALL);
    }, EMPTY));

  it('can be started again, and goes on from where its push began', () =>
    withProject(async (project) => {
      const { merge, pushOf, act } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      await merge(second);
      const arrival = pushOf();
      const run = project.begin(arrival);
      run.conclusion = 'failure';
      const again = await act(
        'push',
        arrival.payload,
        { ...arrival.where, run },
        {
          inputs: { journal: join(tmpdir(), `trueup-first-${process.pid}`) },
          env: { GITHUB_RUN_ATTEMPT: '2' },
        },
      );
      expect(again).toMatchObject(ALL);
    }, EMPTY));

  it('is caught up with in whichever style its pull request was merged', () =>
    withProject(async (project) => {
      const { merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first, 'rebase');
      lose(project, 'cancelled');
      await merge(second, 'merge');
      expect(await apply()).toMatchObject(ALL);
    }, EMPTY));
});

describe.concurrent('before any apply was completed nothing more is approved', PROCESSES, () => {
  it('than what came since the workflow ran first: older plans were not merged to be applied', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const { first: older, second } = await planBoth(project);
      const third = await open({ 'state/more.yaml': 'kind: Ranges\nranges: { home: [10.1.0.0/16] }\n' });
      await plan(third);
      await merge(older);
      await merge(await open(NOTHING));
      // From here on there is a workflow that applies.
      await merge(third);
      lose(project, 'failure');
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
      expect(commentOn(github, 'apply', 1)).toBe('');
      expect(commentOn(github, 'apply', 2)).toContain('2 applied');
    }, EMPTY));

  it('than what has a plan of its own: what was merged without one waits', () =>
    withProject(async (project) => {
      const { github, open, merge, apply } = project;
      await merge(await open(PASSWORDS));
      lose(project, 'failure');
      await merge(await open(NOTHING));
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '2' } });
      expect(writesOf(project)).toBe(0);
      expect(commentOn(github, 'apply', 1)).toMatch(/approved nothing[\s\S]*it has no plan/);
    }, EMPTY));

  it('than what is still as it was reviewed', () =>
    withProject(async (project) => {
      const { merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      lose(project, 'cancelled');
      setPasswords(project, SECOND, 6);
      await merge(second);
      expect(await apply()).toMatchObject({
        code: 1,
        outputs: { applied: '3', changes: '1', 'failure-reason': 'moved' },
      });
    }, EMPTY));

  it.each([
    ['what it left has expired', (left: FakeArtifact) => Object.assign(left, { expired: true })],
    ['what it left has expired and is forgotten', () => undefined],
  ] as const)('by what a run has completed, although %s', (_, expire) =>
    withProject(async (project) => {
      const { github, sandbox, merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2' } });
      for (const left of github.artifacts.splice(0)) {
        const kept = left.run.event === 'pull_request' ? left : expire(left);
        if (kept) github.artifacts.push(kept);
      }
      for (const id of [FIRST, SECOND])
        Object.assign(sandbox.world.accounts.get(id) ?? {}, { passwordPolicy: undefined });
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
      expect(commentOn(github, 'apply', 2)).toContain('2 applied');
    }, EMPTY),
  );

  it('by runs of a main that was rewritten since', () =>
    withProject(async (project) => {
      const { github, git, merge, apply, pushDirectly } = project;
      await pushDirectly({ 'README.md': 'x' });
      lose(project, 'failure');
      const { first, second } = await planBoth(project);
      await merge(first);
      const kept = github.mainTip;
      await pushDirectly({ 'README.md': 'y' });
      lose(project, 'failure');
      await git('checkout', '-q', 'main');
      await git('reset', '-q', '--hard', kept);
      await merge(second);
      const ran = await apply();
      expect(ran).toMatchObject({ code: 0, outputs: { applied: '0', changes: '4' } });
      expect(ran.log).toContain('main was rewritten');
    }, EMPTY));

  it('because of runs that are not of this workflow, branch and repository, or were begun by another event', () =>
    withProject(async (project) => {
      const { github, merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      project.pushOf();
      const lost = { conclusion: 'failure' } as const;
      for (const of of [
        { headRepository: 777 },
        { branch: 'other' },
        { event: 'schedule' },
        { path: '.github/workflows/other.yml' },
        { event: 'pull_request' },
      ])
        Object.assign(project.begin(project.pushOf()), lost, of);
      expect(github.runs).toHaveLength(7);
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
      expect(commentOn(github, 'apply', 1)).toBe('');
    }, EMPTY));

  it('by a looser fleet: the one that the first apply was for still counts', () =>
    withProject(
      async (project) => {
        const { open, plan, merge, apply } = project;
        const strict = `${FLEET}safety: { limits: { perRun: 1 } }\n`;
        await merge(await open({ 'state/fleet.yaml': strict }));
        lose(project, 'failure');
        await merge(await open({ 'state/fleet.yaml': FLEET }));
        lose(project, 'failure');
        const pull = await open(PASSWORDS);
        expect(await plan(pull)).toMatchObject({ code: 0, outputs: { changes: '2', held: '0' } });
        await merge(pull);
        expect(await apply()).toMatchObject({ outputs: { applied: '0', changes: '2' } });
        expect(writesOf(project)).toBe(0);
      },
      { 'README.md': 'nothing yet' },
    ));
});

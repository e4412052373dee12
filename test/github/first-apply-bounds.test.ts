/** As long as no apply was completed: what counts is what was merged since the first was begun, reviewed as ever, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { FakeArtifact } from '../support/github.ts';
import { FIRST, FLEET, SECOND } from '../support/small.ts';
import { commentOn, setPasswords, writesOf } from './arrange.ts';
import { EMPTY, forget, lose, NOTHING, PASSWORDS, planBoth } from './lost-runs.ts';
import { PROCESSES, withProject } from './project.ts';

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

  it('than what came since somebody ran the workflow by hand, where no push did', () =>
    withProject(async (project) => {
      const { github, merge, apply } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      lose(project, 'failure', 'workflow_dispatch');
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
      expect(commentOn(github, 'apply', 1)).toBe('');
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

  it('by runs of a main that was rewritten since, and by what came with the rewriting', () =>
    withProject(async (project) => {
      const { github, git, open, plan, merge, apply, pushDirectly } = project;
      await pushDirectly({ 'README.md': 'x' });
      lose(project, 'failure');
      const { first, second } = await planBoth(project);
      const other = await open(NOTHING);
      await plan(other);
      await merge(first);
      const kept = github.mainTip;
      await pushDirectly({ 'README.md': 'y' });
      lose(project, 'failure');
      await git('checkout', '-q', 'main');
      await git('reset', '-q', '--hard', kept);
      await merge(other);
      const ran = await apply();
      expect(ran).toMatchObject({ code: 0, outputs: { applied: '0', changes: '2' } });
      expect(ran.log).toContain('main was rewritten');
      // Had that run been lost, too, what comes after it would count all the same.
      forget(github, ran);
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
      expect(commentOn(github, 'apply', 1)).toBe('');
      expect(commentOn(github, 'apply', 2)).toContain('2 applied');
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

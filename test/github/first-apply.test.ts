/** Whatever became of the first applies: as long as none was completed, they lose no approval. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commentOn } from './arrange.ts';
import { ALL, EMPTY, lose, planBoth } from './lost-runs.ts';
import { PROCESSES, type Project, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

describe.concurrent('a first apply that came to nothing', PROCESSES, () => {
  it.each(['cancelled', 'timed_out'] as const)(
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

  it.each([
    ['and goes on from where its push began', () => {}],
    ['although it was tried by hand meanwhile', (project: Project) => lose(project, 'failure', 'workflow_dispatch')],
  ])('can be started again, %s', (_, meanwhile) =>
    withProject(async (project) => {
      const { merge, pushOf, act } = project;
      const { first, second } = await planBoth(project);
      await merge(first);
      await merge(second);
      const arrival = pushOf();
      const run = project.begin(arrival);
      run.conclusion = 'failure';
      meanwhile(project);
      const inputs = { journal: await mkdtemp(join(tmpdir(), 'trueup-again-')) };
      const where = { ...arrival.where, run };
      const again = await act('push', arrival.payload, where, { inputs, env: { GITHUB_RUN_ATTEMPT: '2' } });
      expect(again).toMatchObject(ALL);
    }, EMPTY),
  );

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

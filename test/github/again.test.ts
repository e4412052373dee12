/** Runs that are started again, old runs, a rewritten main: nothing that was undone since is approved a second time. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FakeRun } from '../support/github.ts';
import { FIRST, FLEET, SECOND } from '../support/small.ts';
import { commentOn, setPasswords } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const NOTHING = { 'state/ranges.yaml': 'kind: Ranges\nranges: { office: [10.0.0.0/8] }\n' };

/** Takes back by hand what was applied: as it was when it was reviewed. */
function undo({ sandbox }: Project): void {
  for (const id of [FIRST, SECOND]) {
    const account = sandbox.world.accounts.get(id);
    if (account) account.passwordPolicy = undefined;
  }
}

async function mergePlanned({ open, plan, merge }: Project, files: { [name: string]: string }): Promise<void> {
  const pull = await open(files);
  await plan(pull);
  await merge(pull);
}

describe.concurrent('an apply that is started again', PROCESSES, () => {
  it('approves nothing that its first attempt carried out', () =>
    withProject(async (project) => {
      const { github, apply, pushOf, act } = project;
      await apply();
      await mergePlanned(project, PASSWORDS);
      const arrival = pushOf();
      const first = await apply();
      expect(first.outputs).toMatchObject({ applied: '2' });
      undo(project);
      const where = { ...arrival.where, run: first.run, sha: github.mainTip };
      const again = await act('push', arrival.payload, where, {
        inputs: { journal: join(tmpdir(), `trueup-again-${process.pid}`) },
        env: { GITHUB_RUN_ATTEMPT: '2' },
      });
      expect(again.outputs).toMatchObject({ applied: '0', changes: '2' });
    }, EMPTY));

  it('goes on with what the first attempt left open', () =>
    withProject(async (project) => {
      const { apply, sandbox } = project;
      await apply();
      await mergePlanned(project, PASSWORDS);
      const mend = sandbox.fault({
        match: { action: 'UpdateAccountPasswordPolicy', account: SECOND },
        do: 'deny',
      });
      expect((await apply()).outputs).toMatchObject({ applied: '1', 'failure-reason': 'apply-failed' });
      mend();
      expect((await apply({ event: 'workflow_dispatch' })).outputs).toMatchObject({ applied: '1', changes: '0' });
    }, EMPTY));

  it('of an older commit takes nothing back: neither the issue nor how far main is applied', () =>
    withProject(async (project) => {
      const { github, apply, pushOf, actOnly, pushDirectly, now } = project;
      await apply();
      await mergePlanned(project, NOTHING);
      const old = pushOf();
      const first = await runWorkflow(project, old, { shards: 2 });
      await mergePlanned(project, PASSWORDS);
      expect((await apply()).outputs).toMatchObject({ applied: '2' });
      undo(project);
      expect((await apply({ event: 'schedule' })).outputs).toMatchObject({ changes: '2' });
      const issue = { ...github.issues[0] };
      const parts = await partsOf(project, first.run);
      try {
        const again = await actOnly(
          'push',
          old.payload,
          { ...old.where, run: first.run },
          {
            inputs: { mode: 'apply', parts },
            env: { GITHUB_RUN_ATTEMPT: '2' },
          },
        );
        expect(again.outputs).toMatchObject({ result: 'behind' });
      } finally {
        await rm(parts, { recursive: true });
      }
      expect(github.issues[0]).toEqual(issue);
      // Even if it had left something, as earlier versions did: the order of commits counts.
      const left = github.artifacts.find(({ run, name }) => run === first.run && name.startsWith('trueup-applied-'));
      github.upload(first.run, left?.name ?? 'none', { 'applied.json': '{}' }, now());
      await pushDirectly({ 'README.md': 'x' });
      expect((await apply()).outputs).toMatchObject({ applied: '0', changes: '2' });
    }, EMPTY));
});

async function partsOf({ github }: Project, run: FakeRun): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'trueup-parts-'));
  for (const { name, files } of github.artifacts.filter((one) => one.run === run)) {
    await mkdir(join(directory, name));
    for (const [file, text] of Object.entries(files)) await writeFile(join(directory, name, file), text);
  }
  return directory;
}

describe.concurrent('a main that was rewritten', PROCESSES, () => {
  it('is applied all the same: nothing counts as approved, and no safety is loosened by that', () =>
    withProject(async (project) => {
      const { github, apply, git, open, plan, merge, pushDirectly } = project;
      await apply();
      await pushDirectly({ 'README.md': 'x' });
      const gone = github.mainTip;
      expect((await apply()).code).toBe(0);
      await git('checkout', '-q', 'main');
      await git('commit', '-q', '--amend', '-m', 'rewritten');
      const loose = { 'state/fleet.yaml': `${FLEET}safety: { limits: { perAccount: 900, perRun: 900 } }\n` };
      const pull = await open({ ...loose, ...PASSWORDS });
      await plan(pull);
      await merge(pull);
      await git('reflog', 'expire', '--expire=now', '--all');
      await git('gc', '-q', '--prune=now');
      await expect(git('cat-file', '-e', gone)).rejects.toThrow();
      const ran = await apply();
      expect(ran).toMatchObject({ code: 0, outputs: { applied: '0', changes: '2' } });
      expect(ran.log).toContain('main was rewritten');
      const second = await open({ 'state/ranges.yaml': NOTHING['state/ranges.yaml'] });
      await plan(second);
      await merge(second);
      expect((await apply()).outputs).toMatchObject({ applied: '2' });
    }, EMPTY));
});

describe.concurrent('artifacts of others', PROCESSES, () => {
  it('hide neither what was applied last nor what a digest stands for', () =>
    withProject(async (project) => {
      const { github, open, apply, begin, arrivalOf, now, sandbox } = project;
      const name = (await apply()).outputs['artifact-name'] ?? '';
      await mergePlanned(project, PASSWORDS);
      const mend = sandbox.fault({ match: { action: 'UpdateAccountPasswordPolicy' }, do: 'deny' });
      expect((await apply()).outputs).toMatchObject({ applied: '0' });
      mend();
      const run = begin(await arrivalOf(await open({ 'README.md': 'of a fork' }), { fork: true }));
      const fork = { ...run, branch: 'main' };
      for (let number = 0; number < 150; number += 1)
        github.upload({ ...fork, id: 90_000 + number }, name, { 'applied.json': '{}' }, now());
      expect((await apply({ event: 'workflow_dispatch' })).outputs).toMatchObject({ applied: '2' });
      expect(commentOn(github, 'apply')).toContain('2 applied');
    }, EMPTY));

  it('are no pending plan, whatever digest they have', () =>
    withProject(async (project) => {
      const { github, open, apply, begin, arrivalOf, pushDirectly } = project;
      await pushDirectly(PASSWORDS);
      const { outputs } = await apply();
      const kept = github.artifacts.find(({ name }) => name === outputs['pending-name']);
      const pull = await arrivalOf(await open({ 'README.md': 'x' }));
      const honest = kept?.run;
      // What is pending is another plan by now, and has another digest.
      setPasswords(project, SECOND, 6);
      const give = () =>
        apply({ event: 'workflow_dispatch', inputs: { approved: outputs['pending-digest'] ?? '' } }).then(
          (ran) => ran.outputs,
        );
      for (const of of [
        { headRepository: 777, branch: 'main', event: 'push' },
        { event: 'push' },
        // A pull request from a branch of that name, and a tag.
        { branch: 'main', sha: github.mainTip },
        { branch: 'main', event: 'push' },
      ]) {
        // The record is as it should be; who left it is not.
        Object.assign(kept ?? {}, { run: Object.assign(begin(pull), of) });
        expect(await give()).toMatchObject({ applied: '0', 'failure-reason': 'digest-unknown' });
      }
      Object.assign(kept ?? {}, { run: honest });
      expect(await give()).toMatchObject({ applied: '1' });
    }, EMPTY));
});

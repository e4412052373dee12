/** Who used a resource when it was reviewed: whoever came since holds it. */
import { describe, expect, it } from 'vitest';
import { FIRST, FLEET, SECOND } from '../support/small.ts';
import { commentOn, useGroup, writesOf } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none, whenInUse: proceed } }\n',
};
const OLD = 'eni-0aaaaaaaaaaaaaaaa';
const NEW = 'eni-0bbbbbbbbbbbbbbbb';

/** A pull request over two default groups, merged; in one of them something happens after the review. */
async function mergedWith(project: Project, since: () => void): Promise<void> {
  const pull = await project.open(GROUPS);
  await project.plan(pull);
  since();
  await project.merge(pull);
}

describe.concurrent('a user that was not there at the review', PROCESSES, () => {
  it('holds the change, by name; one that has gone does not; a digest of the plan with it lets it through', () =>
    withProject(async (project) => {
      const { github, apply } = project;
      const leave = useGroup(project, FIRST, 'default', OLD);
      useGroup(project, SECOND, 'default', OLD);
      await mergedWith(project, () => {
        leave();
        useGroup(project, SECOND, 'default', NEW);
      });
      const held = await apply();
      expect(held).toMatchObject({ code: 1, outputs: { applied: '1', changes: '1', 'failure-reason': 'new-user' } });
      const report = commentOn(github, 'apply');
      expect(report).toContain('1 applied, 1 held');
      expect(report).toContain(`in use by ${NEW}, not there when this was reviewed`);
      expect(github.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('1 to change') }]);
      const approved = held.outputs['pending-digest'] ?? '';
      const released = await apply({ event: 'workflow_dispatch', inputs: { approved } });
      expect(released).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
    }, EMPTY));

  it('holds what a digest approved as well, and the digest of a plan covers nobody', () =>
    withProject(async (project) => {
      const { open, plan, merge, apply } = project;
      useGroup(project, FIRST, 'default', OLD);
      await merge(await open(GROUPS));
      const waiting = await apply();
      useGroup(project, FIRST, 'default', NEW);
      const approved = waiting.outputs['pending-digest'] ?? '';
      const held = await apply({ event: 'workflow_dispatch', inputs: { approved } });
      expect(held).toMatchObject({ code: 1, outputs: { applied: '1', changes: '1', 'failure-reason': 'new-user' } });
      // As a command line or a pull request shows it; the issue has only the one that names users.
      const { digest = '' } = (await plan(await open({ 'README.md': 'more' }))).outputs;
      expect(project.github.issues[0]?.body).not.toContain(digest);
      const again = await apply({ event: 'workflow_dispatch', inputs: { approved: digest } });
      expect(again).toMatchObject({ code: 1, outputs: { applied: '0', 'failure-reason': 'new-user' } });
    }, EMPTY));

  it('is named nowhere where only numbers are published, and still holds', () =>
    withProject(async (project) => {
      const { github, apply } = project;
      github.visibility = 'public';
      useGroup(project, FIRST, 'default', OLD);
      await mergedWith(project, () => useGroup(project, FIRST, 'default', NEW));
      const held = await apply();
      expect(held).toMatchObject({ code: 1, outputs: { applied: '1', changes: '1', 'failure-reason': 'new-user' } });
      const published = JSON.stringify([github.comments, github.issues, github.artifacts.map(({ files }) => files)]);
      for (const secret of [OLD, NEW, FIRST]) expect(`${published}${held.log}${held.summary}`).not.toContain(secret);
    }, EMPTY));

  it('lets a digest approve exactly what it stands for, although its record is no longer kept', () =>
    withProject(async (project) => {
      const { github, open, merge, apply } = project;
      useGroup(project, FIRST, 'default', OLD);
      await merge(await open(GROUPS));
      const waiting = await apply();
      github.artifacts.length = 0;
      const approved = waiting.outputs['pending-digest'] ?? '';
      expect(writesOf(project)).toBe(0);
      const done = await apply({ event: 'workflow_dispatch', inputs: { approved } });
      expect(done).toMatchObject({ code: 0, outputs: { applied: '2', changes: '0' } });
    }, EMPTY));
});

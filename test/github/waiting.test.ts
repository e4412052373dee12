/** What waits is told where somebody looks, and with one digest; a run that could not carry it out does not end green. */
import { describe, expect, it } from 'vitest';
import { FLEET } from '../support/small.ts';
import { settle, writesOf } from './arrange.ts';
import { PROCESSES, withProject } from './project.ts';

const STATE = {
  'state/fleet.yaml': FLEET,
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};

const digestsIn = (text = ''): string[] => [...new Set(text.match(/sha256:[0-9a-f]{64}/g))];

describe.concurrent('what waits for approval', PROCESSES, () => {
  it('has one digest: in the issue, in the summaries, and in the logs with what it stands for', () =>
    withProject(async ({ github, apply }) => {
      const pushed = await apply();
      const digest = pushed.outputs['pending-digest'] ?? '';
      const looked = await apply({ event: 'schedule' });
      expect(looked.outputs['pending-digest']).toBe(digest);
      for (const text of [github.issues[0]?.body, pushed.summary, looked.summary])
        expect(digestsIn(text)).toEqual([digest]);
      for (const { log } of [pushed, looked]) {
        expect(log).toContain('CHANGES 2');
        expect(log).toContain(`#${github.issues[0]?.number}`);
      }
      expect(looked.log).not.toContain('nothing was to be done');
    }, STATE));

  it('is told where no issue can be written, too; and nothing is told to wait when nothing does', () =>
    withProject(async (project) => {
      const { github, apply } = project;
      const fault = {
        on: /^(POST|PATCH) .*\/issues/,
        status: 410,
        message: 'Issues are disabled for this repo',
        times: 9,
      };
      github.faults.push(fault);
      const { code, summary, outputs, log } = await apply();
      expect(code).toBe(0);
      expect(log).toContain('Issues are disabled');
      expect(digestsIn(summary)).toEqual([outputs['pending-digest']]);
      fault.times = 0;
      await apply();
      settle(project);
      expect((await apply()).summary).not.toContain('waits');
      expect(github.issues).toMatchObject([{ state: 'closed' }]);
    }, STATE));

  it('and was given to a run that main has left behind, is not passed over in silence', () =>
    withProject(async (project) => {
      const { github, apply, pushDirectly } = project;
      const approved = (await apply()).outputs['pending-digest'] ?? '';
      const old = github.mainTip;
      await pushDirectly({ 'README.md': 'more' });
      const late = await apply({ event: 'workflow_dispatch', at: old, inputs: { approved } });
      expect(late).toMatchObject({ code: 1, outputs: { result: 'behind', 'failure-reason': 'behind' } });
      expect(late.summary).toContain('again');
      expect(writesOf(project)).toBe(0);
      expect(await apply({ event: 'workflow_dispatch', inputs: { approved } })).toMatchObject({
        code: 0,
        outputs: { applied: '2' },
      });
    }, STATE));
});

/** GitHub being slow, busy, strict or broken: what the action makes of it. */
import { describe, expect, it } from 'vitest';
import type { Fault } from '../support/github.ts';
import { FLEET, POLICY, STATE } from '../support/small.ts';
import { commentOn } from './arrange.ts';
import { PROCESSES, withProject } from './project.ts';

const LONGER = { 'state/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 16') };
const COMMENTS = /^(POST|PATCH) .*\/comments/;

describe.concurrent('when GitHub', PROCESSES, () => {
  const passing: readonly [string, readonly Omit<Fault, 'times'>[]][] = [
    [
      'is too busy in one way after the other',
      [
        {
          on: COMMENTS,
          status: 403,
          headers: { 'retry-after': '0' },
          message: 'You have exceeded a secondary rate limit',
        },
        { on: COMMENTS, status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' } },
        { on: COMMENTS, status: 429, headers: { 'retry-after': '0' } },
      ],
    ],
    [
      'fails while it is read, and again while it is written',
      [
        { on: /^GET .*\/comments$/, status: 502 },
        { on: /^POST .*\/comments$/, status: 503 },
      ],
    ],
    ['carries a comment out and loses the answer', [{ on: /^POST .*\/comments$/, status: 502, after: true }]],
  ];

  it.each(passing)('%s, there is exactly one comment in the end', (_, faults) =>
    withProject(async ({ github, open, plan }) => {
      github.faults.push(...faults.map((fault) => ({ times: 1, ...fault })));
      expect(await plan(await open(LONGER))).toMatchObject({ code: 0, outputs: { changes: '6' } });
      expect(github.comments).toHaveLength(1);
      expect(commentOn(github, 'plan')).toContain('6 to change');
      expect(github.faults.filter(({ times }) => times > 0)).toEqual([]);
    }, STATE),
  );

  it('forbids comments and checks, the plan is made all the same, and the log says what is missing', () =>
    withProject(async ({ github, open, plan }) => {
      github.faults.push({ on: /^POST /, status: 403, message: 'Resource not accessible by integration', times: 99 });
      const planned = await plan(await open(LONGER));
      expect(planned).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '6' } });
      expect(planned.log).toMatch(/could not write the comment: GitHub answered 403.*permissions/);
      expect(planned.summary).toContain('6 to change');
    }, STATE));

  it('does not say who may read along, only numbers are published', () =>
    withProject(async ({ github, open, plan }) => {
      github.faults.push({ on: /^GET \/repos\/octo\/guardrails$/, status: 404, times: 99 });
      await plan(await open(LONGER));
      expect(commentOn(github, 'plan')).toContain('Only numbers');
    }, STATE));

  it('has a hundred and forty comments of others, ours is found on the second page', () =>
    withProject(async ({ github, open, plan }) => {
      const pull = await open(LONGER);
      for (let i = 0; i < 140; i += 1) github.comments.push({ id: i, on: 1, body: `comment ${i}`, login: 'dana' });
      await plan(pull);
      await plan(pull);
      expect(github.comments).toHaveLength(141);
    }, STATE));

  it('refuses to say what was merged, nothing is applied and the run fails', () =>
    withProject(
      async ({ github, open, plan, merge, apply }) => {
        const pull = await open({ 'state/baseline.yaml': POLICY });
        await plan(pull);
        await merge(pull);
        github.faults.push({
          on: /\/compare\//,
          status: 403,
          message: 'Resource not accessible by integration',
          times: 9,
        });
        expect(await apply()).toMatchObject({ code: 1, outputs: { 'failure-reason': 'github-refused' } });
      },
      { 'state/fleet.yaml': FLEET },
    ));
});

describe.concurrent('in a merge queue', PROCESSES, () => {
  it('the group is planned against what the queue builds on; there is a check, and no comment', () =>
    withProject(async ({ github, act, git, open }) => {
      const pull = await open(LONGER);
      const payload = { merge_group: { head_sha: pull.head.sha, base_sha: await git('rev-parse', 'main') } };
      const where = {
        sha: pull.head.sha,
        ref: 'refs/heads/gh-readonly-queue/main/pr-1',
        workflow: '.github/workflows/trueup-plan.yml',
      };
      expect(await act('merge_group', payload, where)).toMatchObject({
        code: 0,
        outputs: { result: 'planned', changes: '6' },
      });
      expect(github.checks).toMatchObject([{ sha: pull.head.sha, conclusion: 'neutral' }]);
      expect(github.comments).toEqual([]);
    }, STATE));
});

describe.concurrent('a mistake in the state', PROCESSES, () => {
  it('is told in the comment and the log, and marked on its line once: by the check, or where there is none by the step', () =>
    withProject(async ({ github, open, plan, sandbox }) => {
      const pull = await open(LONGER);
      await plan(pull);
      const broken = POLICY.replace('[22]', '[22222222]').replace('minimumLength: 14', 'minimumLenght: 14');
      const wrong = await open({ 'state/baseline.yaml': broken });
      Object.assign(wrong, { number: 1 });
      const planned = await plan(wrong);
      expect(planned).toMatchObject({ code: 1, outputs: { 'failure-reason': 'invalid-state' } });
      expect(commentOn(github, 'plan')).toMatch(/the state has 2 problems[\s\S]*state\/baseline\.yaml:7/);
      expect(commentOn(github, 'plan')).not.toContain('to change');
      expect(github.checks.at(-1)?.annotations).toMatchObject([
        { start_line: 7, annotation_level: 'failure' },
        { start_line: 8 },
      ]);
      expect(planned.log).toMatch(/^state\/baseline\.yaml:7:/m);
      expect(planned.log).not.toContain('::error file=');
      github.faults.push({ on: /^POST .*\/check-runs$/, status: 403, times: 1 });
      expect((await plan(wrong)).log).toMatch(/^::error file=state\/baseline\.yaml,line=7/m);
      expect(sandbox.requests.length).toBeGreaterThan(0);
    }, STATE));

  it('of which causes changes is annotated with how much it would change', () =>
    withProject(async ({ github, open, plan }) => {
      await plan(await open(LONGER));
      const [check] = github.checks;
      expect(check?.annotations).toContainEqual(
        expect.objectContaining({
          path: 'state/baseline.yaml',
          start_line: 8,
          message: expect.stringContaining('2 to change'),
        }),
      );
    }, STATE));
});

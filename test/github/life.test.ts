/**
 * The life of a pull request, from opened to applied: what was reviewed is what is applied. The first of them through the
 * built action; the others, too, where TRUEUP_NODE names the runner's Node.
 */
import { describe, expect, it } from 'vitest';
import type { Files } from '../support/cli.ts';
import type { FakePull } from '../support/github.ts';
import { FIRST, FLEET, POLICY, SECOND } from '../support/small.ts';
import { commentOn, openGroup, setPasswords, writesOf } from './arrange.ts';
import { type MergeStyle, PROCESSES, withProject } from './project.ts';

/** Nothing is demanded yet, so a pull request that adds the policy causes all there is. */
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

describe.concurrent('a pull request', PROCESSES, () => {
  it.each<MergeStyle>(['merge', 'squash', 'rebase'])('is planned, merged by %s, and applied as reviewed', (style) =>
    withProject(
      async ({ github, open, push, plan, merge, apply, sandbox }) => {
        const pull = await open(PASSWORDS);
        await push(pull, GROUPS);
        expect(await plan(pull)).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '4', unread: '0' } });
        await merge(pull, style);
        expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '4', changes: '0' } });
        expect(commentOn(github, 'apply')).toContain('4 applied');
        expect(github.issues).toEqual([]);
        expect(sandbox.world.accounts.get(FIRST)?.passwordPolicy?.minimumLength).toBe(14);
      },
      EMPTY,
      { bundle: true },
    ),
  );

  it('shares a push of the merge queue with another: each approves its own', () =>
    withProject(async ({ github, open, plan, merge, apply }) => {
      const [first, second] = [await open(PASSWORDS), await open(GROUPS)];
      await plan(first);
      await plan(second);
      await merge(first);
      await merge(second);
      // It takes GitHub a while to know where a commit came from.
      github.lag = 1;
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '4', changes: '0' } });
      for (const on of [1, 2]) expect(commentOn(github, 'apply', on)).toContain('2 applied');
    }, EMPTY));

  it('that was merged before a run which failed is applied by the next one', () =>
    withProject(async ({ github, open, plan, merge, apply, sandbox }) => {
      const first = await open(PASSWORDS);
      await plan(first);
      await merge(first);
      const heal = sandbox.fault({ match: { action: 'UpdateAccountPasswordPolicy', account: SECOND }, do: 'deny' });
      expect(await apply()).toMatchObject({ code: 1, outputs: { applied: '1', 'failure-reason': 'apply-failed' } });
      heal();
      const second = await open(GROUPS);
      await plan(second);
      await merge(second);
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '3', changes: '0' } });
      expect(github.issues).toMatchObject([{ state: 'closed' }]);
    }, EMPTY));
});

describe.concurrent('nothing is applied that was not reviewed', PROCESSES, () => {
  it('what moved since the review is left, what was put right meanwhile is no error, and the rest is applied', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const pull = await open(WHOLE);
      await plan(pull);
      openGroup(project, FIRST, 'web', 22, '192.0.2.0/24');
      setPasswords(project, FIRST, 14);
      await merge(pull);
      expect(await apply()).toMatchObject({
        code: 1,
        outputs: { applied: '4', changes: '1', 'failure-reason': 'moved' },
      });
      const report = commentOn(github, 'apply');
      expect(report).toMatch(/4 applied[\s\S]*1 not applied.*moved since the review; they wait in #\d+/);
      expect(report).toContain('1 reviewed, and already as the state says');
      expect(github.issues).toMatchObject([{ state: 'open', title: expect.stringContaining('1 to change') }]);
    }, EMPTY));

  it('a plan of an older head approves nothing; the pending plan does once its digest is given', () =>
    withProject(async (project) => {
      const { github, open, push, plan, merge, apply } = project;
      const pull = await open(PASSWORDS);
      await plan(pull);
      await push(pull, GROUPS);
      await merge(pull);
      const waiting = await apply();
      expect(waiting).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '4' } });
      expect(writesOf(project)).toBe(0);
      expect(commentOn(github, 'apply')).toMatch(/approved nothing[\s\S]*it has no plan/);
      const digest = waiting.outputs['pending-digest'] ?? '';
      expect(github.issues).toMatchObject([{ state: 'open', body: expect.stringContaining(`approved=${digest}`) }]);
      setPasswords(project, SECOND, 6);
      const approved = await apply({ event: 'workflow_dispatch', inputs: { approved: digest } });
      expect(approved).toMatchObject({ code: 1, outputs: { applied: '3', changes: '1', 'failure-reason': 'moved' } });
      const rest = await apply({
        event: 'workflow_dispatch',
        inputs: { approved: approved.outputs['pending-digest'] ?? '' },
      });
      expect(rest).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
      expect(github.issues).toMatchObject([{ state: 'closed' }]);
    }, EMPTY));

  it('a push without a pull request waits, and a digest that nobody knows approves nothing', () =>
    withProject(async (project) => {
      const { github, pushDirectly, apply } = project;
      await pushDirectly(PASSWORDS);
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '2' } });
      expect(github.issues).toHaveLength(1);
      const refused = await apply({ event: 'workflow_dispatch', inputs: { approved: `sha256:${'0'.repeat(64)}` } });
      expect(refused).toMatchObject({ code: 1, outputs: { applied: '0', 'failure-reason': 'digest-unknown' } });
      expect(writesOf(project)).toBe(0);
    }, EMPTY));

  it('a plan made after the merge, or expired, approves nothing', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const [late, expired] = [await open(PASSWORDS), await open(GROUPS)];
      await plan(expired);
      for (const artifact of github.artifacts) artifact.expired = true;
      await merge(late);
      await plan(late, { base: 'main~1' });
      await merge(expired);
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '4' } });
      expect(commentOn(github, 'apply', 1)).toContain('its only plans came after the approval');
      expect(commentOn(github, 'apply', 2)).toContain('its plan has expired');
      expect(writesOf(project)).toBe(0);
    }, EMPTY));

  it('an edited comment changes nothing, and a stranger’s with the same marker is not taken for ours', () =>
    withProject(async ({ github, open, plan, merge, apply }) => {
      const pull = await open(PASSWORDS);
      await plan(pull);
      const [mine] = github.comments;
      if (!mine) throw new Error('no comment');
      github.comments.unshift({ ...mine, id: 1, login: 'mallory', body: `${mine.body.split('\n')[0]}\nforged` });
      mine.body = mine.body.replaceAll(/[0-9a-f]{64}/g, 'f'.repeat(64));
      await plan(pull);
      expect(github.comments).toHaveLength(2);
      expect(github.comments[0]?.body).toContain('forged');
      mine.body = 'edited away';
      await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '0' } });
    }, EMPTY));

  it('a pull request that edits a workflow waits with all it changes', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const pull = await open({ ...PASSWORDS, '.github/workflows/trueup-plan.yml': 'on: pull_request\n' });
      await plan(pull);
      await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0' } });
      expect(commentOn(github, 'apply')).toMatch(/approved nothing[\s\S]*\.github\/workflows\/trueup-plan\.yml/);
      expect(writesOf(project)).toBe(0);
    }, EMPTY));

  it('a commit that is no longer the newest is left to the run of the newest', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const pull = await open(PASSWORDS);
      await plan(pull);
      await merge(pull);
      const old = github.mainTip;
      await project.pushDirectly({ 'README.md': 'more' });
      expect(await apply({ at: old })).toMatchObject({ code: 0, outputs: { result: 'behind' } });
      expect(writesOf(project)).toBe(0);
    }, EMPTY));

  it('more at once than the limits allow waits, although it was merged', () =>
    withProject(
      async (project) => {
        const { github, open, plan, merge, apply } = project;
        const pull = await open(WHOLE);
        await plan(pull);
        expect(commentOn(github, 'plan')).toContain('#### 🟡 Limits');
        await merge(pull);
        const waiting = await apply();
        expect(waiting).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '6' } });
        expect(commentOn(github, 'apply')).toContain('exceeds');
        const meant = await apply({
          event: 'workflow_dispatch',
          inputs: { approved: waiting.outputs['pending-digest'] ?? '' },
        });
        expect(meant).toMatchObject({ code: 0, outputs: { applied: '6', changes: '0' } });
      },
      { 'state/fleet.yaml': `${FLEET}safety: { limits: { perAccount: 2 } }\n` },
    ));
});

describe.concurrent('with approval: review', PROCESSES, () => {
  it('only a review of exactly the merged head, after its plan, by somebody who may write counts', () =>
    withProject(
      async (project) => {
        const { github, open, push, plan, merge, apply, now } = project;
        github.permissions.set('rita', 'write').set('mallory', 'read');
        const good = await open(PASSWORDS);
        const others = [];
        for (const name of ['stale', 'stranger', 'withdrawn', 'late']) others.push(await open(policyNamed(name)));
        const [stale, stranger, withdrawn, late] = others;
        if (!stale || !stranger || !withdrawn || !late) throw new Error('too few');
        const review = (pull: FakePull, login: string, state = 'APPROVED'): void =>
          void pull.reviews.push({ login, state, commit: pull.head.sha, at: now() });
        review(late, 'rita');
        for (const pull of [good, stale, stranger, withdrawn, late]) await plan(pull);
        for (const state of ['APPROVED', 'COMMENTED']) review(good, 'rita', state);
        review(good, 'merge-helper[bot]');
        review(stale, 'rita');
        await push(stale, { 'more.md': 'more' });
        for (const login of ['mallory', 'dana', 'merge-helper[bot]']) review(stranger, login);
        for (const state of ['APPROVED', 'CHANGES_REQUESTED']) review(withdrawn, 'rita', state);
        for (const pull of [good, ...others]) await merge(pull);
        expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
        expect(commentOn(github, 'apply', 1)).toContain('2 applied');
        for (const on of [2, 3, 4]) expect(commentOn(github, 'apply', on)).toContain('no approving review');
        expect(commentOn(github, 'apply', 5)).toContain('only plans came after the approval');
      },
      EMPTY,
      { inputs: { approval: 'review' } },
    ));
});

/** Each under a name of its own, all asking for the same. */
function policyNamed(name: string): Files {
  return { [`state/${name}.yaml`]: GROUPS['state/groups.yaml'].replace('name: groups', `name: ${name}`) };
}

/** The life of a pull request, from opened to applied, through the built action: what was reviewed is what is applied. */
import { describe, expect, it } from 'vitest';
import type { FakeGitHub } from '../support/github.ts';
import { FIRST, FLEET, POLICY } from '../support/small.ts';
import { type MergeStyle, type Project, withProject } from './project.ts';

const LONGER = { 'state/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 16') };
/** Nothing is demanded yet, so a pull request that adds the policy causes all there is. */
const EMPTY = { 'state/fleet.yaml': FLEET };
const WHOLE = { 'state/baseline.yaml': POLICY };

const bodyOf = (github: FakeGitHub, purpose: 'plan' | 'apply', on = 1): string =>
  github.comments.find((one) => one.on === on && one.body.startsWith(`<!-- trueup:${purpose}:`))?.body ?? '';
const written = ({ sandbox }: Project): number =>
  sandbox.requests.filter(({ action }) => /^(Authorize|Revoke|Modify|Update)/.test(action)).length;

describe.concurrent('a pull request', () => {
  it.each<MergeStyle>(['merge', 'squash', 'rebase'])(
    'is planned, merged by %s, and applied as reviewed',
    async (style) => {
      await withProject(async (project) => {
        const { github, open, plan, merge, apply } = project;
        const pull = await open(WHOLE);
        const planned = await plan(pull);
        expect(planned).toMatchObject({ code: 0, outputs: { result: 'planned', changes: '6', unread: '0' } });
        await merge(pull, style);
        const applied = await apply();
        expect(applied.log).toMatch(/applied/i);
        expect(applied).toMatchObject({
          code: 0,
          outputs: { result: 'applied', applied: '6', changes: '0', held: '0' },
        });
        expect(bodyOf(github, 'apply')).toContain('6 applied');
        expect(github.issues).toEqual([]);
        const again = await apply({ event: 'workflow_dispatch' });
        expect(again.outputs).toMatchObject({ result: 'clean', changes: '0' });
      }, EMPTY);
    },
  );
});

/** The plan on a pull request, as the built action posts it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POLICY, SMALL_SEED, STATE } from '../support/small.ts';
import { openProject, type Project } from './project.ts';

let project: Project;
beforeEach(async () => {
  project = await openProject(SMALL_SEED, STATE);
});
afterEach(() => project.close());

describe('the plan on a pull request', () => {
  it('is one comment, written again by the next run', async () => {
    const pull = await project.open({
      'state/baseline.yaml': POLICY.replace('minimumLength: 14', 'minimumLength: 16'),
    });
    const first = await project.plan(pull);
    console.log(
      first.log,
      first.outputs,
      project.github.comments,
      project.github.checks,
      project.github.requests,
      project.github.offences,
    );
    expect(first.code).toBe(0);
  });
});

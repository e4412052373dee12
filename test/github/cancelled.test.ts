/** A job that is cancelled: the call in flight is finished and recorded, and the next apply does the rest. */
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { FIRST, FLEET } from '../support/small.ts';
import { commentOn } from './arrange.ts';
import { withProject } from './project.ts';

const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
};
/** One account, so that nothing goes on beside what is stopped. */
const EMPTY = { 'state/fleet.yaml': FLEET.replace(/ {2}- \{ id: "444455556666".*\n/, '') };

it('finishes the call in flight, says so, and leaves the rest approved', () =>
  withProject(async ({ github, sandbox, open, plan, merge, apply }) => {
    await apply();
    const pull = await open(GROUPS);
    await plan(pull);
    await merge(pull);
    const call = sandbox.hold({ action: 'RevokeSecurityGroupIngress', account: FIRST, times: 1 });
    const released = call.arrived.then(() => setImmediate()).then(() => call.release());
    const stopped = await apply({ cancel: call.arrived });
    await released;
    expect(stopped.log).toContain('cancelled: the call in flight is finished and recorded first');
    expect(stopped).toMatchObject({ code: 1, outputs: { 'failure-reason': 'interrupted', applied: '0' } });
    expect(stopped.outputs['artifact-name']).toMatch(/^trueup-attempted-/);
    expect(commentOn(github, 'apply')).toContain('1 interrupted');
    const last = sandbox.requests.findLast(({ action }) => /^(Authorize|Revoke|Modify)/.test(action));
    expect(last).toMatchObject({ action: 'RevokeSecurityGroupIngress', outcome: 'ok' });
    expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '1', changes: '0' } });
  }, EMPTY));

/** What the state says and AWS does not have: an apply that stayed green over it would stay green for ever. */
import { describe, expect, it } from 'vitest';
import { FLEET } from '../support/small.ts';
import { PROCESSES, SEED, withProject } from './project.ts';

const HUB = SEED.replace('"iam:Get*"]', '"iam:Get*", "securityhub:*"]').concat(
  'securityHub: { entries: [{ enabled: true, standards: [standards/aws-foundational-security-best-practices/v/1.0.0] }] }\n',
);
const controls = (id: string): string => `kind: Policy
name: controls
targets: { accounts: [all] }
guardrails:
  security-hub-controls: { disabled: { ${id}: hardware MFA lives in the identity provider } }
`;
const stateWith = (id: string) => ({ 'state/fleet.yaml': FLEET, 'state/controls.yaml': controls(id) });

describe.concurrent('an apply', PROCESSES, () => {
  it('ends red over a control that does not exist, until the line is mended', () =>
    withProject(
      async ({ apply, pushDirectly }) => {
        expect(await apply()).toMatchObject({ code: 1, outputs: { 'failure-reason': 'held-for-mistake', held: '2' } });
        await pushDirectly({ 'state/controls.yaml': controls('IAM.6') });
        expect(await apply()).toMatchObject({ code: 0, outputs: { 'failure-reason': '', held: '0', changes: '2' } });
      },
      stateWith('IAM.999'),
      {},
      HUB,
    ));
});

/** Controls and the hub from any value to any other, and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { same } from '../../src/model/json.ts';
import { advance } from '../../src/model/plan.ts';
import type { Resource, Value } from '../../src/model/resource.ts';
import { onlyTightens } from '../../src/plan/heal.ts';
import { securityHubControl } from '../../src/resources/security-hub-control.ts';
import { securityHubPolicy } from '../../src/resources/security-hub-policy.ts';
import { STANDARDS, standardArn, standardOf } from '../../src/settings/security-hub/standards.ts';
import { securityHub } from '../../src/settings/security-hub.ts';

const NAMES = ['cis-1.2', 'fsbp', 'nist-800-53'];
const status = fc.oneof(
  fc.constant({ status: 'ENABLED' }),
  fc.record({ status: fc.constant('DISABLED'), reason: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }) }),
);
const parameters = fc.dictionary(fc.constantFrom('X', 'Y'), fc.record({ Integer: fc.nat(3) }));
/** The same standards on both sides: which there are is not the control's to change. */
const control: fc.Arbitrary<Value> = fc.tuple(fc.tuple(status, status, status), parameters).map(([statuses, set]) => ({
  ...Object.fromEntries(
    NAMES.flatMap((name, i) => {
      const { status: is, reason } = statuses[i] as { status: string; reason?: string };
      return [[`status ${name}`, is], ...(reason === undefined ? [] : [[`reason ${name}`, reason]])];
    }),
  ),
  ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`parameter ${name}`, value])),
}));
const hub: fc.Arbitrary<Value> = fc.oneof(
  fc.constant({ enabled: false }),
  fc
    .record({ autoEnableControls: fc.boolean(), consolidatedFindings: fc.boolean(), on: fc.subarray(NAMES) })
    .map(({ on, ...more }) => ({
      enabled: true,
      ...more,
      ...Object.fromEntries(on.map((one) => [`standard ${one}`, true])),
    })),
);

const named = fc.constantFrom('IAM.6', 'S3.1', 'EC2.19');
/** As a policy is kept: what is listed is unlike all others. */
const policy: fc.Arbitrary<Value> = fc.oneof(
  fc.constant({ name: 'p', enabled: false }),
  fc
    .record({
      others: fc.constantFrom('enabled', 'disabled'),
      listed: fc.uniqueArray(named),
      on: fc.subarray(NAMES),
      set: fc.dictionary(named, fc.oneof(fc.constant('default'), fc.record({ Integer: fc.nat(3) }))),
      description: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    })
    .map(({ others, listed, on, set, description }) => ({
      ...{ name: 'p', enabled: true, otherControls: others, ...(description !== undefined && { description }) },
      ...Object.fromEntries(listed.map((id) => [`control ${id}`, others === 'enabled' ? 'DISABLED' : 'ENABLED'])),
      ...Object.fromEntries(on.map((one) => [`standard ${one}`, true])),
      ...Object.fromEntries(Object.entries(set).map(([id, to]) => [`parameter ${id} Days`, to])),
    })),
);

describe.each<[string, Resource, fc.Arbitrary<Value>]>([
  ['a control', securityHubControl, control],
  ['the hub', securityHub.resource, hub],
  ['a configuration policy', securityHubPolicy, policy],
])('the transition of %s', (_, resource, values) => {
  it('leads from any value to any other, and back', () => {
    fc.assert(
      fc.property(values, values, (from, to) => {
        const there = resource.transition(from, to, 'IAM.6').reduce(advance, from);
        expect(same(there, to)).toBe(true);
        expect(same(resource.transition(to, from, 'IAM.6').reduce(advance, there), from)).toBe(true);
      }),
    );
  });

  it('takes no step where nothing is to move, and names no region', () => {
    fc.assert(
      fc.property(values, values, (from, to) => {
        expect(resource.transition(from, from, 'IAM.6')).toEqual([]);
        expect(JSON.stringify(resource.transition(from, to, 'IAM.6'))).not.toContain('arn:');
      }),
    );
  });
});

it('standards are called the same in every region and partition', () => {
  for (const standard of STANDARDS) {
    expect(standardOf(standardArn(standard, { partition: 'aws', region: 'eu-west-1' }))).toBe(standard);
    expect(standardOf(standardArn(standard, { partition: 'aws-cn', region: 'cn-north-1' }))).toBe(standard);
  }
  const other = 'arn:aws:securityhub:eu-west-1::standards/something-new/v/2.0.0';
  expect(standardOf(other)).toBe('standards/something-new/v/2.0.0');
  expect(standardArn(standardOf(other), { partition: 'aws', region: 'eu-west-1' })).toBe(other);
});

it('a schedule leaves a parameter to people, also beside a control that is switched on', () => {
  const from = { 'status fsbp': 'DISABLED', 'parameter MinimumPasswordLength': { Integer: 14 } };
  const to = { 'status fsbp': 'ENABLED', 'parameter MinimumPasswordLength': { Integer: 6 } };
  const steps = securityHubControl.transition(from, to, 'IAM.7');
  expect(steps.flatMap(({ changes }) => changes.map(({ effect }) => effect)).sort()).toEqual(['tightens', 'unclear']);
  expect(onlyTightens(steps)).toBe(false);
  expect(onlyTightens(securityHubControl.transition(from, { ...to, ...pick(from) }, 'IAM.7'))).toBe(true);
});

const pick = (value: Value): Value => ({
  'parameter MinimumPasswordLength': value['parameter MinimumPasswordLength'] ?? 0,
});

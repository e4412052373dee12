/** Exceptions that could never spare anything are refused: they would look like cover that is not there. */
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import { refusalsOf } from '../guardrails/refusals.ts';
import { stateOf } from '../support/snapshots.ts';

const load = (guardrail: string, scope: string): string =>
  refusalsOf(() =>
    stateOf(
      `kind: Exceptions\nexceptions: [{ guardrail: ${guardrail}, scope: { ${scope} }, owner: a, reason: b, expires: 2026-12-31 }]\n`,
    ),
  );

describe('refused is an exception', () => {
  it.each([
    [
      'allowed-ingress',
      'field: minimumLength',
      'with "field" spares nothing: it has no fields but rules: write "rule"',
    ],
    [
      'allowed-ingress',
      'rule: "tcp 22 to 10.0.0.0/8"',
      '"tcp 22 to 10.0.0.0/8" is a rule of egress, and allowed-ingress',
    ],
    ['allowed-ingress', 'control: IAM.6', 'it has no controls. narrow it by account, region, vpc, group or rule'],
    ['allowed-ingress', 'group: sg-web', 'neither the name nor the id of a security group'],
    ['allowed-ingress', 'vpc: main', 'a VPC is named by its id'],
    ['allowed-ingress', 'region: global', 'nothing of it is global. write a region, or leave it out'],
    ['allowed-ingress', 'region: eu-wset-1', 'a region looks like "eu-west-1". did you mean "eu-west-1"?'],
    ['default-security-group', 'field: ingress', 'no fields but rules'],
    ['security-group-rules', 'control: EC2.2', 'it has no controls'],
    ['ingress-findings', 'group: web', 'ingress-findings changes nothing, so nothing can be spared from it'],
    ['password-policy', 'rule: "tcp 22 from 10.0.0.0/8"', 'it has no rules. narrow it by account, region or field'],
    [
      'password-policy',
      'field: minimumLenght',
      'no field "minimumLenght", so that nothing is spared. did you mean "minimumLength"?',
    ],
    ['password-policy', 'region: eu-west-1', 'once per account, in no region. write "region: global"'],
    ['password-policy', 'group: web', 'it has no security groups'],
    ['password-policy', 'vpc: vpc-0000000a', 'it has nothing in VPCs'],
    ['security-hub', 'field: standards', 'no field "standards"'],
    [
      'security-hub-controls',
      'group: sg-00000abc',
      'it has no security groups. narrow it by account, region, control or field',
    ],
    ['security-hub-controls', 'rule: "tcp 22 from 10.0.0.0/8"', 'it has no rules'],
    ['security-hub-controls', 'control: IAM6', 'a control is named by its id, e.g. IAM.6'],
    ['security-hub-controls', 'field: state fsbp', 'no field "state fsbp"'],
    ['serial-console', 'field: state', 'no field "state"'],
  ])('from %s with %s', (guardrail, scope, words) => {
    expect(load(guardrail, scope)).toContain(words);
  });

  it('with all that is wrong with it, beside other mistakes', () => {
    const words = load('password-policy', 'rule: "22 from 10.0.0.0/8", group: web, region: eu-west-1');
    for (const part of ['may be meant as a port', 'it has no rules', 'no security groups', 'once per account'])
      expect(words).toContain(part);
  });
});

describe('accepted is one', () => {
  it.each([
    ['allowed-ingress', 'group: web, vpc: vpc-00000abc, region: eu-west-1, rule: "tcp 22 from sg-00000abc"'],
    ['default-security-group', 'rule: "all to 0.0.0.0/0"'],
    ['security-group-rules', 'group: sg-0123456789abcdef0'],
    ['password-policy', 'region: global, field: hardExpiry'],
    ['security-hub', 'field: standard fsbp'],
    ['security-hub-controls', 'control: CloudFront.1, field: status fsbp'],
    ['ebs-encryption', 'field: key'],
    ['ebs-encryption', 'region: us-gov-west-1'],
    ['ebs-encryption', 'region: ap-southeast-19'],
  ])('from %s with %s', (guardrail, scope) => {
    expect(load(guardrail, scope)).toBe('');
  });

  it.each(guardrails.map(({ name, excepts }) => [name, excepts] as const))(
    'of %s somebody has said which',
    (_, excepts) => {
      expect(excepts).toBeDefined();
      if (excepts !== 'nothing') expect([...(excepts?.rules ?? []), ...(excepts?.fields ?? [])]).not.toEqual([]);
    },
  );
});

/** What of a deployed role is missing, and what goes beyond? */
import { describe, expect, it } from 'vitest';
import { compareRole, type Deployed } from '../../src/iam/compare.ts';
import type { Json } from '../../src/model/json.ts';

const doc = (...Statement: Json[]): Json => ({ Version: '2012-10-17', Statement });
const allow = (Action: Json, Resource: Json = '*', more: object = {}): Json => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const GROUPS = 'arn:aws:ec2:*:111122223333:security-group/*';

const trust = (externalId: string, action: Json = ['sts:AssumeRole']): Json =>
  doc({
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::222222222222:root' },
    Action: action,
    Condition: { StringEquals: { 'sts:ExternalId': [externalId] } },
  });
const wanted = {
  trust: trust('secret-1'),
  policy: doc(allow(['ec2:DescribeVpcs', 'iam:GetRole']), allow(['ec2:RevokeSecurityGroupIngress'], GROUPS)),
};
const deployed = (policy: Json, more: Partial<Deployed> = {}): Deployed => ({
  trust: trust('secret-1'),
  policies: { trueup: policy },
  attached: {},
  ...more,
});
const differences = (is: Deployed) => compareRole(wanted, is).map(({ kind, what }) => `${kind}: ${what}`);

describe('a deployed role', () => {
  it('is as needed, however its documents are written', () => {
    const split = {
      reads: doc(allow('ec2:DescribeVpcs'), allow(['iam:GetRole'], ['*'])),
      writes: doc(allow('ec2:RevokeSecurityGroupIngress', [GROUPS])),
    };
    expect(differences(deployed(wanted.policy))).toEqual([]);
    expect(differences({ ...deployed({}), policies: split, trust: trust('secret-1', 'sts:AssumeRole') })).toEqual([]);
  });

  it.each<[what: string, policy: Json, expected: readonly string[]]>([
    [
      'an action that is not there',
      doc(allow('ec2:DescribeVpcs'), allow('ec2:RevokeSecurityGroupIngress', GROUPS)),
      ['missing: iam:GetRole on *'],
    ],
    [
      'a wider pattern, which suffices and goes beyond',
      doc(allow('ec2:*', GROUPS), allow(['ec2:Describe*', 'iam:GetRole'])),
      [`beyond: ec2:* on ${GROUPS}`, 'beyond: ec2:Describe* on *'],
    ],
    [
      'a narrower resource',
      doc(
        allow(['ec2:DescribeVpcs', 'iam:GetRole']),
        allow('ec2:RevokeSecurityGroupIngress', `${GROUPS.slice(0, -1)}sg-1`),
      ),
      [`missing: ec2:RevokeSecurityGroupIngress on ${GROUPS}`],
    ],
    [
      'a condition that was added',
      doc(
        allow(['ec2:DescribeVpcs', 'iam:GetRole'], '*', {
          Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
        }),
        allow('ec2:RevokeSecurityGroupIngress', GROUPS),
      ),
      ['missing: ec2:DescribeVpcs on *', 'missing: iam:GetRole on *'],
    ],
    [
      'everything but something',
      doc(...(wanted.policy as { Statement: Json[] }).Statement, {
        Effect: 'Allow',
        NotAction: 'iam:*',
        Resource: '*',
      }),
      ['beyond: everything but iam:* on *'],
    ],
    [
      'nothing',
      doc(),
      [
        'missing: ec2:DescribeVpcs on *',
        'missing: iam:GetRole on *',
        `missing: ec2:RevokeSecurityGroupIngress on ${GROUPS}`,
      ],
    ],
  ])('with %s', (_what, policy, expected) => {
    expect(differences(deployed(policy))).toEqual(expected);
  });

  it('is judged by its managed policies as well, and says which of them could not be read', () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const everything = doc(allow('*'));
    expect(differences(deployed(doc(), { attached: { [arn]: wanted.policy } }))).toEqual([]);
    expect(differences(deployed(wanted.policy, { attached: { [arn]: everything } }))).toEqual(['beyond: * on *']);
    expect(differences(deployed(wanted.policy, { attached: { [arn]: undefined } }))).toEqual([
      `unknown: what the managed policy ${arn} allows: it could not be read`,
    ]);
  });

  it('under another path is told: its ARN is another one', () => {
    const is = deployed(wanted.policy, { path: '/' });
    expect(compareRole({ ...wanted, path: '/team/' }, is)).toEqual([
      { kind: 'missing', what: 'the path /team/: the role stands under /' },
    ]);
    expect(compareRole({ ...wanted, path: '/' }, is)).toEqual([]);
  });

  it('without a fence lacks it, and one more fence is nobody’s business while it denies nothing that is needed', () => {
    const fence = { Effect: 'Deny', Action: ['iam:*'], Resource: ['*'] };
    const other = { Effect: 'Deny', Action: ['s3:*'], Resource: ['*'] };
    const statements = (wanted.policy as { Statement: Json[] }).Statement;
    const fenced = { ...wanted, policy: doc(...statements, fence) };
    expect(compareRole(fenced, deployed(wanted.policy))).toEqual([{ kind: 'missing', what: 'deny iam:* on *' }]);
    expect(compareRole(fenced, deployed(fenced.policy))).toEqual([]);
    expect(compareRole(wanted, deployed(doc(...statements, other)))).toEqual([]);
    expect(compareRole(wanted, deployed(fenced.policy))).toEqual([
      { kind: 'missing', what: 'iam:GetRole on *, because of deny iam:* on *' },
    ]);
  });

  const denying = (statement: object): Json =>
    doc(...(wanted.policy as { Statement: Json[] }).Statement, { Effect: 'Deny', ...statement } as Json);
  const elsewhere = { Condition: { StringNotEquals: { 'aws:RequestedRegion': 'us-west-2' } } };

  it.each<[what: string, denial: object, expected: readonly string[]]>([
    [
      'everything but some actions',
      { NotAction: ['iam:*'], Resource: '*' },
      [
        'missing: ec2:DescribeVpcs on *, because of deny everything but iam:* on *',
        `missing: ec2:RevokeSecurityGroupIngress on ${GROUPS}, because of deny everything but iam:* on *`,
      ],
    ],
    [
      'everything but some resources',
      { Action: '*', NotResource: 'arn:aws:s3:::logs/*' },
      [
        `missing: ec2:RevokeSecurityGroupIngress on ${GROUPS}, because of deny * on everything but arn:aws:s3:::logs/*`,
        'unknown: whether ec2:DescribeVpcs on * and 1 more is refused because of deny * on everything but arn:aws:s3:::logs/*',
      ],
    ],
    [
      'everything elsewhere',
      { Action: '*', Resource: '*', ...elsewhere },
      [
        'unknown: whether ec2:DescribeVpcs on * and 2 more is refused because of deny * on * when {"StringNotEquals":{"aws:RequestedRegion":["us-west-2"]}}',
      ],
    ],
    [
      'one thing of those that the role needs',
      { Action: 'EC2:revoke*', Resource: `${GROUPS.slice(0, -1)}sg-1` },
      [
        `unknown: whether ec2:RevokeSecurityGroupIngress on ${GROUPS} is refused because of deny EC2:revoke* on ${GROUPS.slice(0, -1)}sg-1`,
      ],
    ],
    [
      'what a variable decides',
      { Action: 'ec2:Revoke*', Resource: `arn:aws:ec2:*:\${aws:PrincipalAccount}:security-group/*` },
      [
        `unknown: whether ec2:RevokeSecurityGroupIngress on ${GROUPS} is refused because of deny ec2:Revoke* on arn:aws:ec2:*:\${aws:PrincipalAccount}:security-group/*`,
      ],
    ],
    ['everything but what is needed', { NotAction: ['ec2:*', 'iam:Get*'], Resource: '*' }, []],
    ['other things', { Action: ['ec2:RunInstances', 's3:*'], Resource: '*', ...elsewhere }, []],
    ['what is needed elsewhere', { Action: 'ec2:Revoke*', NotResource: ['arn:aws:ec2:*'] }, []],
  ])('that denies %s', (_what, denial, expected) => {
    expect(differences(deployed(denying(denial)))).toEqual(expected);
  });

  it('whose trust denies lets nobody in, or leaves open whom', () => {
    const denial = { Effect: 'Deny', Principal: { AWS: 'arn:aws:iam::222222222222:root' }, Action: 'sts:*' };
    const of = (more: object) =>
      differences(
        deployed(wanted.policy, {
          trust: doc(...(wanted.trust as { Statement: Json[] }).Statement, { ...denial, ...more } as Json),
        }),
      ).map((line) => line.split(/, because|by \{/)[0]);
    const nobody = 'missing: trust: nobody who is needed can assume the role';
    const open = 'unknown: trust: whether somebody who is needed is kept from the role ';
    expect(of({})).toEqual([nobody]);
    expect(of({ Principal: '*' })).toEqual([nobody]);
    expect(of({ NotAction: 'sts:TagSession', Action: undefined })).toEqual([nobody]);
    expect(of({ Condition: { Bool: { 'aws:SecureTransport': false } } })).toEqual([open]);
    expect(of({ Principal: { AWS: 'arn:aws:iam::222222222222:role/other' } })).toEqual([open]);
    expect(of({ Action: 'sts:TagSession' })).toEqual([]);
  });

  describe('with a permissions boundary', () => {
    const arn = 'arn:aws:iam::111122223333:policy/fence';
    const bounded = (document: Json | undefined) => deployed(wanted.policy, { boundary: { arn, document } });
    const written = { name: 'fence', document: wanted.policy };

    it('that nobody asked for is as needed where it lets through what is needed', () => {
      expect(differences(bounded(doc(allow('*'))))).toEqual([]);
      expect(differences(bounded(doc(allow('ec2:*'))))).toEqual([
        `missing: iam:GetRole on *: the permissions boundary ${arn} does not let it through`,
      ]);
    });

    it('that lets through everything but something is judged by what that is', () => {
      const but = (...NotAction: string[]) => doc({ Effect: 'Allow', NotAction, Resource: '*' });
      expect(differences(bounded(but('s3:*', 'iam:Create*')))).toEqual([]);
      expect(differences(bounded(but('iam:*')))).toEqual([
        `missing: iam:GetRole on *: the permissions boundary ${arn} does not let it through`,
      ]);
      expect(differences(bounded(doc(allow('*', '*', elsewhere))))[0]).toBe(
        `unknown: whether ec2:DescribeVpcs on * is let through by the permissions boundary ${arn}`,
      );
      expect(
        differences(bounded(doc(allow('*'), { Effect: 'Deny', Action: '*', Resource: '*', ...elsewhere }))),
      ).toEqual([
        expect.stringMatching(/^unknown: whether ec2:DescribeVpcs on \* and 2 more is refused because of deny /),
      ]);
    });

    it('that cannot be read says what was not compared', () => {
      expect(differences(bounded(undefined))).toEqual([
        `unknown: what the permissions boundary ${arn} lets through: it could not be read`,
      ]);
    });

    it('that was asked for must be there, be the one, and say what it should', () => {
      const compare = (is: Deployed, boundary: NonNullable<Parameters<typeof compareRole>[0]['boundary']>) =>
        compareRole({ ...wanted, boundary }, is).map(({ kind, what }) => `${kind}: ${what}`);
      expect(compare(deployed(wanted.policy), arn)).toEqual([`missing: the permissions boundary ${arn}`]);
      expect(compare(bounded(wanted.policy), 'arn:other')).toEqual([
        `missing: the permissions boundary arn:other: the role has ${arn}`,
      ]);
      expect(compare(bounded(wanted.policy), arn)).toEqual([]);
      expect(compare(bounded(wanted.policy), written)).toEqual([]);
      expect(compare(bounded(doc(allow('iam:GetRole'), allow('s3:*'))), written)).toEqual([
        'missing: boundary: ec2:DescribeVpcs on *',
        `missing: boundary: ec2:RevokeSecurityGroupIngress on ${GROUPS}`,
        'beyond: boundary: s3:* on *',
      ]);
    });
  });

  it('that trusts differently is told, and no external id with it', () => {
    const told = differences(deployed(wanted.policy, { trust: trust('secret-2') }));
    expect(told.map((line) => line.split(':')[0])).toEqual(['missing', 'beyond']);
    expect(told.join()).not.toContain('secret-');
    expect(told.join()).toContain('(external id)');
  });

  it.each<Json>([null, {}, { Statement: 'nonsense' }, [], 'text'])(
    'that is no document is judged all the same: %j',
    (odd) => {
      expect(differences(deployed(odd, { trust: odd })).length).toBeGreaterThan(0);
    },
  );
});

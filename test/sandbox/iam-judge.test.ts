/** Does an independent IAM simulator agree with the sandbox's evaluator? */
import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../src/sandbox/iam/evaluate.ts';
import { parsePolicy } from '../../src/sandbox/iam/policy.ts';
import { lawRuns } from '../support/law-runs.ts';

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';
const PRINCIPAL = `arn:aws:sts::${ACCOUNT}:assumed-role/trueup-write/run-1`;
const ec2Arn = (type: string, id: string, region = REGION) => `arn:aws:ec2:${region}:${ACCOUNT}:${type}/${id}`;
const GROUPS = ['sg-0123456789abcdef0', 'sg-0fedcba9876543210'];

/** An action, a resource that it is asked for, and the context that AWS would bring along. */
type Question = {
  readonly action: string;
  readonly resource: string;
  readonly context: { readonly [key: string]: string | string[] };
};

const onGroup: fc.Arbitrary<Question> = fc
  .record({
    action: fc.constantFrom(
      'ec2:RevokeSecurityGroupIngress',
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:ModifySecurityGroupRules',
    ),
    id: fc.constantFrom(...GROUPS),
    region: fc.constantFrom(REGION, 'us-east-1'),
    tag: fc.constantFrom(undefined, 'production', 'sandbox'),
  })
  .map(({ action, id, region, tag }) => ({
    action,
    resource: ec2Arn('security-group', id, region),
    context: {
      ...{ 'ec2:Region': region, 'aws:RequestedRegion': region, 'ec2:SecurityGroupID': id },
      'ec2:Vpc': ec2Arn('vpc', 'vpc-0123456789abcdef0', region),
      ...(tag && { 'aws:ResourceTag/env': tag, 'ec2:ResourceTag/env': tag }),
    },
  }));

const onRule: fc.Arbitrary<Question> = fc
  .record({
    id: fc.constantFrom('sgr-0123456789abcdef0', 'sgr-0aaaaaaaaaaaaaaaa'),
    keys: fc.subarray(['ticket', 'owner']),
  })
  .chain(({ id, keys }) =>
    fc.constantFrom(
      {
        action: 'ec2:ModifySecurityGroupRules',
        resource: ec2Arn('security-group-rule', id),
        context: { 'ec2:Region': REGION, 'aws:RequestedRegion': REGION, 'aws:ResourceTag/env': 'production' },
      },
      {
        action: 'ec2:CreateTags',
        resource: ec2Arn('security-group-rule', id),
        context: {
          ...{
            'ec2:Region': REGION,
            'aws:RequestedRegion': REGION,
            'ec2:CreateAction': 'AuthorizeSecurityGroupIngress',
          },
          ...(keys.length > 0 && { 'aws:TagKeys': keys }),
          ...Object.fromEntries(keys.map((key) => [`aws:RequestTag/${key}`, 'x'])),
        },
      },
    ),
  );

const onAnything: fc.Arbitrary<Question> = fc
  .constantFrom(
    'ec2:DescribeSecurityGroups',
    'iam:UpdateAccountPasswordPolicy',
    'iam:GetAccountPasswordPolicy',
    'ec2:DescribeVpcs',
  )
  .map((action) => ({
    action,
    resource: '*',
    context: { 'aws:RequestedRegion': REGION, ...(action.startsWith('ec2') && { 'ec2:Region': REGION }) },
  }));

const onRole: fc.Arbitrary<Question> = fc.constantFrom('trueup-read', 'admin').map((name) => ({
  action: 'sts:AssumeRole',
  resource: `arn:aws:iam::${ACCOUNT}:role/${name}`,
  context: { 'aws:RequestedRegion': REGION, 'sts:ExternalId': 'example', 'sts:RoleSessionName': 'run-1' },
}));

const question = fc.oneof({ weight: 5, arbitrary: onGroup }, { weight: 2, arbitrary: onRule }, onAnything, onRole);

const actionPattern = fc.constantFrom(
  ...[
    '*',
    'ec2:*',
    'ec2:Describe*',
    'ec2:*SecurityGroup*',
    'EC2:revokesecuritygroupingress',
    'ec2:RevokeSecurityGroup?ngress',
  ],
  ...[
    'ec2:ModifySecurityGroupRules',
    'ec2:CreateTags',
    'iam:*AccountPasswordPolicy',
    'iam:Get*',
    'sts:AssumeRole',
    'ec2:*gress',
  ],
);
const resourcePattern = fc.constantFrom(
  ...['*', 'arn:aws:ec2:*:*:*', `arn:aws:ec2:${REGION}:${ACCOUNT}:security-group/*`, 'arn:*:ec2:*:*:security-group/*'],
  ...GROUPS.map((id) => ec2Arn('security-group', id)),
  ...[
    'arn:aws:ec2:*:*:*/sg-0123456789abcdef0',
    'arn:aws:ec2:*:*:s*/sg-0123456789abcdef0',
    'arn:aws:ec2:*:*:security-group/sg-?123*',
  ],
  ...[
    'arn:aws:ec2:*:*:security-group-rule/*',
    'arn:aws:ec2:us-*:*:security-group/*',
    'arn:aws:iam::*:role/trueup-*',
    'arn:aws:ec2:*',
  ],
);

const stringKeys = [
  'aws:RequestedRegion',
  'ec2:Region',
  'ec2:SecurityGroupID',
  'aws:ResourceTag/env',
  'sts:ExternalId',
  'ec2:CreateAction',
];
const values = [
  REGION,
  'us-east-1',
  'us-*',
  'EU-WEST-1',
  ...GROUPS,
  'sg-0*',
  'production',
  'example',
  'AuthorizeSecurityGroupIngress',
];
const single = fc.record({
  operator: fc.constantFrom(
    ...[
      'StringEquals',
      'StringLike',
      'StringNotEquals',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
    ],
    ...['StringEqualsIfExists', 'StringLikeIfExists', 'StringNotEqualsIfExists', 'stringequals'],
  ),
  key: fc.constantFrom(...stringKeys, 'AWS:requestedregion'),
  wanted: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
});
const arnCondition = fc.record({
  operator: fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'ArnLikeIfExists'),
  key: fc.constant('ec2:Vpc'),
  wanted: fc.constantFrom(
    ['arn:aws:ec2:*:*:vpc/vpc-0123456789abcdef0'],
    ['arn:aws:ec2:us-east-1:*:vpc/*', 'arn:aws:ec2:ap-*:*:vpc/*'],
  ),
});
const multi = fc.record({
  operator: fc.constantFrom(
    'ForAllValues:StringEquals',
    'ForAnyValue:StringEquals',
    'ForAnyValue:StringLike',
    'ForAllValues:StringLike',
  ),
  key: fc.constant('aws:TagKeys'),
  wanted: fc.constantFrom(['ticket'], ['ticket', 'owner'], ['t*'], ['other']),
});
const presence = fc.record({
  operator: fc.constant('Null'),
  key: fc.constantFrom('aws:ResourceTag/env', 'ec2:SecurityGroupID', 'aws:TagKeys', 'aws:RequestTag/ticket'),
  wanted: fc.constantFrom(['true'], ['false']),
});

const conditions = fc
  .array(fc.oneof({ weight: 4, arbitrary: single }, arnCondition, multi, presence), { maxLength: 2 })
  .map((list) => Object.fromEntries(list.map(({ operator, key, wanted }) => [operator, { [key]: wanted }])));

const statement = fc
  .record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    actions: fc.uniqueArray(actionPattern, { minLength: 1, maxLength: 3 }),
    resources: fc.uniqueArray(resourcePattern, { minLength: 1, maxLength: 3 }),
    notAction: fc.nat(7),
    notResource: fc.nat(7),
    Condition: conditions,
  })
  .map(({ Effect, actions, resources, notAction, notResource, Condition }) => ({
    Effect,
    [notAction === 0 && !actions.includes('*') ? 'NotAction' : 'Action']: actions,
    // The simulator treats "arn:aws:ec2:*" and "arn:aws:ec2:*:*:*" alike in Resource, but not in NotResource when it is
    // asked about "*": it contradicts itself there, so incomplete ARNs stay out of NotResource.
    [notResource === 0 && !resources.some((arn) => arn.split(':').length < 6) ? 'NotResource' : 'Resource']: resources,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }));
const document = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((Statement) => ({ Version: '2012-10-17', Statement }));
type Document = { Version: string; Statement: object[] };

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

async function simulate(
  asked: Question,
  identity: readonly Document[],
  session: Document | undefined,
): Promise<boolean> {
  const result = await runSimulation(
    {
      request: {
        principal: PRINCIPAL,
        action: asked.action,
        resource: { resource: asked.resource, accountId: ACCOUNT },
        contextVariables: { ...asked.context },
      },
      identityPolicies: identity.map((policy, index) => ({ name: `policy-${index}`, policy })),
      ...(session && { sessionPolicy: session }),
      serviceControlPolicies: [{ orgIdentifier: 'r-root', policies: [{ name: 'FullAWSAccess', policy: EVERYTHING }] }],
      resourceControlPolicies: [],
      // A role decides for itself whether its own account's identity policies suffice: let it.
      ...(asked.action === 'sts:AssumeRole' && { resourcePolicy: trustAccount() }),
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  if (result.resultType === 'wildcard') throw new Error('asked with a wildcard resource');
  return result.overallResult === 'Allowed';
}

function trustAccount() {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }],
  };
}

function decide(asked: Question, identity: readonly Document[], session: Document | undefined): boolean {
  const keys = Object.entries(asked.context).map(([key, value]) => [key.toLowerCase(), [value].flat()] as const);
  const compile = (policy: Document) => parsePolicy(JSON.stringify(policy), 'permissions');
  const grants = { identity: identity.map(compile), session: session && compile(session) };
  return evaluate(grants, { action: asked.action, resource: asked.resource, keys: new Map(keys) }) === 'allowed';
}

test('an independent simulator gives the same answer to generated requests', async () => {
  const answers = { allowed: 0, denied: 0 };
  await fc.assert(
    fc.asyncProperty(
      question,
      fc.array(document, { minLength: 1, maxLength: 2 }),
      fc.option(document, { nil: undefined }),
      async (asked, identity, session) => {
        const expected = await simulate(asked, identity, session);
        answers[expected ? 'allowed' : 'denied'] += 1;
        expect(decide(asked, identity, session)).toBe(expected);
      },
    ),
    { numRuns: lawRuns(1500), seed: 20261121 },
  );
  // Neither answer may be so rare that agreeing on it means nothing.
  const tenth = (answers.allowed + answers.denied) / 10;
  expect(answers.allowed).toBeGreaterThan(tenth);
  expect(answers.denied).toBeGreaterThan(tenth);
});

/** Is the session policy of a batch exactly as wide as its calls, and does it fit? */
import { CreateTagsCommand, DeleteTagsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { sessionPolicy } from '../../src/execute/session-policy.ts';
import type { Call, Operation } from '../../src/model/operation.ts';
import { operation } from '../../src/model/operation.ts';
import { policyText } from '../../src/model/policy-text.ts';
import { resources } from '../../src/resources/index.ts';
import { authorize, revoke, tag, untag } from '../../src/resources/security-group/operations.ts';
import { evaluate } from '../../src/sandbox/iam/evaluate.ts';
import { parsePolicy } from '../../src/sandbox/iam/policy.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-west-1' };
const GROUPS = 'arn:aws:ec2:eu-west-1:111122223333:security-group/*';
const RULES = 'arn:aws:ec2:eu-west-1:111122223333:security-group-rule/*';

function policyFor(calls: readonly Call[], used: readonly Operation[], reads: readonly Operation[] = []) {
  const table = new Map(used.map((one) => [one.id, one]));
  return sessionPolicy({ calls, reads, table, denials: [] }, place);
}

const [one, two] = ['sg-0123456789abcdef0', 'sg-0fedcba9876543210'];
const writes = [authorize.ingress, revoke.ingress, revoke.egress, tag, untag];

describe('the session policy', () => {
  it('puts groups with the same calls into one statement, and no others', () => {
    const calls = [revoke.ingress({ GroupId: one }), revoke.ingress({ GroupId: two }), revoke.egress({ GroupId: two })];
    expect(policyFor(calls, writes).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['ec2:RevokeSecurityGroupIngress'],
        Resource: GROUPS,
        Condition: { StringEquals: { 'ec2:SecurityGroupID': [one] } },
      },
      {
        Effect: 'Allow',
        Action: ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
        Resource: GROUPS,
        Condition: { StringEquals: { 'ec2:SecurityGroupID': [two] } },
      },
    ]);
  });

  it('is the same whatever the order and number of the calls', () => {
    const calls = [
      revoke.ingress({ GroupId: one }),
      revoke.ingress({ GroupId: two }),
      revoke.ingress({ GroupId: one }),
    ];
    expect(policyFor(calls, writes)).toEqual(policyFor(calls.slice(0, 2).reverse(), writes));
  });

  it('pins account and region where a resource does not, and neither for what an account has once', () => {
    const read = operation('ec2:DescribeVpcs', DescribeVpcsCommand);
    const [statement] = policyFor([], [], [read]).Statement;
    expect(statement?.Condition).toEqual({
      StringEquals: { 'aws:PrincipalAccount': ['111122223333'], 'aws:RequestedRegion': ['eu-west-1'] },
    });
    const everywhere = sessionPolicy(
      { calls: [], reads: [read], table: new Map(), denials: [] },
      { ...place, region: 'global' },
    );
    expect(everywhere.Statement[0]?.Condition).toEqual({ StringEquals: { 'aws:PrincipalAccount': ['111122223333'] } });
  });

  it('keeps reads to the resources that their operations name', () => {
    const read = operation('kms:DescribeKey', DescribeVpcsCommand, {
      permissions: [{ resource: 'arn:{partition}:kms:{region}:{account}:key/*' }],
    });
    expect(policyFor([], [], [read]).Statement).toEqual([
      { Effect: 'Allow', Action: ['kms:DescribeKey'], Resource: 'arn:aws:kms:eu-west-1:111122223333:key/*' },
    ]);
  });

  it('asks for no region where the resource stands in none: another service makes that request for the session', () => {
    const enable = resources.flatMap(({ writes: all }) => all).find(({ id }) => id === 'securityhub:EnableSecurityHub');
    const policy = policyFor([{ operation: 'securityhub:EnableSecurityHub', input: {} }], enable ? [enable] : []);
    const at = { 'aws:PrincipalAccount': ['111122223333'], 'aws:RequestedRegion': ['eu-west-1'] };
    expect(policy.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['securityhub:EnableSecurityHub'],
        Resource: '*',
        Condition: { StringEquals: at },
      },
      {
        Effect: 'Allow',
        Action: ['iam:CreateServiceLinkedRole'],
        Resource:
          'arn:aws:iam::111122223333:role/aws-service-role/securityhub.amazonaws.com/AWSServiceRoleForSecurityHub',
      },
    ]);
  });

  it('bounds new tags by the call that creates them and by their keys', () => {
    const TagSpecifications = [{ ResourceType: 'security-group-rule' as const, Tags: [{ Key: 'ticket', Value: '1' }] }];
    const policy = policyFor([authorize.ingress({ GroupId: one, TagSpecifications })], writes);
    const keys = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['ticket'] }, Null: { 'aws:TagKeys': ['false'] } };
    expect(policy.Statement.slice(1)).toEqual([
      { Effect: 'Allow', Action: ['ec2:AuthorizeSecurityGroupIngress'], Resource: RULES, Condition: keys },
      {
        Effect: 'Allow',
        Action: ['ec2:CreateTags'],
        Resource: RULES,
        Condition: { StringEquals: { 'ec2:CreateAction': ['AuthorizeSecurityGroupIngress'] }, ...keys },
      },
    ]);
  });

  it('unites the keys of many tagging calls in one statement', () => {
    const tags = (...keys: string[]) => keys.map((Key) => ({ Key, Value: 'x' }));
    const calls = [tag({ Resources: [], Tags: tags('a', 'b') }), tag({ Resources: [], Tags: tags('b', 'c') })];
    expect(policyFor(calls, writes).Statement).toHaveLength(1);
    expect(policyText(policyFor(calls, writes))).toContain('"aws:TagKeys":["a","b","c"]');
  });

  it.each([
    ['the tag that was planned', ['ticket'], 'allowed'],
    ['another tag beside it', ['ticket', 'owner'], 'session-deny'],
    ['another tag', ['owner'], 'session-deny'],
    ['all tags, which a request without keys deletes', [], 'session-deny'],
  ])('lets a rule lose %s: %s', (_what, keys, verdict) => {
    const policy = policyFor([untag({ Resources: [], Tags: [{ Key: 'ticket' }] })], writes);
    const grants = {
      identity: [parsePolicy('{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}', 'permissions')],
      session: parsePolicy(policyText(policy), 'permissions'),
    };
    const resource = RULES.replace('*', 'sgr-0123456789abcdef0');
    const context = new Map(keys.length > 0 ? [['aws:tagkeys', keys]] : []);
    expect(evaluate(grants, { action: 'ec2:DeleteTags', resource, keys: context })).toBe(verdict);
  });

  it('allows nothing for a call that names no group, so that AWS refuses it', () => {
    expect(policyFor([revoke.ingress({})], writes).Statement).toEqual([]);
  });

  it('never spans two services', () => {
    const iam = resources.find(({ name }) => name === 'password-policy')?.writes ?? [];
    const [update] = iam;
    if (!update) throw new Error('there is no write of the password policy');
    const calls = [revoke.ingress({ GroupId: one }), { operation: update.id, input: {} }];
    expect(() => policyFor(calls, [...writes, update])).toThrow(/several services/);
  });

  it.each(resources.map((resource) => [resource.name, resource] as const))(
    '%s writes to one service',
    (_name, resource) => {
      expect(new Set(resource.writes.map(({ service }) => service)).size).toBe(1);
    },
  );
});

describe('a value of a condition', () => {
  const textOf = (Key: string) => policyText(policyFor([tag({ Resources: [], Tags: [{ Key, Value: 'x' }] })], writes));

  it('means itself, also where IAM would fill something in', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a tag that somebody may have given
    expect(textOf('${aws:PrincipalAccount}')).toContain('"${$}{aws:PrincipalAccount}"');
  });

  it('is sent in ASCII, because STS takes nothing above U+00FF', () => {
    expect(textOf('größe-Ωλ-🔑')).toMatch(/^[ -~]+$/);
    expect(JSON.parse(textOf('größe-Ωλ-🔑')).Statement[0].Condition['ForAllValues:StringEquals']).toEqual({
      'aws:TagKeys': ['größe-Ωλ-🔑'],
    });
  });
});

describe('operations without a permission of their own', () => {
  it('use the id as the action', () => {
    const plain = [operation('ec2:CreateTags', CreateTagsCommand), operation('ec2:DeleteTags', DeleteTagsCommand)];
    const calls = plain.map(({ id }) => ({ operation: id, input: {} }));
    expect(policyFor(calls, plain).Statement[0]?.Action).toEqual(['ec2:CreateTags', 'ec2:DeleteTags']);
  });
});

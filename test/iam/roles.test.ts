/** Which permissions and which trust does a state need? */
import { describe, expect, it } from 'vitest';
import { hubRoles } from '../../src/iam/hub-roles.ts';
import { asJson } from '../../src/iam/json.ts';
import { boundaryOf, memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import type { Role } from '../../src/iam/role.ts';
import type { Fleet, GuardrailEntry, Policy } from '../../src/model/state.ts';
import { fleet as fleetWith, policy as policyFor } from '../fleet/fleets.ts';

const at = { file: 'state/x.yaml', line: 1, column: 1 };
const named = (...guardrails: string[]): readonly Policy[] => [
  {
    ...policyFor(['all']),
    guardrails: guardrails.map((guardrail): GuardrailEntry => ({ guardrail, params: {}, at, positions: {} })),
  },
];
const ids = (operations: readonly { readonly id: string }[]) => operations.map(({ id }) => id).sort();
const fixed = fleetWith({ regions: ['eu-west-1'], role: { read: 'trueup-read', write: 'trueup-write' } });

function rolesFor(fleet: Fleet, policies: readonly Policy[], retained: readonly string[] = []): Role[] {
  return memberRoles(fleet, neededBy({ policies }, fleet, retained));
}

const allowed = (role: Role | undefined) =>
  (role?.statements ?? []).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);

const MANAGED = ['iam:GetPolicy', 'iam:GetPolicyVersion'];

describe('what a state needs', () => {
  it('is nothing without guardrails', () => {
    expect(neededBy({ policies: [] }, fixed)).toEqual({ read: [], write: [], heal: [] });
  });

  it('is for one setting its reads, and for writing also its way back', () => {
    const { read, write } = neededBy({ policies: named('password-policy') }, fixed);
    expect(ids(read)).toEqual(['iam:GetAccountPasswordPolicy']);
    expect(ids(write)).toEqual([
      'iam:DeleteAccountPasswordPolicy',
      'iam:GetAccountPasswordPolicy',
      'iam:UpdateAccountPasswordPolicy',
    ]);
  });

  it('asks for the regions only where they are not named', () => {
    const policies = named('password-policy');
    expect(ids(neededBy({ policies }, fleetWith()).read)).toContain('ec2:DescribeRegions');
    expect(ids(neededBy({ policies }, fixed).read)).not.toContain('ec2:DescribeRegions');
  });

  it('asks CloudTrail who keeps changing something only where something may be healed', () => {
    const policies = named('password-policy');
    const asks = (heal: readonly string[]): boolean =>
      ids(neededBy({ policies }, { ...fixed, heal }).read).includes('cloudtrail:LookupEvents');
    expect([[], ['serial-console'], ['password-policy']].map(asks)).toEqual([false, false, true]);
  });

  it('includes the evidence that a guardrail looks at, for reading and again before writing', () => {
    const { read, write } = neededBy({ policies: named('allowed-ingress') }, fixed);
    for (const one of ['ec2:DescribeNetworkInterfaces', 'ec2:GetManagedPrefixListEntries']) {
      expect(ids(read)).toContain(one);
      expect(ids(write)).toContain(one);
    }
    expect(ids(read).filter((id) => !/:(Describe|Get|List)/.test(id))).toEqual([]);
  });

  it.each<readonly [string, readonly string[]]>([
    ['ingress-findings', []],
    ['allowed-ingress', ['AuthorizeSecurityGroupIngress', 'ModifySecurityGroupRules', 'RevokeSecurityGroupIngress']],
    [
      'default-security-group',
      [
        'AuthorizeSecurityGroupEgress',
        'AuthorizeSecurityGroupIngress',
        'ModifySecurityGroupRules',
        'RevokeSecurityGroupEgress',
        'RevokeSecurityGroupIngress',
      ],
    ],
  ])('is for %s no write but those that it may need, there and back', (name, writes) => {
    const { write, heal } = neededBy({ policies: named(name) }, { ...fixed, heal: [name] });
    const changing = (id: string): boolean => !/:(?:Describe|Get|List)/.test(id);
    const expected = writes.map((one) => `ec2:${one}`);
    expect(ids(write).filter(changing)).toEqual(expected);
    expect(ids(heal).filter(changing)).toEqual(expected);
    if (writes.length === 0) expect([write, heal]).toEqual([[], []]);
  });

  it('is no role for writing where everything is only told', () => {
    expect(rolesFor(fixed, named('ingress-findings')).map(({ name }) => name)).toEqual(['trueup-read']);
  });

  it('keeps what the revert of a retained journal needs, and drops what no journal needs', () => {
    const now = named('password-policy');
    const actions = (retained: readonly string[]) => allowed(rolesFor(fixed, now, retained)[1]);
    expect(actions([]).join()).not.toContain('SecurityGroup');
    expect(actions(['security-group'])).toContain('ec2:AuthorizeSecurityGroupIngress');
    expect(actions(['security-group'])).toContain('ec2:DescribeSecurityGroupRules');
    expect(allowed(rolesFor(fixed, now, ['security-group'])[0])).toContain('ec2:DescribeSecurityGroups');
  });
});

describe('the roles of the accounts', () => {
  it('are for healing no more than the guardrails that heal', () => {
    const fleet = { ...fixed, role: { ...fixed.role, heal: 'trueup-heal' }, heal: ['password-policy'] };
    const roles = rolesFor(fleet, named('password-policy', 'allowed-ingress'));
    expect(roles.map(({ name }) => name)).toEqual(['trueup-read', 'trueup-write', 'trueup-heal']);
    expect(allowed(roles[2]).every((action) => action.startsWith('iam:'))).toBe(true);
    expect(JSON.stringify(roles[1]?.trust)).not.toContain('trueup-heal');
    expect(JSON.stringify(roles[2]?.trust)).not.toContain('trueup-apply');
  });

  it('are trusted by the hub: reading by the plan, writing not', () => {
    const [read, write] = rolesFor(fixed, named('password-policy'));
    expect(JSON.stringify(read?.trust)).toContain('role/trueup-plan');
    expect(JSON.stringify(write?.trust)).not.toContain('role/trueup-plan');
  });

  it('ask for the external id when they are assumed, and only where the fleet has one', () => {
    const text = (fleet: Fleet) => JSON.stringify(rolesFor(fleet, []));
    expect(text(fixed)).not.toContain('ExternalId');
    expect(text({ ...fixed, externalId: 'x1' })).toContain('"sts:ExternalId":["{externalId}"]');
  });

  it('carry the fences of the fleet where something is written', () => {
    const fleet = { ...fixed, fences: [{ deny: ['iam:*'], on: ['arn:{partition}:ec2:{region}:{account}:*'] }] };
    const [read, write] = rolesFor(fleet, named('password-policy'));
    expect(JSON.stringify(read?.statements)).not.toContain('Deny');
    const denial = { Effect: 'Deny', Action: ['iam:*'], Resource: ['arn:{partition}:ec2:*:{account}:*'] };
    expect(write?.statements).toContainEqual(denial);
  });

  it('may look at themselves only when that was asked for', () => {
    const needed = neededBy({ policies: named('password-policy') }, fixed);
    expect(allowed(memberRoles(fixed, needed)[0])).not.toContain('iam:GetRole');
    const [read] = memberRoles(fixed, needed, { selfCheck: true });
    const own = ['arn:{partition}:iam::{account}:role/trueup-read', 'arn:{partition}:iam::{account}:role/trueup-write'];
    expect(read?.statements.slice(1)).toEqual([
      { Effect: 'Allow', Action: MANAGED, Resource: 'arn:{partition}:iam::aws:policy/*' },
      { Effect: 'Allow', Action: MANAGED, Resource: 'arn:{partition}:iam::{account}:policy/*' },
      {
        Effect: 'Allow',
        Action: [
          'iam:GetRole',
          'iam:GetRolePolicy',
          'iam:ListAttachedRolePolicies',
          'iam:ListRolePolicies',
          'iam:SimulatePrincipalPolicy',
        ],
        Resource: own,
      },
    ]);
  });
});

describe('the roles of the hub', () => {
  const subjects = (immutable: boolean) =>
    hubRoles({ ...fixed, heal: ['password-policy'] }, [], { immutable }).map(
      ({ trust }) => trust[0]?.Condition.StringEquals?.['token.actions.githubusercontent.com:sub'],
    );

  it('trust exactly one environment each, in both forms of the subject', () => {
    expect(subjects(true)).toEqual(
      ['plan', 'apply', 'heal'].map((what) => [
        `repo:{owner}/{repository}:environment:trueup-${what}`,
        `repo:{owner}@{ownerId}/{repository}@{repositoryId}:environment:trueup-${what}`,
      ]),
    );
    expect(subjects(false).map((forms) => forms?.length)).toEqual([1, 1, 1]);
  });

  it('never trust a pattern', () => {
    const text = JSON.stringify(hubRoles(fixed, [], { immutable: true }).map(({ trust }) => trust));
    expect(text).not.toMatch(/[*?]|Like/);
    expect(text).toContain('"token.actions.githubusercontent.com:aud":["sts.amazonaws.com"]');
  });

  it('assume what they need: a plan reads, an apply writes', () => {
    const [plan, apply] = hubRoles(fixed, [], { immutable: true });
    expect(JSON.stringify(plan?.statements)).not.toContain('trueup-write');
    expect(JSON.stringify(apply?.statements)).toContain('role/trueup-write');
  });

  it('look for drift whether anything is healed or not, and can only read where nothing is', () => {
    const reached = (fleet: Fleet) => JSON.stringify(hubRoles(fleet, [], { immutable: true })[2]?.statements);
    expect(reached(fixed)).toContain('role/trueup-read');
    expect(reached(fixed)).not.toContain('role/trueup-write');
    expect(reached({ ...fixed, heal: ['password-policy'] })).toContain('role/trueup-write');
    expect(JSON.stringify(rolesFor(fixed, named('password-policy'))[0]?.trust)).toContain('role/trueup-heal');
    expect(JSON.stringify(rolesFor(fixed, named('password-policy'))[1]?.trust)).not.toContain('role/trueup-heal');
  });

  it('leave the accounts open where they are too many for what IAM takes', () => {
    const accounts = Array.from({ length: 300 }, (_, i) => ({ id: String(100_000_000_000 + i) }));
    for (const role of hubRoles({ ...fixed, accounts, heal: ['password-policy'] }, [], { immutable: true })) {
      expect(JSON.stringify({ Version: '2012-10-17', Statement: role.statements }).length).toBeLessThan(10_240);
      expect(role.statements[0]?.Resource).toContain('arn:{partition}:iam::*:role/trueup-read');
    }
  });

  it.each([2, 20, 60, 200])('fit into one boundary with %s accounts', (count) => {
    const accounts = Array.from({ length: count }, (_, i) => ({ id: String(100_000_000_000 + i) }));
    const fleet = { ...fixed, accounts, heal: ['password-policy'], role: { ...fixed.role, heal: 'trueup-heal' } };
    const { statements } = boundaryOf('Fence', hubRoles(fleet, [], { immutable: true, bounded: true }));
    expect(JSON.stringify({ Version: '2012-10-17', Statement: statements }).length).toBeLessThan(6_144);
  });

  it('name the accounts where the fleet does', () => {
    const fleet = { ...fixed, accounts: [{ id: '111122223333' }, { id: '444455556666' }] };
    expect(hubRoles(fleet, [], { immutable: true })[0]?.statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
        Resource: [
          'arn:{partition}:iam::111122223333:role/trueup-read',
          'arn:{partition}:iam::444455556666:role/trueup-read',
        ],
      },
    ]);
  });

  it('reach the administrator of Security Hub, who need not be governed', () => {
    const securityHub = {
      administrator: '777788889999',
      homeRegion: 'eu-west-1',
      linkedRegions: 'all',
      central: 'hold',
    } as const;
    const asking = { ...fixed, accounts: [{ id: '111122223333' }], securityHub };
    expect(hubRoles(asking, [], { immutable: true })[0]?.statements[0]?.Resource).toEqual([
      'arn:{partition}:iam::111122223333:role/trueup-read',
      'arn:{partition}:iam::777788889999:role/trueup-read',
    ]);
  });

  it.each([
    [['all'], ['organizations:ListAccounts']],
    [['tag:a=b'], ['organizations:ListAccounts', 'organizations:ListTagsForResource']],
    [
      ['ou:Web'],
      [
        'organizations:ListAccounts',
        'organizations:ListAccountsForParent',
        'organizations:ListOrganizationalUnitsForParent',
        'organizations:ListRoots',
      ],
    ],
  ])('ask AWS Organizations no more than the selectors %j do', (include, expected) => {
    expect(hubRoles({ ...fixed, include }, [], { immutable: true })[0]?.statements[1]?.Action).toEqual(expected);
  });
});

describe('JSON', () => {
  it('leaves the account of a role open and the external id to be filled in', () => {
    const roles = rolesFor({ ...fixed, externalId: 'do-not-print-me' }, named('allowed-ingress'));
    const known = { partition: 'aws-us-gov', hub: '222222222222' };
    const text = JSON.stringify(asJson({ part: 'members', roles, provider: false, known }));
    expect(text).toContain('arn:aws-us-gov:ec2:*:*:security-group/*');
    expect(text).not.toContain('do-not-print-me');
    expect(text).not.toMatch(/\{(partition|account|hub|externalId)\}/);
  });
});

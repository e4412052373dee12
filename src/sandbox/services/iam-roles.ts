/** IAM: roles, what is attached to them, and what would be allowed to them. https://docs.aws.amazon.com/IAM/latest/APIReference/ */
import { ServiceError } from '../errors.ts';
import { evaluate } from '../iam/evaluate.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';
import { type Action, type Call, grantsOf, type Need } from '../service.ts';
import { records, text, texts } from '../wire/fields.ts';
import type { Role } from '../world/world.ts';
import { invalid, noSuchEntity } from './iam-errors.ts';

export const roleActions: { readonly [action: string]: Action } = {
  GetRole: onRole((call, role) => ({ Role: writeRole(call, role) })),
  ListRolePolicies: onRole((_call, role) => ({ PolicyNames: [...role.policies.keys()], IsTruncated: false })),
  ListAttachedRolePolicies: onRole((_call, role) => ({
    AttachedPolicies: [...role.attached.keys()].map((arn) => ({ PolicyName: nameOf(arn), PolicyArn: arn })),
    IsTruncated: false,
  })),
  GetRolePolicy: onRole(getRolePolicy),
  PutRolePolicy: onRole(putRolePolicy),
  GetPolicy: onManaged((arn) => ({ Policy: { PolicyName: nameOf(arn), Arn: arn, DefaultVersionId: ONLY_VERSION } })),
  GetPolicyVersion: onManaged((_arn, policy) => ({
    PolicyVersion: { VersionId: ONLY_VERSION, IsDefaultVersion: true, Document: encodeURIComponent(policy.text) },
  })),
  SimulatePrincipalPolicy: { needs: (call) => [{ resource: sourceOf(call) }], run: simulate },
};

const ONLY_VERSION = 'v1';

function onRole(run: (call: Call, role: Role) => object): Action {
  const needs = (call: Call): readonly Need[] => [{ resource: roleArnOf(call, text(call.input, 'RoleName') ?? '') }];
  return {
    needs,
    run(call) {
      const name = text(call.input, 'RoleName') ?? '';
      const role = call.account.roles.get(name);
      if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
      return run(call, role);
    },
  };
}

/** A managed policy is known by what it is attached to. */
function onManaged(run: (arn: string, policy: Policy) => object): Action {
  const arnIn = ({ input }: Call): string => text(input, 'PolicyArn') ?? '';
  return {
    needs: (call) => [{ resource: arnIn(call) }],
    run(call) {
      const arn = arnIn(call);
      const all = [...call.account.roles.values()].flatMap(({ attached, boundary }) => [
        ...attached,
        ...(boundary ? [[boundary.arn, boundary.policy] as const] : []),
      ]);
      const policy = new Map(all).get(arn);
      if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`);
      return run(arn, policy);
    },
  };
}

function roleArnOf(call: Call, name: string): string {
  return `arn:${call.world.partition}:iam::${call.account.id}:role/${name}`;
}

function nameOf(arn: string): string {
  return arn.split('/').at(-1) ?? '';
}

function writeRole(call: Call, role: Role) {
  return {
    Path: '/',
    RoleName: role.name,
    RoleId: role.id,
    Arn: roleArnOf(call, role.name),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeURIComponent(role.trust.text),
    MaxSessionDuration: role.maxSessionSeconds,
    PermissionsBoundary: role.boundary && {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: role.boundary.arn,
    },
  };
}

function getRolePolicy(call: Call, role: Role): object {
  const name = text(call.input, 'PolicyName') ?? '';
  const policy = role.policies.get(name);
  if (!policy) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return { RoleName: role.name, PolicyName: name, PolicyDocument: encodeURIComponent(policy.text) };
}

function putRolePolicy(call: Call, role: Role): object {
  const name = text(call.input, 'PolicyName') ?? '';
  if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw invalid(`Value '${name}' at 'policyName' failed to satisfy constraint`);
  try {
    role.policies.set(name, parsePolicy(text(call.input, 'PolicyDocument') ?? '', 'permissions'));
  } catch (error) {
    throw new ServiceError(
      'MalformedPolicyDocument',
      error instanceof Error ? error.message : 'Syntax errors in policy.',
    );
  }
  return {};
}

function sourceOf({ input }: Call): string {
  return text(input, 'PolicySourceArn') ?? '';
}

const DECISIONS = {
  allowed: 'allowed',
  'explicit-deny': 'explicitDeny',
  'implicit-deny': 'implicitDeny',
  'boundary-deny': 'implicitDeny',
  'session-deny': 'implicitDeny',
} as const;

/** Only what was given as context is known: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
function simulate(call: Call): object {
  const source = sourceOf(call);
  const role = [...call.account.roles.values()].find(({ name }) => roleArnOf(call, name) === source);
  if (!role) throw noSuchEntity(`The source ${source} cannot be found.`);
  const actions = texts(call.input, 'ActionNames');
  if (actions.length === 0) throw invalid("Value at 'actionNames' failed to satisfy constraint");
  const resources = texts(call.input, 'ResourceArns');
  const given = records(call.input, 'ContextEntries').map(
    (entry) => [(text(entry, 'ContextKeyName') ?? '').toLowerCase(), texts(entry, 'ContextKeyValues')] as const,
  );
  const results = actions.flatMap((action) =>
    (resources.length > 0 ? resources : ['*']).map((resource) => {
      const keys = new AskedKeys(given);
      return {
        EvalActionName: action,
        EvalResourceName: resource,
        EvalDecision: DECISIONS[evaluate(grantsOf({ role }), { action, resource, keys })],
        MissingContextValues: [...keys.missing],
      };
    }),
  );
  return { EvaluationResults: results, IsTruncated: false };
}

/** Remembers which keys conditions asked for in vain. */
class AskedKeys extends Map<string, readonly string[]> {
  readonly missing = new Set<string>();

  override get(key: string): readonly string[] | undefined {
    const found = super.get(key);
    if (found === undefined) this.missing.add(key);
    return found;
  }
}

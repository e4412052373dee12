/** The roles of every account that is governed: one that reads, one that writes, and perhaps one that heals. */
import type { Statement } from '../model/aws.ts';
import type { Fence, Fleet } from '../model/state.ts';
import { type Needed, neededByReport } from './needed.ts';
import { type Boundary, placeOfRole, type Role, roleArn, statementsFor, type TrustStatement } from './role.ts';
import { SELF_CHECK } from './self-check.ts';

/** Names of the roles in the hub account, which are also those of the environments on GitHub. */
export const HUB_ROLES = { plan: 'trueup-plan', apply: 'trueup-apply', heal: 'trueup-heal' } as const;

export type MemberOptions = {
  /** Roles in the hub account that may read and write, instead of those for GitHub. */
  readonly callers?: readonly string[];
  /** Whether the read role may look at Trueup's own roles, for `trueup iam --diff` and `trueup doctor`. */
  readonly selfCheck?: boolean;
  /** Whether it may also read what a report shows beside what the state governs. */
  readonly report?: boolean;
};

export function memberRoles(fleet: Fleet, needed: Needed, options: MemberOptions = {}): Role[] {
  const { plan, apply, heal } = HUB_ROLES;
  const { callers } = options;
  const names = roleNames(fleet);
  const trust = (...hub: readonly string[]) =>
    trustInHub(
      (callers ?? hub).map((role) => roleArn(placeOfRole(role), '{hub}')),
      fleet,
    );
  const writers = names.heal || fleet.heal.length === 0 ? [apply] : [apply, heal];
  const read = statementsFor([...needed.read, ...(options.report ? neededByReport() : [])]);
  return [
    {
      ...placeOfRole(names.read),
      description: 'Trueup reads what the state governs',
      trust: trust(plan, apply, heal),
      statements: options.selfCheck ? [...read, ...lookAtRoles(Object.values(names))] : read,
    },
    // Where nothing is ever changed, nobody may.
    ...(needed.write.length > 0
      ? [
          {
            ...placeOfRole(names.write),
            description: 'Trueup changes what was reviewed, narrowed by a session policy to each batch of changes',
            trust: trust(...writers),
            statements: [...statementsFor(needed.write), ...fleet.fences.map(fenceOf)],
          },
        ]
      : []),
    ...(names.heal
      ? [
          {
            ...placeOfRole(names.heal),
            description: 'Trueup closes drift by itself, for the guardrails under heal in the fleet',
            trust: trust(heal),
            statements: [...statementsFor(needed.heal), ...fleet.fences.map(fenceOf)],
          },
        ]
      : []),
  ];
}

/** Where the fleet names no role, because it reads with the caller's own, these are the names to begin with. */
export function roleNames({ role, heal }: Pick<Fleet, 'role' | 'heal'>) {
  const { read = 'trueup-read', write = 'trueup-write' } = role;
  return { read, write, heal: heal.length > 0 ? role.heal : undefined };
}

/** Whatever else is attached to the roles: no more than this, and never what a fence denies. */
export function boundaryOf(name: string, roles: readonly Role[]): Boundary {
  const texts = new Set(roles.flatMap(({ statements }) => statements.map((one) => JSON.stringify(one))));
  return { name, statements: [...texts].map((text) => JSON.parse(text)) };
}

/** For `iam --diff` and `doctor`, and nothing else. */
function lookAtRoles(roles: readonly (string | undefined)[]): Statement[] {
  const arns = roles.flatMap((role) => (role === undefined ? [] : [roleArn(placeOfRole(role), '{account}')]));
  return statementsFor(SELF_CHECK).map((one) =>
    String(one.Resource).endsWith(':role/*') ? { ...one, Resource: arns } : one,
  );
}

function fenceOf({ deny, on, when }: Fence) {
  const resources = on.map((pattern) => pattern.replaceAll('{region}', '*'));
  return { Effect: 'Deny' as const, Action: deny, Resource: resources, ...(when && { Condition: when }) };
}

/**
 * The hub account, narrowed to its roles by condition: named as principals they would have to exist already, and a role
 * that is created again under its name would no longer be trusted.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 * @param callers ARNs, which `ArnEquals` takes as patterns.
 */
export function trustInHub(callers: readonly string[], { externalId }: Pick<Fleet, 'externalId'>): TrustStatement[] {
  const Principal = { AWS: 'arn:{partition}:iam::{hub}:root' };
  const named = { ArnEquals: { 'aws:PrincipalArn': callers } };
  const external = externalId === undefined ? {} : { StringEquals: { 'sts:ExternalId': ['{externalId}'] } };
  return [
    { Effect: 'Allow', Principal, Action: ['sts:AssumeRole'], Condition: { ...named, ...external } },
    // On its own: it is not documented whether the external id is among what a condition on it sees. Without one it is
    // allowed either way, to the same callers, and of no use without the statement above.
    { Effect: 'Allow', Principal, Action: ['sts:SetSourceIdentity'], Condition: named },
  ];
}

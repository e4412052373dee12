/**
 * May this principal do this? Identity policies ∩ boundary ∩ session policy; an explicit Deny anywhere wins.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Keys } from './conditions.ts';
import type { Policy, Statement } from './policy.ts';

/** One question: an action on one resource (`*` where the action has no resource types) in one context. */
export type Demand = { readonly action: string; readonly resource: string; readonly keys: Keys };

export type Grants = {
  readonly identity: readonly Policy[];
  /** Bounds what the identity policies grant, and grants nothing itself. */
  readonly boundary?: Policy | undefined;
  /** Without one, the session has everything that the identity policies allow. */
  readonly session?: Policy | undefined;
};

export type Verdict = 'allowed' | 'explicit-deny' | 'implicit-deny' | 'boundary-deny' | 'session-deny';

export function evaluate(grants: Grants, demand: Demand): Verdict {
  const session = grants.session ? [grants.session] : [];
  const boundary = grants.boundary ? [grants.boundary] : [];
  const applies = (statement: Statement) => covers(statement, demand);
  if ([...grants.identity, ...boundary, ...session].some((policy) => has(policy, false, applies)))
    return 'explicit-deny';
  if (!grants.identity.some((policy) => has(policy, true, applies))) return 'implicit-deny';
  if (!boundary.every((policy) => has(policy, true, applies))) return 'boundary-deny';
  return session.every((policy) => has(policy, true, applies)) ? 'allowed' : 'session-deny';
}

export function covers(statement: Statement, demand: Demand): boolean {
  return (
    statement.action(demand.action) &&
    statement.resource(demand.resource) &&
    statement.conditions.every((condition) => condition(demand.keys))
  );
}

function has(policy: Policy, allows: boolean, applies: (statement: Statement) => boolean): boolean {
  return policy.statements.some((statement) => statement.allows === allows && applies(statement));
}

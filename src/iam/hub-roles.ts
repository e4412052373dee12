/** The roles that a pipeline on GitHub takes in the account that Trueup is called from, and whom they trust. */
import { asksFor } from '../fleet/select.ts';
import type { Statement } from '../model/aws.ts';
import type { Fleet, Policy } from '../model/state.ts';
import { HUB_ROLES, roleNames } from './member-roles.ts';
import { allow, placeOfRole, type Role, roleArn, type TrustStatement } from './role.ts';

export const ISSUER = 'token.actions.githubusercontent.com';
export const AUDIENCE = 'sts.amazonaws.com';

export type HubOptions = {
  /** Whether the numbers of owner and repository are known, and so the newer form of the subject. */
  readonly immutable: boolean;
  /** What keeping the journal needs, where that is in a bucket. */
  readonly journal?: readonly Statement[];
  /** Whether one policy is written that bounds all the roles, and holds the statements of each. */
  readonly bounded?: boolean;
};

export function hubRoles(fleet: Fleet, policies: readonly Policy[], options: HubOptions): Role[] {
  const { immutable, journal = [], bounded = false } = options;
  const names = roleNames(fleet);
  const discovery = discoveryOf(fleet, policies);
  const role = (name: string, description: string, members: readonly string[], more: readonly Statement[]): Role => ({
    name,
    path: '/',
    description,
    trust: [trustInGitHub(name, immutable)],
    statements: [assume(fleet, members, bounded ? LONGEST_LIST / 5 : LONGEST_LIST), ...discovery, ...more],
  });
  const { plan, apply, heal } = HUB_ROLES;
  return [
    role(plan, 'Trueup plans, from any branch: it can only read', [names.read], []),
    role(apply, 'Trueup applies, from the protected environment', [names.read, names.write], journal),
    // Drift is looked for on a schedule whether anything is healed or not.
    fleet.heal.length > 0
      ? role(heal, 'Trueup heals, from the protected environment', [names.read, names.heal ?? names.write], journal)
      : role(heal, 'Trueup looks for drift, from the protected environment: it can only read', [names.read], []),
  ];
}

/**
 * A job that runs in an environment has exactly these subjects, whatever its branch: which branches may enter is
 * decided by the environment's protection rules. Repositories created, renamed or moved since July 2026 have the form
 * with numbers. https://docs.github.com/en/actions/reference/security/oidc
 */
function trustInGitHub(environment: string, immutable: boolean): TrustStatement {
  const forms = ['{owner}/{repository}', ...(immutable ? ['{owner}@{ownerId}/{repository}@{repositoryId}'] : [])];
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:{partition}:iam::{hub}:oidc-provider/${ISSUER}` },
    Action: ['sts:AssumeRoleWithWebIdentity'],
    Condition: {
      StringEquals: {
        [`${ISSUER}:aud`]: [AUDIENCE],
        [`${ISSUER}:sub`]: forms.map((form) => `repo:${form}:environment:${environment}`),
      },
    },
  };
}

/**
 * All inline policies of a role have 10,240 characters together, and what stands in them besides the accounts needs few;
 * a managed policy has 6,144, in which a boundary says what all three roles may.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const LONGEST_LIST = 8_000;

/**
 * The roles of the fleet's accounts; of all accounts only where they are discovered, or too many to be named. Then each
 * account's own trust says who may: a role of that name that does not name this one cannot be assumed.
 */
function assume(fleet: Fleet, members: readonly string[], longest: number): Statement {
  const rolesIn = (ids: readonly string[]) =>
    members.flatMap((role) => ids.map((id) => roleArn(placeOfRole(role), id)));
  const named = rolesIn(accountsOf(fleet));
  const fits = JSON.stringify(named).length <= longest;
  return allow(['sts:AssumeRole', 'sts:SetSourceIdentity'], fits ? named : rolesIn(['*']));
}

/** The administrator of Security Hub is asked although it need not be governed itself. */
function accountsOf({ accounts, securityHub }: Fleet): string[] {
  if (accounts === 'organization') return ['*'];
  const listed = accounts === 'self' ? ['{hub}'] : accounts.map(({ id }) => id);
  return [...new Set([...listed, ...(securityHub ? [securityHub.administrator] : [])])];
}

/** What discovery asks AWS Organizations, for the selectors that there are. */
function discoveryOf(fleet: Fleet, policies: readonly Policy[]): Statement[] {
  if (fleet.accounts !== 'organization') return [];
  const ofPolicies = policies.flatMap(({ targets }) => [...targets.accounts, ...targets.exclude]);
  const { units, tags } = asksFor([...fleet.include, ...fleet.exclude, ...fleet.safety.neverTouch, ...ofPolicies]);
  const actions = [
    'ListAccounts',
    ...(units ? ['ListRoots', 'ListOrganizationalUnitsForParent', 'ListAccountsForParent'] : []),
    ...(tags ? ['ListTagsForResource'] : []),
  ];
  return [
    allow(
      actions.map((action) => `organizations:${action}`),
      '*',
    ),
  ];
}

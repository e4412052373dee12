/**
 * A role as Trueup needs it, before it is written in some format. Texts may carry tokens that each format fills in its
 * own way: `{partition}`, `{account}` (where the role is), `{hub}` (where Trueup is called from), `{externalId}`, and
 * `{owner}`, `{ownerId}`, `{repository}`, `{repositoryId}` of the repository on GitHub.
 */
import type { Statement } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Operation } from '../model/operation.ts';

export type Token =
  | 'partition'
  | 'account'
  | 'hub'
  | 'externalId'
  | 'owner'
  | 'ownerId'
  | 'repository'
  | 'repositoryId';

export const TOKEN = /\{(partition|account|hub|externalId|owner|ownerId|repository|repositoryId)\}/g;

export type TrustStatement = {
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: string } | { readonly Federated: string };
  readonly Action: readonly string[];
  readonly Condition: { readonly [operator: string]: { readonly [key: string]: readonly string[] } };
};

export type Role = {
  readonly name: string;
  /** Begins and ends with a slash. */
  readonly path: string;
  readonly description: string;
  readonly trust: readonly TrustStatement[];
  readonly statements: readonly Statement[];
};

/** A policy that bounds roles whatever else is attached to them. */
export type Boundary = { readonly name: string; readonly statements: readonly Statement[] };

/** What a role leaves open: its regions, and what only a call names. */
const OPEN = /\{(?!partition\}|account\})\w+\}/g;

/** The name of the one inline policy that each role has. */
export const POLICY_NAME = 'trueup';

/** Exactly the actions of these operations, on the resources they name; in every region, because a role stands in all. */
export function statementsFor(operations: readonly Operation[]): Statement[] {
  const grants = operations.flatMap(({ id, permissions }) =>
    permissions.map(({ action = id, resource = '*' }) => ({ action, resource: resource.replace(OPEN, '*') })),
  );
  return [...groupBy(grants, ({ resource }) => resource)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, same]) =>
      allow(
        same.map(({ action }) => action),
        resource,
      ),
    );
}

export function allow(actions: readonly string[], resource: string | readonly string[]): Statement {
  return { Effect: 'Allow', Action: [...new Set(actions)].sort(), Resource: resource };
}

/** A name, or an ARN pattern, as the fleet has it, taken apart. */
export function placeOfRole(role: string): { readonly name: string; readonly path: string } {
  const whole = role.replace(/^arn:.*?:role\//, '').replace(/^\//, '');
  const cut = whole.lastIndexOf('/');
  return { name: whole.slice(cut + 1), path: cut < 0 ? '/' : `/${whole.slice(0, cut)}/` };
}

export function roleArn({ name, path }: Pick<Role, 'name' | 'path'>, account: string): string {
  return `arn:{partition}:iam::${account}:role${path}${name}`;
}

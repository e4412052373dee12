/** What is IAM's simulation asked about operations, and what does its answer mean? Pure. */
import type { EvaluationResult } from '@aws-sdk/client-iam';
import { groupBy } from '../model/group-by.ts';
import type { Operation } from '../model/operation.ts';
import type { Verdict } from './probes.ts';

type Place = { readonly partition: string; readonly account: string; readonly region: string };

/** Actions that are asked about the same thing, in one request. */
export type Question = { readonly resource: string; readonly actions: readonly string[] };

export function questionsAbout(operations: readonly Operation[], place: Place): Question[] {
  const asked = operations.flatMap((operation) => demandsOf(operation, place));
  return [...groupBy(asked, ({ resource }) => resource)].map(([resource, same]) => ({
    resource,
    actions: [...new Set(same.map(({ action }) => action))].sort(),
  }));
}

/** `allowed` only where everything that the operation needs is; what hangs on unknown conditions is `unclear`. */
export function verdictFor(operation: Operation, results: readonly EvaluationResult[], place: Place): Verdict {
  const verdicts = demandsOf(operation, place).map(({ action, resource }) => {
    const found = results.find((one) => one.EvalActionName === action && one.EvalResourceName === resource);
    if (found?.EvalDecision === 'allowed') return 'allowed';
    return found && (found.MissingContextValues ?? []).length === 0 ? 'denied' : 'unclear';
  });
  return verdicts.find((one) => one === 'denied') ?? verdicts.find((one) => one === 'unclear') ?? 'allowed';
}

/** Who refuses it, where no further statement in the role's policy would mend that. */
export function obstacleTo(
  operation: Operation,
  results: readonly EvaluationResult[],
  place: Place,
): string | undefined {
  const asked = demandsOf(operation, place);
  const found = results.filter((one) =>
    asked.some(({ action, resource }) => one.EvalActionName === action && one.EvalResourceName === resource),
  );
  const denial = found.find(({ EvalDecision }) => EvalDecision === 'explicitDeny');
  if (denial) {
    const by = (denial.MatchedStatements ?? []).flatMap(({ SourcePolicyId }) => SourcePolicyId ?? []);
    const where = by.length > 0 ? ` (${[...new Set(by)].join(', ')})` : '';
    return `denied explicitly${where}: look for a Deny in its policies, its permissions boundary and service control policies`;
  }
  if (found.some((one) => one.OrganizationsDecisionDetail?.AllowedByOrganizations === false))
    return 'not allowed by the service control policies of the organization';
  if (found.some((one) => one.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false))
    return 'not let through by its permissions boundary';
  return undefined;
}

/** The simulation takes no patterns for resources: one that nobody has stands for all. */
function demandsOf({ id, permissions }: Operation, place: Place) {
  return permissions.map(({ action = id, resource = '*' }) => ({ action, resource: exampleOf(resource, place) }));
}

function exampleOf(pattern: string, { partition, account, region }: Place): string {
  if (pattern === '*') return pattern;
  return pattern
    .replaceAll('{partition}', partition)
    .replaceAll('{account}', account)
    .replaceAll('{region}', region)
    .replace(/(security-group(?:-rule)?)\/\*$/, (_, type: string) => `${type}/${EXAMPLES[type]}`)
    .replace(/\*$/, 'trueup-doctor');
}

const EXAMPLES: { readonly [type: string]: string } = {
  'security-group': 'sg-00000000000000000',
  'security-group-rule': 'sgr-00000000000000000',
};

/** Which configuration policy is an account associated with? As the delegated administrator answers in its home region. */
import {
  BatchGetConfigurationPolicyAssociationsCommand,
  type ConfigurationPolicyAssociationSummary,
  DescribeOrganizationConfigurationCommand,
  ListConfigurationPolicyAssociationsCommand,
} from '@aws-sdk/client-securityhub';
import type { Aws } from '../../model/aws.ts';
import { operation } from '../../model/operation.ts';
import { TrueupError } from '../../model/problem.ts';

const describeOrganization = operation(
  'securityhub:DescribeOrganizationConfiguration',
  DescribeOrganizationConfigurationCommand,
);
const getAssociations = operation(
  'securityhub:BatchGetConfigurationPolicyAssociations',
  BatchGetConfigurationPolicyAssociationsCommand,
);
const listAssociations = operation(
  'securityhub:ListConfigurationPolicyAssociations',
  ListConfigurationPolicyAssociationsCommand,
);
/** Asked of the administrator alone: whose Security Hub is managed centrally; and who else shares the policies. */
export const centralReads = [describeOrganization, getAssociations] as const;
export const centreReads = [...centralReads, listAssociations] as const;

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchGetConfigurationPolicyAssociations.html */
const MOST_TARGETS = 100;

/** `status`: PENDING, SUCCESS or FAILED. */
export type Association = { readonly policy: string; readonly status: string; readonly message: string };

export type Associations = {
  readonly found: ReadonlyMap<string, Association>;
  /** Accounts of which the administrator knows nothing: whether they manage themselves is not known. */
  readonly unknown: ReadonlySet<string>;
};

/** Account → association; nothing where the organisation is configured locally. */
export async function askAssociations(aws: Aws, ids: readonly string[]): Promise<Associations> {
  const { OrganizationConfiguration: organization } = await aws.send(describeOrganization({}));
  const found = new Map<string, Association>();
  if (organization?.ConfigurationType !== 'CENTRAL') return { found, unknown: new Set() };
  for (let start = 0; start < ids.length; start += MOST_TARGETS) {
    const asked = ids.slice(start, start + MOST_TARGETS).map((id) => ({ Target: { AccountId: id } }));
    const answer = await aws.send(getAssociations({ ConfigurationPolicyAssociationIdentifiers: asked }));
    const gap = answer.UnprocessedConfigurationPolicyAssociations?.find(({ ErrorCode = '' }) => !isNotThere(ErrorCode));
    if (gap) throw incomplete(gap.ErrorCode ?? '');
    for (const one of answer.ConfigurationPolicyAssociations ?? []) found.set(one.TargetId ?? '', describe(one));
  }
  return { found, unknown: new Set(ids.filter((id) => !found.has(id))) };
}

/** Policy → everything it is associated with: accounts, organisational units and the root, by their ids. */
export async function askUsers(aws: Aws): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const users = new Map<string, Set<string>>();
  for await (const page of aws.pages(listAssociations({ MaxResults: 100 }))) {
    for (const { ConfigurationPolicyId = '', TargetId } of page.ConfigurationPolicyAssociationSummaries ?? [])
      if (TargetId !== undefined)
        users.set(ConfigurationPolicyId, (users.get(ConfigurationPolicyId) ?? new Set()).add(TargetId));
  }
  return users;
}

/** Somebody who was released keeps what was set, and may change it. */
export function isCentral({ policy }: Association): boolean {
  return policy !== '' && policy !== 'SELF_MANAGED_SECURITY_HUB';
}

function describe(one: ConfigurationPolicyAssociationSummary): Association {
  const { ConfigurationPolicyId = '', AssociationStatus = '', AssociationStatusMessage = '' } = one;
  return { policy: ConfigurationPolicyId, status: AssociationStatus, message: AssociationStatusMessage };
}

/**
 * Only of the account itself, not of the whole answer. Which codes there are is not documented ("an HTTP status code"),
 * hence none of them is taken to say that the account manages itself.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_UnprocessedConfigurationPolicyAssociation.html
 */
function isNotThere(code: string): boolean {
  return /NotFound|NOT_FOUND|^404$/.test(code);
}

function incomplete(code: string): TrueupError {
  return new TrueupError({
    code: 'answer-incomplete',
    message: `${getAssociations.id} left out some accounts (${code})`,
    advice: 'run again; if it stays, others in the account may be using up its limits',
  });
}

/**
 * Whose Security Hub is decided by the delegated administrator? A member cannot tell: only the administrator may ask,
 * and only in its home region. So it is a fact about the account, learned once, before anything is planned.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html
 */
import {
  BatchGetConfigurationPolicyAssociationsCommand,
  type ConfigurationPolicyAssociationSummary,
  DescribeOrganizationConfigurationCommand,
} from '@aws-sdk/client-securityhub';
import type { Aws, Connection } from '../model/aws.ts';
import { operation } from '../model/operation.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { FleetAccount, Managed } from '../model/snapshot.ts';
import type { Fleet } from '../model/state.ts';
import { openReader } from './sessions.ts';

const describeOrganization = operation(
  'securityhub:DescribeOrganizationConfiguration',
  DescribeOrganizationConfigurationCommand,
  { permissions: [{ resource: 'arn:{partition}:securityhub:{region}:{account}:hub/default' }] },
);
const getAssociations = operation(
  'securityhub:BatchGetConfigurationPolicyAssociations',
  BatchGetConfigurationPolicyAssociationsCommand,
);
/** Asked of the administrator alone. */
export const centralReads = [describeOrganization, getAssociations] as const;

/** What a central policy decides: the hub with its standards, and every control. */
export const CENTRALLY_DECIDED: readonly string[] = ['security-hub', 'security-hub-control'];

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchGetConfigurationPolicyAssociations.html */
const MOST_TARGETS = 100;

type Hub = NonNullable<Fleet['securityHub']>;

/** The same accounts; those whose Security Hub is managed elsewhere, or may be, say so. */
export async function markCentral(
  accounts: readonly FleetAccount[],
  fleet: Fleet,
  connection: Connection,
): Promise<FleetAccount[]> {
  const { securityHub: hub } = fleet;
  if (!hub || accounts.length === 0) return [...accounts];
  const target = { account: hub.administrator, region: hub.homeRegion };
  try {
    const aws = await openReader(connection, fleet, target, centralReads);
    const central = await centralAccounts(aws, accounts);
    return accounts.map((account) => (central.has(account.id) ? mark(account, hub, centrally(hub)) : account));
  } catch (error) {
    const why = connection.explain(error, { doing: 'ask whose Security Hub is managed centrally', ...target });
    return accounts.map((account) => mark(account, hub, notLearned(why)));
  }
}

async function centralAccounts(aws: Aws, accounts: readonly FleetAccount[]): Promise<ReadonlySet<string>> {
  const { OrganizationConfiguration: organization } = await aws.send(describeOrganization({}));
  const central = new Set<string>();
  if (organization?.ConfigurationType !== 'CENTRAL') return central;
  for (let start = 0; start < accounts.length; start += MOST_TARGETS) {
    const ids = accounts.slice(start, start + MOST_TARGETS).map(({ id }) => ({ Target: { AccountId: id } }));
    const answer = await aws.send(getAssociations({ ConfigurationPolicyAssociationIdentifiers: ids }));
    const gap = answer.UnprocessedConfigurationPolicyAssociations?.find(({ ErrorCode = '' }) => !isNotThere(ErrorCode));
    if (gap) throw incomplete(gap.ErrorCode ?? '');
    for (const one of answer.ConfigurationPolicyAssociations ?? []) if (isCentral(one)) central.add(one.TargetId ?? '');
  }
  return central;
}

/** An account that has nothing to do with the policies of this organisation manages itself. */
function isNotThere(code: string): boolean {
  return /NotFound|NOT_FOUND/.test(code);
}

/** Somebody who was released keeps what was set, and may change it. */
function isCentral({ ConfigurationPolicyId = '' }: ConfigurationPolicyAssociationSummary): boolean {
  return ConfigurationPolicyId !== '' && ConfigurationPolicyId !== 'SELF_MANAGED_SECURITY_HUB';
}

/** A central policy reaches the home region and those linked to it; elsewhere an account manages itself. */
function mark(account: FleetAccount, { homeRegion, linkedRegions }: Hub, reason: Reason): FleetAccount {
  const managed: Managed = {
    resources: CENTRALLY_DECIDED,
    ...(linkedRegions !== 'all' && { regions: [homeRegion, ...linkedRegions] }),
    reason,
  };
  return { ...account, managed: [...(account.managed ?? []), managed] };
}

function centrally({ administrator, homeRegion }: Hub): Reason {
  return {
    code: 'managed-centrally',
    message: `Security Hub is configured centrally here, by account ${administrator} from ${homeRegion}`,
    advice: `change the configuration policy there, release the account as self-managed, or leave it out of the targets`,
  };
}

function notLearned({ message, advice }: Reason): Reason {
  return {
    code: 'central-unknown',
    message: `whether Security Hub is configured centrally here is not known: ${message}`,
    ...(advice !== undefined && { advice }),
  };
}

function incomplete(code: string): TrueupError {
  return new TrueupError({
    code: 'answer-incomplete',
    message: `${getAssociations.id} left out some accounts (${code})`,
    advice: 'run again; if it stays, others in the account may be using up its limits',
  });
}

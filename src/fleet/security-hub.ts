/**
 * Whose Security Hub is decided by the delegated administrator? A member cannot tell: only the administrator may ask,
 * and only in its home region. So it is a fact about the account, learned once, before anything is planned.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html
 */
import type { Connection } from '../model/aws.ts';
import type { Reason } from '../model/problem.ts';
import type { FleetAccount, Inventory, Managed } from '../model/snapshot.ts';
import type { Fleet } from '../model/state.ts';
import {
  type Association,
  askAssociations,
  askUsers,
  centralReads,
  centreReads,
  isCentral,
} from './security-hub/associations.ts';
import { centresOf } from './security-hub/centres.ts';
import { openReader } from './sessions.ts';

export { centralReads, centreReads };

/** What a central policy decides: the hub with its standards, and every control. */
export const CENTRALLY_DECIDED: readonly string[] = ['security-hub', 'security-hub-control'];

type Hub = NonNullable<Fleet['securityHub']>;
type Known = Pick<Inventory, 'accounts' | 'skipped' | 'unreachable'>;
type Marked = Pick<Inventory, 'accounts' | 'centres'>;

/** The same accounts; those whose Security Hub is managed elsewhere, or may be, say so. */
export async function markCentral(known: Known, fleet: Fleet, connection: Connection): Promise<Marked> {
  const { accounts } = known;
  const { securityHub: hub } = fleet;
  if (!hub || accounts.length === 0) return { accounts };
  const target = { account: hub.administrator, region: hub.homeRegion };
  try {
    return await learn(known, fleet, hub, connection);
  } catch (error) {
    const why = connection.explain(error, { doing: 'ask whose Security Hub is managed centrally', ...target });
    return { accounts: accounts.map((account) => mark(account, hub, notLearned(why))) };
  }
}

async function learn(known: Known, fleet: Fleet, hub: Hub, connection: Connection): Promise<Marked> {
  const plans = hub.central === 'plan';
  const target = { account: hub.administrator, region: hub.homeRegion };
  const aws = await openReader(connection, fleet, target, plans ? centreReads : centralReads);
  // Whoever is not governed may feel a change of a policy all the same.
  const others = plans ? [...known.skipped, ...known.unreachable] : [];
  const ids = [...new Set([...known.accounts, ...others].map(({ id }) => id))].sort();
  const { found: associations, unknown } = await askAssociations(aws, ids);
  const accounts = known.accounts.map((account) => {
    const association = associations.get(account.id);
    if (unknown.has(account.id)) return mark(account, hub, notLearned(NOT_KNOWN));
    return association && isCentral(association)
      ? mark(account, hub, centrally(hub, association), association)
      : account;
  });
  if (!plans || !accounts.some(({ managed = [] }) => managed.some(({ by }) => by !== undefined))) return { accounts };
  const users = await askUsers(aws);
  return { accounts, centres: centresOf({ ...known, accounts }, { fleet, hub, associations, users }) };
}

/** A central policy reaches the home region and those linked to it; elsewhere an account manages itself. */
function mark(
  account: FleetAccount,
  { homeRegion, linkedRegions, central }: Hub,
  reason: Reason,
  association?: Association,
): FleetAccount {
  const managed: Managed = {
    resources: CENTRALLY_DECIDED,
    ...(linkedRegions !== 'all' && { regions: [homeRegion, ...linkedRegions] }),
    reason,
    ...(central === 'plan' && association && { by: association.policy }),
  };
  return { ...account, managed: [...(account.managed ?? []), managed] };
}

function centrally({ administrator, homeRegion, central }: Hub, { policy, status, message }: Association): Reason {
  const who = `Security Hub is configured centrally here, by account ${administrator} from ${homeRegion}`;
  if (central !== 'plan') {
    return {
      code: 'managed-centrally',
      message: who,
      advice:
        'change the configuration policy there, or write "central: plan" in the fleet; otherwise release the account as self-managed, or leave it out of the targets',
    };
  }
  const says = `${who}: policy ${policy} says so already, and`;
  if (status === 'PENDING')
    return { code: 'central-pending', message: `${says} Security Hub is still at work on it`, advice: PENDING };
  if (status === 'FAILED') {
    const why = `could not be applied${message ? ` (${message})` : ''}`;
    return { code: 'central-failed', message: `${says} ${why}`, advice: FAILED };
  }
  return { code: 'central-not-shown', message: `${says} it does not show here`, advice: NOT_SHOWN };
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/view-policy.html */
const PENDING = 'plan again later: it can take up to 24 hours';
/** https://docs.aws.amazon.com/securityhub/latest/userguide/controls-to-disable.html#controls-to-disable-global-resources */
const NOT_SHOWN =
  'central configuration runs controls of global resources in one region alone: say so with "onlyIn"; otherwise look at the account in the console';
const FAILED = 'look at the association of the account in the console of the administrator, and apply the policy again';

const NOT_KNOWN = {
  message: 'its administrator says nothing of this account',
  advice:
    'if it is not a member there, govern it from a fleet without "securityHub", or leave it out of the policies with guardrails of Security Hub',
};

function notLearned({ message, advice }: Pick<Reason, 'message' | 'advice'>): Reason {
  return {
    code: 'central-unknown',
    message: `whether Security Hub is configured centrally here is not known: ${message}`,
    ...(advice !== undefined && { advice }),
  };
}

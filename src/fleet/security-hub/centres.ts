/** The configuration policies that decide for accounts of the fleet: who feels each of them, and is that known for certain? Pure. */
import type { Reason } from '../../model/problem.ts';
import type { Centre, FleetAccount, Inventory } from '../../model/snapshot.ts';
import type { Fleet } from '../../model/state.ts';
import { chooseRegions } from '../regions.ts';
import type { Association } from './associations.ts';

type Hub = NonNullable<Fleet['securityHub']>;
type Learned = {
  readonly fleet: Fleet;
  readonly hub: Hub;
  readonly associations: ReadonlyMap<string, Association>;
  readonly users: ReadonlyMap<string, ReadonlySet<string>>;
};

/** An account that is not in use any more feels nothing. */
const GONE = /^account-(suspended|closed|pending-activation)$/;

export function centresOf(known: Pick<Inventory, 'accounts' | 'skipped'>, learned: Learned): Centre[] {
  const { hub, associations, users } = learned;
  const policies = new Set(known.accounts.flatMap(({ managed = [] }) => managed.flatMap(({ by }) => by ?? [])));
  const gone = new Set(known.skipped.flatMap(({ id, reason }) => (GONE.test(reason.code) ? [id] : [])));
  return [...policies].sort().map((id) => {
    const asked = [...associations].flatMap(([account, { policy }]) => (policy === id ? [account] : []));
    const all = new Set([...asked, ...(users.get(id) ?? [])]);
    const accounts = [...all].filter((one) => /^\d{12}$/.test(one) && !gone.has(one)).sort();
    const parents = [...all].filter((one) => !/^\d{12}$/.test(one));
    const hold = whyNot(known.accounts, parents, learned);
    return {
      account: hub.administrator,
      region: hub.homeRegion,
      resource: 'security-hub-policy',
      id,
      accounts,
      users: [...all].sort(),
      ...(hold && { hold }),
    };
  });
}

/** Why nobody may change the policy from here, or nobody can say who would feel it. */
function whyNot(
  accounts: readonly FleetAccount[],
  parents: readonly string[],
  { fleet, hub }: Learned,
): Reason | undefined {
  if (!accounts.some(({ id }) => id === hub.administrator)) return notGoverned(hub.administrator);
  // That the list of associations has every account which inherits one is documented nowhere.
  if (parents.length > 0 && fleet.accounts !== 'organization')
    return unsure(
      `it is associated with ${[...parents].sort().join(', ')}, and the fleet lists its accounts by hand`,
      'write "accounts: organization" in the fleet, so that everybody who inherits the policy is known',
    );
  const strange = strangeRegions(fleet, hub);
  if (strange === undefined) return undefined;
  return unsure(strange, 'govern every region that is linked, and name them under linkedRegions in the fleet');
}

/** A region that is not enabled for an account feels nothing; one that the fleet leaves out does. */
function strangeRegions({ regions }: Fleet, { homeRegion, linkedRegions }: Hub): string | undefined {
  if (regions === 'enabled') return undefined;
  if (linkedRegions === 'all') return 'all regions are linked, and the fleet governs only some';
  const felt = [homeRegion, ...linkedRegions];
  const governed = chooseRegions(regions, felt);
  const strange = felt.filter((one) => !governed.includes(one));
  return strange.length === 0 ? undefined : `it is felt in ${strange.join(', ')}, which the fleet does not govern`;
}

function notGoverned(administrator: string): Reason {
  return {
    code: 'administrator-not-governed',
    message: `the policy stands in account ${administrator}, which the fleet does not govern`,
    advice: 'take the account of the administrator into the fleet, or write "central: hold"',
  };
}

function unsure(why: string, advice: string): Reason {
  return { code: 'central-unsure', message: `who would feel a change of the policy is not known: ${why}`, advice };
}

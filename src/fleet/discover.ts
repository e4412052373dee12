/** Which accounts and regions does a fleet govern? Those that are left out say why; one that cannot be reached stops no other. */
import { DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import PQueue from 'p-queue';
import { byText } from '../model/address.ts';
import type { Connection } from '../model/aws.ts';
import { type Operation, operation } from '../model/operation.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { FleetAccount, Inventory, Skipped } from '../model/snapshot.ts';
import type { Fleet, Policy, Selector } from '../model/state.ts';
import { countAccounts, type Found } from './census.ts';
import { accountSelectors } from './protection.ts';
import { chooseRegions, namedRegions } from './regions.ts';
import { markCentral } from './security-hub.ts';
import { firstMatch } from './select.ts';
import { openReader } from './sessions.ts';

export const describeRegions = operation('ec2:DescribeRegions', DescribeRegionsCommand);

export type DiscoverOptions = {
  /** Once aborted, no further account is asked. */
  readonly signal?: AbortSignal;
  /** What the sessions may do, so that whoever reads afterwards shares them. `describeRegions` is among it. */
  readonly operations?: readonly Operation[];
  /** Only these are asked which regions they have; the others are listed with none. */
  readonly asked?: readonly string[];
};

/** @throws TrueupError when the accounts cannot be listed at all, or `interrupted`. */
export async function discover(
  fleet: Fleet,
  policies: readonly Policy[],
  connection: Connection,
  options: DiscoverOptions = {},
): Promise<Inventory> {
  const census = await countAccounts(fleet, selectorsOf(fleet, policies), connection);
  const caller = connection.caller.account;
  const judged = census.accounts.map((account) => ({ account, reason: whyLeftOut(account, fleet, caller) }));
  const left = judged.flatMap(({ account, reason }) => (reason ? [{ ...nameOf(account), reason }] : []));
  const meant = judged.flatMap(({ account, reason }) => (reason ? [] : [account]));
  const { accounts, skipped, unreachable } = await resolveRegions(meant, fleet, connection, options);
  const others = {
    skipped: [...census.skipped, ...left, ...skipped].sort(byId),
    unreachable: [...census.unreachable, ...unreachable].sort(byId),
  };
  const marked = await markCentral({ accounts, ...others }, fleet, connection);
  return {
    caller: connection.caller,
    ...others,
    ...marked,
    accounts: [...marked.accounts].sort(byId),
  };
}

/** Every selector that will be asked of the accounts: they decide what has to be found out. */
export function selectorsOf(fleet: Fleet, policies: readonly Policy[]): Selector[] {
  const ofPolicies = policies.flatMap(({ targets }) => [...targets.accounts, ...targets.exclude]);
  return [...fleet.include, ...fleet.exclude, ...accountSelectors(fleet.safety.neverTouch), ...ofPolicies];
}

const byId = byText(({ id }: { readonly id: string }) => id);

/** Exclusion first: it always wins. */
function whyLeftOut(account: Found, fleet: Fleet, caller: string): Reason | undefined {
  const excluded = firstMatch(fleet.exclude, account, caller);
  if (excluded !== undefined) return { code: 'excluded', message: `the fleet excludes "${excluded}"` };
  if (account.id === caller && fleet.callingAccount === 'exclude' && fleet.accounts !== 'self')
    return { code: 'calling-account', message: 'the fleet leaves the calling account out' };
  if (firstMatch(fleet.include, account, caller) !== undefined) return undefined;
  return { code: 'not-included', message: 'no selector under include in the fleet means it' };
}

type Resolved = { accounts: FleetAccount[]; skipped: Skipped[]; unreachable: Inventory['unreachable'][number][] };

async function resolveRegions(
  accounts: readonly Found[],
  fleet: Fleet,
  connection: Connection,
  { signal, asked, operations = [describeRegions] }: DiscoverOptions,
): Promise<Resolved> {
  const named = namedRegions(fleet.regions);
  const how = { fleet, connection, operations };
  const resolved: Resolved = { accounts: [], skipped: [], unreachable: [] };
  const queue = new PQueue({ concurrency: fleet.limits.concurrency });
  await queue.addAll(
    accounts.map((account) => async () => {
      if (signal?.aborted) throw new TrueupError(STOPPED);
      if (!named && asked && !asked.includes(account.id)) {
        resolved.accounts.push({ ...account, regions: [] });
        return;
      }
      try {
        const regions = named ?? chooseRegions(fleet.regions, await enabledRegions(account.id, how));
        if (regions.length > 0) resolved.accounts.push({ ...account, regions });
        else resolved.skipped.push({ ...nameOf(account), reason: NO_REGION });
      } catch (error) {
        resolved.unreachable.push({ ...nameOf(account), reason: reasonFor(error, account.id, fleet, connection) });
      }
    }),
  );
  return resolved;
}

const STOPPED: Reason = { code: 'interrupted', message: 'stopped while looking for accounts; nothing was changed' };

const NO_REGION = {
  code: 'no-region',
  message: 'none of its enabled regions is among those of the fleet',
  advice: 'check regions in the fleet, or exclude the account',
};

/** As EC2 answers in the home region: unordered, and only what is switched on for the account. */
async function enabledRegions(
  account: string,
  { fleet, connection, operations }: { fleet: Fleet; connection: Connection; operations: readonly Operation[] },
): Promise<readonly string[]> {
  const aws = await openReader(connection, fleet, { account, region: fleet.homeRegion }, operations);
  const { Regions = [] } = await aws.send(describeRegions({}));
  const names = Regions.flatMap(({ RegionName, OptInStatus }) =>
    RegionName && OptInStatus !== 'not-opted-in' ? [RegionName] : [],
  );
  if (names.length > 0) return names;
  throw new TrueupError({ code: 'no-regions-listed', message: `EC2 listed no enabled region for account ${account}` });
}

/** Asked in the home region, whatever regions the fleet governs: it may be one that the account has not. */
function reasonFor(error: unknown, account: string, { homeRegion }: Fleet, connection: Connection): Reason {
  const [region, operation] = [homeRegion, describeRegions.id];
  return connection.explain(error, { doing: 'list the enabled regions', account, region, home: true, operation });
}

function nameOf({ id, name }: Found): { readonly id: string; readonly name?: string } {
  return { id, ...(name !== undefined && { name }) };
}

/** Which accounts does a selector mean, and which account × region does a policy reach? Pure. */

import { globMatches } from '../model/glob.ts';
import { TrueupError } from '../model/problem.ts';
import type { FleetAccount, Inventory, Target } from '../model/snapshot.ts';
import type { AccountEntry, Selector, Targets } from '../model/state.ts';

/** What selectors look at. `path`: ids of the organisational units from the root down. */
export type Selectable = AccountEntry & Pick<FleetAccount, 'path'>;

export type Selection = { readonly include: readonly Selector[]; readonly exclude: readonly Selector[] };

const UNIT_ID = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})$/;

/**
 * @param caller the account that `self` means.
 * @throws TrueupError `selector-unknown`: an exclusion nobody understands must not be passed over.
 */
export function matches(selector: Selector, account: Selectable, caller: string): boolean {
  if (selector === 'all') return true;
  if (selector === 'self') return account.id === caller;
  if (/^\d{12}$/.test(selector)) return account.id === selector;
  const colon = selector.indexOf(':');
  const rest = selector.slice(colon + 1);
  switch (selector.slice(0, Math.max(colon, 0))) {
    case 'name':
      return account.name !== undefined && globMatches(rest, account.name);
    case 'ou':
      return isUnder(rest, account);
    case 'tag':
      // Keys may contain `=` as well: compared whole, no place to split can be the wrong one.
      return Object.entries(account.tags ?? {}).some(([key, value]) => `${key}=${value}` === rest);
    default:
      throw unknown(selector);
  }
}

/** A unit by id or by its path of names, with everything below it. */
function isUnder(unit: string, { path = [], ou }: Selectable): boolean {
  if (UNIT_ID.test(unit)) return path.includes(unit);
  const wanted = unit.replace(/^\/|\/$/g, '');
  return ou !== undefined && wanted !== '' && (ou === wanted || ou.startsWith(`${wanted}/`));
}

/** Exclusion always wins. */
export function selectAccounts<Account extends Selectable>(
  accounts: readonly Account[],
  selection: Selection,
  caller: string,
): Account[] {
  return accounts.filter(
    (account) => !firstMatch(selection.exclude, account, caller) && firstMatch(selection.include, account, caller),
  );
}

export function firstMatch(selectors: readonly Selector[], account: Selectable, caller: string): Selector | undefined {
  return selectors.find((selector) => matches(selector, account, caller));
}

/** Every account × region that a policy's targets mean, in the inventory's order. */
export function targetsOf(targets: Targets, inventory: Inventory): Target[] {
  const selection = { include: targets.accounts, exclude: targets.exclude };
  return selectAccounts(inventory.accounts, selection, inventory.caller.account).flatMap(({ id, regions }) =>
    regions.filter((region) => reaches(targets.regions, region)).map((region) => ({ account: id, region })),
  );
}

function reaches(regions: Targets['regions'], region: string): boolean {
  return regions === 'all' || regions.some((pattern) => globMatches(pattern, region));
}

/** What discovery must find out for these selectors: units by name and tags cost calls of their own. */
export function asksFor(selectors: readonly Selector[]): {
  readonly units: boolean;
  readonly names: boolean;
  readonly tags: boolean;
} {
  const units = selectors.filter((selector) => selector.startsWith('ou:'));
  return {
    units: units.length > 0,
    names: units.some((selector) => !UNIT_ID.test(selector.slice('ou:'.length))),
    tags: selectors.some((selector) => selector.startsWith('tag:')),
  };
}

function unknown(selector: Selector): TrueupError {
  return new TrueupError({
    code: 'selector-unknown',
    message: `"${selector}" selects no accounts`,
    advice: 'write all, self, a 12-digit account id in quotes, name:GLOB, ou:PATH, ou:ID or tag:KEY=VALUE',
  });
}

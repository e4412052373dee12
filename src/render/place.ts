/** Where do these cells stand, in words: one account and its regions, or how many accounts × regions? */
import { byText, GLOBAL, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Target } from '../model/snapshot.ts';
import { count, list, type Phrase, say, words } from './phrase.ts';

export type AccountPlace = { readonly id: string; readonly name?: string; readonly regions: Phrase };

export type Place = {
  /** The account, when there is only one. */
  readonly only?: AccountPlace;
  /** `412 accounts × 17 regions`; of a single account, its regions alone. */
  readonly size: Phrase;
  /** The first few accounts, and how many more there are. */
  readonly accounts: readonly AccountPlace[];
  readonly more: number;
  readonly targets: number;
};

/** What accounts are called: id → name. */
export type Names = { readonly [account: string]: string };

const LISTED_ACCOUNTS = 5;
const LISTED_REGIONS = 3;

export function placeOf(targets: readonly Target[], names: Names): Place {
  const distinct = [...new Map(targets.map((target) => [targetKey(target), target])).values()];
  const byAccount = groupBy(distinct, ({ account }) => account);
  const accounts = [...byAccount]
    .map(([id, at]) => ({ id, ...named(id, names), regions: regionsOf(at.map(({ region }) => region)) }))
    .sort(byText(({ id, name }) => `${name ?? ''}\n${id}`));
  const [only] = accounts;
  return {
    ...(only && accounts.length === 1 && { only }),
    size: only && accounts.length === 1 ? only.regions : sizeOf(distinct, byAccount),
    accounts: accounts.slice(0, LISTED_ACCOUNTS),
    more: Math.max(0, accounts.length - LISTED_ACCOUNTS),
    targets: distinct.length,
  };
}

function named(id: string, names: Names): { readonly name?: string } {
  const name = nameOf(id, names);
  return name === undefined ? {} : { name };
}

/** What an account is called, where it has a name. */
export function nameOf(id: string, names: Names): string | undefined {
  return (Object.hasOwn(names, id) ? names[id] : undefined) || undefined;
}

/** The first few of them, or how many. */
export function regionsOf(regions: readonly string[]): Phrase {
  const sorted = [...new Set(regions)].sort();
  const whole = sorted.flatMap((region) => (Object.hasOwn(WHOLE, region) ? [words(WHOLE[region] ?? '')] : []));
  const named = sorted.filter((region) => !Object.hasOwn(WHOLE, region));
  const regional =
    named.length > LISTED_REGIONS
      ? [count(named.length, ['region', 'regions'])]
      : named.map((region) => say`${region}`);
  return list([...regional, ...whole]);
}

/** `*` stands for regions that could not be listed. */
const WHOLE: { readonly [region: string]: string } = { [GLOBAL]: 'account-wide', '*': 'every region' };

/** `×` only where it is true: the same number of regions in every account. */
function sizeOf(targets: readonly Target[], byAccount: ReadonlyMap<string, readonly Target[]>): Phrase {
  const accounts = count(byAccount.size, ['account', 'accounts']);
  const regions = [...new Set(targets.map(({ region }) => region))];
  const each = targets.length / byAccount.size;
  const even = [...byAccount.values()].every((at) => at.length === each);
  if (regions.length === 1) return say`${accounts} · ${regionsOf(regions)}`;
  if (even) return say`${accounts} × ${count(each, ['region', 'regions'])}`;
  return say`${accounts} · ${count(targets.length, ['target', 'targets'])}`;
}

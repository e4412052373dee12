/**
 * What must never be touched, from `safety.neverTouch` of the fleet? Asked in three places: the plan holds the cell,
 * the executor refuses it before any call, and the session policy denies it. Pure.
 */
import type { Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation } from '../model/resource.ts';
import { idPattern } from '../model/resource-id.ts';
import { matches, type Selectable } from './select.ts';

export type Protection = {
  /** Ids of accounts. */
  readonly accounts: readonly string[];
  /** Ids of resources, and of VPCs with all that stands in them. */
  readonly ids: readonly string[];
  /** `key=value` that a resource carries. */
  readonly tags: readonly string[];
};

export const NOTHING_PROTECTED: Protection = { accounts: [], ids: [], tags: [] };

/** A resource by its id, such as `sg-0123456789abcdef0`. Everything else in `neverTouch` selects accounts. */
const RESOURCE = idPattern('[a-z]+');

/** Those that select accounts: discovery must find out what they ask for. */
export function accountSelectors(neverTouch: readonly string[]): string[] {
  return neverTouch.filter((text) => !RESOURCE.test(text));
}

/** @param accounts all that may be meant: selectors are resolved among them, ids are taken as they are. */
export function protectionOf(
  neverTouch: readonly string[],
  accounts: readonly Selectable[],
  caller: string,
): Protection {
  const selectors = accountSelectors(neverTouch);
  const selected = accounts.filter((account) => selectors.some((one) => matches(one, account, caller)));
  const named = selectors.filter((text) => /^\d{12}$/.test(text));
  return {
    accounts: [...new Set([...named, ...selected.map(({ id }) => id)])].sort(),
    ids: neverTouch.filter((text) => RESOURCE.test(text)),
    tags: selectors.flatMap((text) => (text.startsWith('tag:') ? [text.slice('tag:'.length)] : [])),
  };
}

/** Why it must not be touched, if so. Without `about`, tags and the VPC are not looked at. */
export function protectedBecause(
  { accounts, ids, tags }: Protection,
  place: { readonly account: string; readonly id: string },
  about: Observation['about'] = {},
): Reason | undefined {
  if (accounts.includes(place.account)) return neverTouch(`account ${place.account}`);
  const vpc = typeof about.vpc === 'string' ? about.vpc : '';
  const id = ids.find((one) => one === place.id || one === vpc);
  if (id !== undefined) return neverTouch(id);
  const carried = Object.entries((about.tags ?? {}) as { readonly [key: string]: string });
  const tag = tags.find((one) => carried.some(([key, value]) => `${key}=${value}` === one));
  return tag === undefined ? undefined : neverTouch(`what carries the tag ${tag}`);
}

/** The same of a cell: what it is, where its calls go, and every account that feels them. */
export function protectedCell(
  protection: Protection,
  { address, affects = [] }: Pick<Cell, 'address' | 'affects'>,
  about: Observation['about'] = {},
): Reason | undefined {
  const felt = affects.find(({ account }) => protection.accounts.includes(account));
  return protectedBecause(protection, address, about) ?? (felt && neverTouch(`account ${felt.account}`));
}

function neverTouch(what: string): Reason {
  return {
    code: 'never-touch',
    message: `safety.neverTouch in the fleet protects ${what}`,
    advice: 'remove it from neverTouch if it may be changed now, or exclude it from the policy',
  };
}

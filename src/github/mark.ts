/**
 * A change, so that nobody who reads it learns what it is about: salted, and with its place in everything, so that nobody
 * sees either which changes have something in common.
 */
import { createHash } from 'node:crypto';
import { addressKey } from '../model/address.ts';
import type { Address, Cell } from '../model/plan.ts';

/**
 * Place and digest of a change, who used it, and what it is within (its account; its kind at its target), by which one
 * that a later plan does not have is told from one that could not be looked at.
 */
export type Mark = readonly [place: string, digest: string, users: readonly string[], within: readonly string[]];

export function markOf(cell: Cell, salt: string): Mark {
  const { address } = cell;
  const place = saltedPlace(address, salt);
  const users = usersOf(cell).map((user) => saltedUser(cell, user, salt));
  const scopes = [scopeOf({ ...address, region: '*' }), scopeOf(address)];
  const within = scopes.map((scope) => saltedScope(place, scope, salt));
  return [place, salted(salt, cell.digest), users.sort(), within];
}

/** What an unread cell without an id stands for: an account of which nothing is known, or all of a kind at a target. */
export function scopeOf({ fleet, account, region, resource }: Address): string {
  return region === '*' ? `${fleet}/${account}` : `${fleet}/${account}/${region}/${resource}`;
}

export function saltedScope(place: string, scope: string, salt: string): string {
  return salted(salt, `${place} is within ${scope}`).slice(0, 32);
}

/** Who uses it now and did not then. */
export function newcomersTo(cell: Cell, known: ReadonlySet<string>, salt: string): string[] {
  return usersOf(cell).filter((user) => !known.has(saltedUser(cell, user, salt)));
}

function usersOf({ evidence }: Cell): string[] {
  return [...new Set(evidence.flatMap(({ users }) => users))];
}

/** With the place in it, so that nobody sees whether two places have a user in common. */
function saltedUser({ address }: Cell, user: string, salt: string): string {
  return salted(salt, `${address.fleet}/${addressKey(address)} is used by ${user}`).slice(0, 32);
}

export function saltedPlace(address: Address, salt: string): string {
  return salted(salt, `${address.fleet}/${addressKey(address)}`);
}

export function salted(salt: string, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([salt, text]))
    .digest('hex');
}

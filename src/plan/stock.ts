/** What must be read for an inventory of all security groups, whatever the state governs. Pure. */
import { groupBy } from '../model/group-by.ts';
import type { Inventory, Read, Reading, Target } from '../model/snapshot.ts';
import type { Only } from './govern.ts';

/** The readers that an inventory asks. */
export const STOCK = {
  groups: 'security-group',
  use: 'security-group-use',
  lists: 'prefix-list',
  stale: 'stale-references',
} as const;

/** Every group of every account and region of the fleet, rule by rule. */
export function stockReads({ accounts }: Inventory, only: Only = {}): Read[] {
  const targets = accounts.flatMap(({ id, regions }) => regions.map((region): Target => ({ account: id, region })));
  return targets
    .filter(({ account, region }) => admits(only.accounts, account) && admits(only.regions, region))
    .map((target) => ({ ...target, reader: STOCK.groups, want: { close: true } }));
}

/** Who uses the groups that were found, what is in the lists that they name, and which references lead nowhere. */
export function stockDetails(readings: readonly Reading[]): Read[] {
  return readings.flatMap(({ account, region, found }) => {
    const groups = Object.values(found);
    const lists = groups.flatMap(({ value }) => Object.values(value).flatMap(listOf));
    const vpcs = groups.flatMap(({ about }) => (typeof about.vpc === 'string' && about.vpc !== '' ? about.vpc : []));
    const read = (reader: string, ids: readonly string[], close?: true): Read[] =>
      ids.length === 0 ? [] : [{ account, region, reader, want: { ids: distinct(ids), ...(close && { close }) } }];
    return [...read(STOCK.use, Object.keys(found), true), ...read(STOCK.lists, lists), ...read(STOCK.stale, vpcs)];
  });
}

function listOf(rule: unknown): string[] {
  const { peer } = rule as { readonly peer?: { readonly kind?: string; readonly id?: string } };
  return peer?.kind === 'prefix-list' && peer.id !== undefined ? [peer.id] : [];
}

function distinct(ids: readonly string[]): string[] {
  return [...groupBy(ids, (id) => id).keys()].sort();
}

function admits(list: readonly string[] | undefined, value: string): boolean {
  return !list || list.includes(value);
}

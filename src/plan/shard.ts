/**
 * How is the work of one plan divided among machines? Pure. `merge.ts` puts it together again.
 * An account is whole in one share: what is counted or protected by account stays true there.
 */
import { createHash } from 'node:crypto';
import type { Plan, Share } from '../model/plan.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { Fleet, State } from '../model/state.ts';
import { sha256 } from './digest.ts';
import type { Only } from './govern.ts';

/** The `index`th of `of` shares, counted from 1. */
export type Shard = Pick<Share, 'index' | 'of'>;

/** The share of an account depends on its id and the number of shares alone: a new account moves no other. */
export function shardOf(account: string, of: number): number {
  return (createHash('sha256').update(account).digest().readUInt32BE() % of) + 1;
}

/** Only the accounts of the share; without one, all. */
export function shareOf(inventory: Inventory, shard: Shard | undefined): Inventory {
  if (!shard) return inventory;
  const mine = ({ id }: { readonly id: string }): boolean => shardOf(id, shard.of) === shard.index;
  const { accounts, skipped, unreachable } = inventory;
  return {
    ...inventory,
    accounts: accounts.filter(mine),
    skipped: skipped.filter(mine),
    unreachable: unreachable.filter(mine),
  };
}

/** What the documents mean, their positions included, because a plan names them. Secrets of the connection stay out. */
export function stateDigest({ policies, ranges, exceptions }: State, fleet: Fleet): string {
  const { externalId: _, ...connection } = fleet;
  return sha256({ policies, ranges, exceptions, fleet: connection });
}

type Basis = { readonly state: string; readonly inventory: Inventory; readonly only?: Only; readonly today: string };

/** @param basis what the share was planned from: all shares of a plan must have the same. */
export function markShare(plan: Plan, shard: Shard, { state, inventory, only, today }: Basis): Plan {
  const basis = { state, accounts: sha256(inventory), only: sha256(only ?? null), day: today };
  return { ...plan, share: { ...shard, basis } };
}

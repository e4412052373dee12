/** Every observation at every target, with what could not be read and why. Plain data: plan, report and tests start here. */
import type { Caller } from './aws.ts';
import type { Reason } from './problem.ts';
import type { Observation, Want } from './resource.ts';
import type { AccountEntry } from './state.ts';

/** Where a snapshot, plan or journal comes from: the two worlds never mix. */
export type Stamp = {
  readonly world: 'aws' | 'sandbox';
  readonly fleet: string;
  readonly partition: string;
  readonly caller: string;
  /** Version of Trueup. */
  readonly by: string;
};

/** An account that is governed, and the regions in which it is. */
export type FleetAccount = AccountEntry & {
  /** Ids of the organisational units from the root down, when discovered. */
  readonly path?: readonly string[];
  readonly regions: readonly string[];
  /** Resources of the account that only somebody elsewhere can change. */
  readonly managed?: readonly Managed[];
};

/** `regions`: where; everywhere, unless said. `by`: the id of the centre that decides, where its change may be planned. */
export type Managed = {
  readonly resources: readonly string[];
  readonly regions?: readonly string[];
  readonly reason: Reason;
  readonly by?: string;
};

/** A resource in one account, which decides resources of others. */
export type Centre = Target & {
  readonly resource: string;
  readonly id: string;
  /** Accounts that feel it, governed or not. */
  readonly accounts: readonly string[];
  /** Ids of everything it is associated with, sorted: accounts, organisational units, the root. */
  readonly users: readonly string[];
  /** Why no change of it can be made, whatever it would be. */
  readonly hold?: Reason;
};

export type Skipped = { readonly id: string; readonly name?: string; readonly reason: Reason };

/** The accounts and regions that exist for this fleet. */
export type Inventory = {
  readonly caller: Caller;
  readonly accounts: readonly FleetAccount[];
  /** Of those that decide for accounts of the fleet, the ones that the fleet wants to plan. */
  readonly centres?: readonly Centre[];
  readonly skipped: readonly Skipped[];
  /** Accounts whose regions could not be listed: they count as unread. */
  readonly unreachable: readonly { readonly id: string; readonly name?: string; readonly reason: Reason }[];
};

/** An account × region; `region` is `global` for what an account has once. */
export type Target = { readonly account: string; readonly region: string };

/** One thing to read. */
export type Read = Target & { readonly reader: string; readonly want: Want };

export type Reading = Read & {
  /** id → observation of everything the read found. */
  readonly found: { readonly [id: string]: Observation };
  /** Set when the read failed; `found` is then empty. */
  readonly unread?: Reason;
};

export type Snapshot = {
  readonly format: 'trueup-snapshot/1';
  readonly stamp: Stamp;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  readonly inventory: Inventory;
  readonly readings: readonly Reading[];
};

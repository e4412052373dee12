/** What one run works with, and all that any run may read or move. */
import type { StoredInventory } from './fleet/inventory.ts';
import type { Connection } from './model/aws.ts';
import type { Reader, Resource } from './model/resource.ts';
import type { Stamp } from './model/snapshot.ts';
import type { Fleet, State } from './model/state.ts';
import type { Only } from './plan/govern.ts';
import type { Shard } from './plan/shard.ts';
import { readers as everyReader, resources as everyResource } from './resources/index.ts';
import { VERSION } from './version.ts';

/** `now` is read once, so that one run has one time. */
export type Run = {
  readonly state: State;
  readonly fleet: Fleet;
  readonly connection: Connection;
  readonly now: Date;
  readonly only?: Only;
  /** Accounts outside `only` are listed with their regions, too: what is stored must not look as if it were all. */
  readonly whole?: true;
  /** Only this share of the accounts. */
  readonly shard?: Shard;
  /** Once aborted, nothing more is read. */
  readonly signal?: AbortSignal;
  /** Discovered before, and shared by several runs. */
  readonly inventory?: StoredInventory;
  readonly onProgress?: (progress: Progress) => void;
  /** How time is let pass while AWS is busy; as it passes, unless said. */
  readonly wait?: (ms: number, why?: string) => Promise<void>;
};
export type Progress = { readonly stage: 'read' | 'look closer'; readonly done: number; readonly total: number };

export const resources: ReadonlyMap<string, Resource> = new Map(everyResource.map((one) => [one.name, one]));
export const readers: ReadonlyMap<string, Reader> = new Map(everyReader.map((one) => [one.name, one]));

/** Which AWS it was, seen from where. */
export function stampOf({ fleet, connection }: Pick<Run, 'fleet' | 'connection'>): Stamp {
  const { world, caller } = connection;
  return { world, fleet: fleet.name, partition: caller.partition, caller: caller.account, by: VERSION };
}

/**
 * What is asked of whom? Accounts and regions are discovered once for every run, each account is read in one session
 * whose policy allows what the state may need, and what comes back is a snapshot.
 */
import { type DiscoverOptions, describeRegions, discover } from './fleet/discover.ts';
import { questionOf, reuseInventory } from './fleet/inventory.ts';
import { readAll } from './fleet/read.ts';
import { namedRegions } from './fleet/regions.ts';
import { guardrails } from './guardrails/index.ts';
import { TrueupError } from './model/problem.ts';
import type { Reader } from './model/resource.ts';
import type { Inventory, Read, Reading, Snapshot, Target } from './model/snapshot.ts';
import type { State } from './model/state.ts';
import { type Only, unknownIn } from './plan/govern.ts';
import { type Progress, type Run, readers, stampOf } from './run.ts';

/** The accounts and regions: as they were stored for several runs, or discovered now. */
export async function inventoryFor(
  { fleet, inventory, connection, now, signal }: Run,
  policies: State['policies'],
  { asked, operations }: Pick<DiscoverOptions, 'asked' | 'operations'> = {},
): Promise<Inventory> {
  if (inventory) return reuseInventory(inventory, questionOf(fleet, policies), now);
  return discover(fleet, policies, connection, {
    // Where Security Hub is configured centrally, a change may be felt in accounts that are not planned.
    ...(asked && !fleet.securityHub && { asked }),
    ...(operations && { operations: withDiscovery(operations, { fleet }) }),
    ...(signal && { signal }),
  });
}

/** A typo must not look like "nothing to do". @throws TrueupError `usage` */
export function refuseUnknown(only: Only | undefined, inventory: Inventory): void {
  const unknown = only ? unknownIn(only, inventory, guardrails) : [];
  if (unknown.length === 0) return;
  throw new TrueupError({
    code: 'usage',
    message: `--only names what is not there: ${unknown.join(', ')}`,
    advice:
      '"trueup targets" shows the accounts and regions, "trueup validate" the names of guardrails that a policy may use',
  });
}

/** All that a plan of these policies may have to read, and nothing that it will not. */
export function operationsFor(policies: State['policies'], { centres = [] }: Partial<Inventory> = {}): Reader['reads'] {
  const named = new Set(policies.flatMap((policy) => policy.guardrails.map(({ guardrail }) => guardrail)));
  const used = guardrails.filter(({ name }) => named.has(name));
  const evidence = used.flatMap((guardrail) => [guardrail.hold?.reader, ...(guardrail.evidence ?? [])]);
  const asked = centres.map(({ resource }) => resource);
  return operationsOf([...used.map(({ resource }) => resource.name), ...evidence, ...asked]);
}

export function operationsOf(names: readonly (string | undefined)[]): Reader['reads'] {
  const wanted = new Set(names);
  return [...readers.values()].filter(({ name }) => wanted.has(name)).flatMap(({ reads }) => [...reads]);
}

/** @param operations what the session of each account may do */
export async function readFor(
  run: Run,
  reads: readonly Read[],
  operations: Reader['reads'],
  stage: Progress['stage'],
): Promise<readonly Reading[]> {
  const total = new Set(reads.map(({ account, region }) => `${account}/${region}`)).size;
  let done = 0;
  const onTarget = (_: Target): void => run.onProgress?.({ stage, done: ++done, total });
  return readAll(reads, run.connection, run.fleet, {
    readers,
    operations,
    onTarget,
    ...(run.wait && { wait: run.wait }),
    ...(run.signal && { signal: run.signal }),
  });
}

export function snapshotOf(run: Run, inventory: Inventory, readings: Snapshot['readings']): Snapshot {
  return { format: 'trueup-snapshot/1', stamp: stampOf(run), takenAt: run.now.toISOString(), inventory, readings };
}

/** Whoever discovers and then reads does so in one session for each account: what either needs, and nothing else. */
export function withDiscovery(
  operations: Reader['reads'],
  { fleet, inventory }: Pick<Run, 'fleet' | 'inventory'>,
): Reader['reads'] {
  return inventory || namedRegions(fleet.regions) ? operations : [...operations, describeRegions];
}

/**
 * The whole of Trueup on one page; every line of it is the name of a folder.
 *
 *   state ─► fleet ─► read ─► plan (needs more? read again) ─► approve ─► execute ─► journal
 */
import { type Approval, type Approved, approve } from './execute/approve.ts';
import { type ExecuteOptions, type ExecutionEvent, execute } from './execute/execute.ts';
import { countAccounts } from './fleet/census.ts';
import { type DiscoverOptions, describeRegions, discover } from './fleet/discover.ts';
import { questionOf, reuseInventory, type StoredInventory } from './fleet/inventory.ts';
import { accountSelectors, type Protection, protectionOf } from './fleet/protection.ts';
import { readAll } from './fleet/read.ts';
import { namedRegions } from './fleet/regions.ts';
import { guardrails } from './guardrails/index.ts';
import type { Connection } from './model/aws.ts';
import type { Cell, Plan } from './model/plan.ts';
import { TrueupError } from './model/problem.ts';
import type { Reader, Resource } from './model/resource.ts';
import type { Inventory, Read, Snapshot, Stamp, Target } from './model/snapshot.ts';
import type { Fleet, State } from './model/state.ts';
import { type Explanation, explain, type Wanted } from './plan/explain.ts';
import { broadReads, centreReads, governedTargets, inventoryOf, type Only, unknownIn } from './plan/govern.ts';
import { joinReads, needs } from './plan/needs.ts';
import { planState } from './plan/plan.ts';
import { markShare, type Shard, shardOf, shareOf, stateDigest } from './plan/shard.ts';
import { STOCK, stockDetails, stockReads } from './plan/stock.ts';
import { planUndo, type Touched, undoReads } from './plan/undo.ts';
import { readers as everyReader, resources as everyResource } from './resources/index.ts';
import { VERSION } from './version.ts';

/** What one run works with. `now` is read once, so that one run has one time. */
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

/** Everything the states govern, broadly first, then closely where something would change: one snapshot for them all. */
export async function observe(run: Run, ...others: readonly State[]): Promise<Snapshot> {
  const states = [run.state, ...others];
  const asked = run.whole ? undefined : run.only?.accounts;
  const policies = policiesOf(states);
  const operations = operationsOf({ policies });
  const inventory = await inventoryFor(run, policies, { operations, ...(asked && { asked }) });
  refuseUnknown(run.only, inventory);
  return observeIn(inventory, run, states);
}

/** The same for one target, which may turn out not to be there. */
export async function observeTarget(run: Run, { account, region }: Target): Promise<Snapshot> {
  const only = { accounts: [account], regions: [region] };
  const { policies } = run.state;
  const operations = operationsOf({ policies });
  const inventory = await inventoryFor(run, policies, { operations, asked: only.accounts });
  return observeIn(inventory, { ...run, only }, [run.state]);
}

async function observeIn(inventory: Inventory, run: Run, states: readonly State[]): Promise<Snapshot> {
  const policies = policiesOf(states);
  const governed = governedTargets({ ...run.state, policies }, shareOf(inventory, run.shard), guardrails, run.only);
  const operations = sharedOperations(operationsOf({ policies }, inventory), run);
  const reads = [...broadReads(governed), ...centreReads(policies, inventory, guardrails)];
  const first = await read(reads, operations, run, 'read');
  const broad = snapshotOf(run, inventory, first);
  const closer = joinReads(states.flatMap((state) => needs(state, broad, planOptions(run))));
  const second = await read(closer, operations, run, 'look closer');
  return snapshotOf(run, inventory, [...first, ...second]);
}

function policiesOf(states: readonly State[]): State['policies'] {
  return states.flatMap(({ policies }) => policies);
}

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
    ...(operations && { operations: sharedOperations(operations, { fleet }) }),
    ...(signal && { signal }),
  });
}

/** Whoever discovers and then reads does so in one session for each account: what either needs, and nothing else. */
function sharedOperations(
  operations: Reader['reads'],
  { fleet, inventory }: Pick<Run, 'fleet' | 'inventory'>,
): Reader['reads'] {
  return inventory || namedRegions(fleet.regions) ? operations : [...operations, describeRegions];
}

/** Every security group with all there is to know about it, whatever the state governs: for a report. */
export async function takeStock(run: Run): Promise<Snapshot> {
  const wanted: readonly string[] = Object.values(STOCK);
  const needed = everyReader.filter(({ name }) => wanted.includes(name)).flatMap(({ reads }) => [...reads]);
  const asked = run.only?.accounts;
  const all = await inventoryFor(run, run.state.policies, { operations: needed, ...(asked && { asked }) });
  refuseUnknown(run.only, all);
  const inventory = inventoryOf(run.only, shareOf(all, run.shard));
  const operations = sharedOperations(needed, run);
  const first = await read(stockReads(inventory, run.only), operations, run, 'read');
  const second = await read(stockDetails(first), operations, run, 'look closer');
  return snapshotOf(run, inventory, [...first, ...second]);
}

/** What it would take; pure from here on. */
export function plan(
  run: Pick<Run, 'state' | 'fleet' | 'now' | 'only' | 'shard'>,
  snapshot: Snapshot,
  base?: State,
): Plan {
  const { state, fleet, shard } = run;
  const { inventory } = snapshot;
  refuseUnknown(run.only, inventory);
  const options = { ...planOptions(run), ...(base && { base }) };
  const share = shard && {
    whole: inventory,
    isMine: (account: string) => shardOf(account, shard.of) === shard.index,
  };
  const made = planState(state, fleet, { ...snapshot, inventory: shareOf(inventory, shard) }, { ...options, ...share });
  return shard ? markShare(made, shard, { state: stateDigest(state, fleet), inventory, ...options }) : made;
}

/** Which values apply at one target, from which lines, and what is there now. */
export function explainWith(
  { state, fleet, now }: Pick<Run, 'state' | 'fleet' | 'now'>,
  snapshot: Snapshot,
  wanted: Wanted,
): Explanation[] {
  return explain(state, fleet, snapshot, { ...planOptions({ now }), wanted });
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

/** What must never be touched. The accounts are those of a snapshot, or else counted anew where a selector asks for it. */
export async function protect({ fleet, connection }: Run, inventory?: Inventory): Promise<Protection> {
  const { neverTouch } = fleet.safety;
  const selectors = accountSelectors(neverTouch);
  const plain = selectors.every((selector) => /^\d{12}$/.test(selector));
  const { accounts } = plain ? { accounts: [] } : (inventory ?? (await countAccounts(fleet, selectors, connection)));
  return protectionOf(neverTouch, accounts, connection.caller.account);
}

/** The way back from an earlier run. */
export async function planBack(run: Run, touched: Touched, protection: Protection): Promise<Plan> {
  const reads = undoReads(touched);
  const operations = everyReader
    .filter(({ name }) => reads.some(({ reader }) => reader === name))
    .flatMap((one) => one.reads);
  const readings = await read(reads, operations, run, 'read');
  // Which accounts there are is all that matters: what is turned back says itself in which region it is.
  const inventory = await inventoryFor(run, run.state.policies, { asked: [] });
  const { safety } = run.fleet;
  const tell = new Map(guardrails.flatMap(({ hold }) => (hold ? [[hold.reader, hold.tell] as const] : [])));
  const bounds = { resources, protection, quotas: safety, limits: safety.limits, tell };
  return planUndo(touched, snapshotOf(run, inventory, readings), bounds);
}

/** Approval only ever narrows: `undefined` is for a plan that was shown and confirmed as a whole. */
export function narrow(fresh: Plan, approval: Approval | undefined): Approved {
  return approve(fresh, approval);
}

/** Sends the approved calls, and only those; every cell comes back as an event. */
export function carryOut(
  cells: readonly Cell[],
  options: Omit<ExecuteOptions, 'resources' | 'readers'>,
): AsyncGenerator<ExecutionEvent> {
  return execute(cells, { ...options, resources, readers });
}

export function stampOf({ fleet, connection }: Pick<Run, 'fleet' | 'connection'>): Stamp {
  const { world, caller } = connection;
  return { world, fleet: fleet.name, partition: caller.partition, caller: caller.account, by: VERSION };
}

async function read(
  reads: readonly Read[],
  operations: Reader['reads'],
  run: Run,
  stage: Progress['stage'],
): Promise<Snapshot['readings']> {
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

/** All that a plan of this state may have to read, and nothing that it will not. */
function operationsOf(
  { policies }: Pick<State, 'policies'>,
  { centres = [] }: Partial<Inventory> = {},
): Reader['reads'] {
  const named = new Set(policies.flatMap((policy) => policy.guardrails.map(({ guardrail }) => guardrail)));
  const used = guardrails.filter(({ name }) => named.has(name));
  const evidence = used.flatMap((guardrail) => [guardrail.hold?.reader, ...(guardrail.evidence ?? [])]);
  const asked = centres.map(({ resource }) => resource);
  const names = new Set([...used.map(({ resource }) => resource.name), ...evidence, ...asked]);
  return everyReader.filter(({ name }) => names.has(name)).flatMap(({ reads }) => [...reads]);
}

function planOptions({ now, only }: Pick<Run, 'now' | 'only'>) {
  return { guardrails, resources, today: now.toISOString().slice(0, 10), ...(only && { only }) };
}

function snapshotOf(run: Run, inventory: Inventory, readings: Snapshot['readings']): Snapshot {
  return { format: 'trueup-snapshot/1', stamp: stampOf(run), takenAt: run.now.toISOString(), inventory, readings };
}

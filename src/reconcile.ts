/**
 * The whole of Trueup on one page; every line of it is the name of a folder.
 *
 *   state ─► fleet ─► read ─► plan (needs more? read again) ─► approve ─► execute ─► journal
 */
import { type Approval, type Approved, approve } from './execute/approve.ts';
import { type ExecuteOptions, type ExecutionEvent, execute } from './execute/execute.ts';
import { countAccounts } from './fleet/census.ts';
import { accountSelectors, type Protection, protectionOf } from './fleet/protection.ts';
import { guardrails } from './guardrails/index.ts';
import type { Cell, Plan } from './model/plan.ts';
import type { Inventory, Snapshot, Target } from './model/snapshot.ts';
import type { State } from './model/state.ts';
import { type Explanation, explain, type Wanted } from './plan/explain.ts';
import { broadReads, centreReads, governedTargets, inventoryOf } from './plan/govern.ts';
import { joinReads, needs } from './plan/needs.ts';
import { planState } from './plan/plan.ts';
import { markShare, shardOf, shareOf, stateDigest } from './plan/shard.ts';
import { STOCK, stockDetails, stockReads } from './plan/stock.ts';
import { planUndo, type Touched, undoReads } from './plan/undo.ts';
import {
  inventoryFor,
  operationsFor,
  operationsOf,
  readFor,
  refuseUnknown,
  snapshotOf,
  withDiscovery,
} from './reading.ts';
import { type Run, readers, resources } from './run.ts';

/** Everything the states govern, broadly first, then closely where something would change: one snapshot for them all. */
export async function observe(run: Run, ...others: readonly State[]): Promise<Snapshot> {
  const states = [run.state, ...others];
  const policies = policiesOf(states);
  const asked = run.whole ? undefined : run.only?.accounts;
  const inventory = await inventoryFor(run, policies, { operations: operationsFor(policies), ...(asked && { asked }) });
  refuseUnknown(run.only, inventory);
  return observeIn(inventory, run, states);
}

/** The same for one target, which may turn out not to be there. */
export async function observeTarget(run: Run, { account, region }: Target): Promise<Snapshot> {
  const only = { accounts: [account], regions: [region] };
  const { policies } = run.state;
  const inventory = await inventoryFor(run, policies, { operations: operationsFor(policies), asked: only.accounts });
  return observeIn(inventory, { ...run, only }, [run.state]);
}

async function observeIn(inventory: Inventory, run: Run, states: readonly State[]): Promise<Snapshot> {
  const policies = policiesOf(states);
  const governed = governedTargets({ ...run.state, policies }, shareOf(inventory, run.shard), guardrails, run.only);
  const operations = withDiscovery(operationsFor(policies, inventory), run);
  const reads = [...broadReads(governed), ...centreReads(policies, inventory, guardrails)];
  const first = await readFor(run, reads, operations, 'read');
  const broad = snapshotOf(run, inventory, first);
  const closer = joinReads(states.flatMap((state) => needs(state, broad, planOptions(run))));
  const second = await readFor(run, closer, operations, 'look closer');
  return snapshotOf(run, inventory, [...first, ...second]);
}

/** Every security group with all there is to know about it, whatever the state governs: for a report. */
export async function takeStock(run: Run): Promise<Snapshot> {
  const needed = operationsOf(Object.values(STOCK));
  const asked = run.only?.accounts;
  const all = await inventoryFor(run, run.state.policies, { operations: needed, ...(asked && { asked }) });
  refuseUnknown(run.only, all);
  const inventory = inventoryOf(run.only, shareOf(all, run.shard));
  const operations = withDiscovery(needed, run);
  const first = await readFor(run, stockReads(inventory, run.only), operations, 'read');
  const second = await readFor(run, stockDetails(first), operations, 'look closer');
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
  const readings = await readFor(run, reads, operationsOf(reads.map(({ reader }) => reader)), 'read');
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

function policiesOf(states: readonly State[]): State['policies'] {
  return states.flatMap(({ policies }) => policies);
}

function planOptions({ now, only }: Pick<Run, 'now' | 'only'>) {
  return { guardrails, resources, today: now.toISOString().slice(0, 10), ...(only && { only }) };
}

/** `trueup targets`: which accounts and regions are governed, through which roles, and which are not, and why. */
import { questionOf, type StoredInventory } from '../fleet/inventory.ts';
import { guardrails } from '../guardrails/index.ts';
import { groupBy } from '../model/group-by.ts';
import type { Inventory } from '../model/snapshot.ts';
import { governedTargets, inventoryOf } from '../plan/govern.ts';
import { shareOf } from '../plan/shard.ts';
import { inventoryFor, refuseUnknown } from '../reading.ts';
import { forTerminal } from '../render/escape.ts';
import { renderJson } from '../render/json.ts';
import { counted } from '../render/phrase.ts';
import { type Run, stampOf } from '../run.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { whyNothing } from './nothing.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';
import { writeWhole } from './write-whole.ts';

export type TargetsOptions = CommonOptions & { readonly out?: string };

export async function targets(options: TargetsOptions, io: Io): Promise<ExitCode> {
  return withRun(options, 'read', io, async (run) => {
    const all = await inventoryFor(run, run.state.policies);
    if (options.out !== undefined) await store(options.out, all, run, io);
    refuseUnknown(run.only, all);
    const inventory = inventoryOf(run.only, shareOf(all, run.shard));
    const governed = groupBy(governedTargets(run.state, inventory, guardrails, run.only), ({ account }) => account);
    const listed = inventory.accounts.map(({ id, name, ou, regions }) => ({
      account: id,
      name: name ?? '',
      ou: ou ?? '',
      regions: regions.filter((region) => run.only?.regions?.includes(region) ?? true),
      guardrails: [...new Set(governed.get(id)?.flatMap(namesOf))].sort(),
    }));
    const { skipped, unreachable } = inventory;
    if (options.json) io.result(renderJson({ role: run.fleet.role, accounts: listed, skipped, unreachable }));
    else io.result(tell(listed, inventory, run));
    const nothing = whyNothing(run.state, inventory, run.only);
    if (nothing) io.say(nothing);
    return unreachable.length > 0 ? EXIT.error : EXIT.done;
  });
}

/** For runs that share it: a matrix of plans then lists the accounts once. */
async function store(path: string, inventory: Inventory, run: Run, io: Io): Promise<void> {
  const question = questionOf(run.fleet, run.state.policies);
  const takenAt = run.inventory?.takenAt ?? run.now.toISOString();
  const stored: StoredInventory = { format: 'trueup-inventory/1', stamp: stampOf(run), takenAt, question, inventory };
  await writeWhole(path, `${JSON.stringify(stored, null, 2)}\n`);
  io.say(`accounts written to ${path}; "trueup plan --inventory ${path}" uses them`);
}

type Listed = { account: string; name: string; regions: readonly string[]; guardrails: readonly string[] };

function tell(listed: readonly Listed[], { skipped, unreachable }: Inventory, { fleet }: Run): string {
  const governed = listed.map(
    ({ account, name, regions, guardrails: named }) =>
      `${accountLine(account, name)}\n      ${regions.join(' ') || 'account-wide'}\n      ${named.join(', ') || 'no guardrail'}`,
  );
  const told = (some: typeof skipped) =>
    some.map(({ id, name, reason }) => `${accountLine(id, name)}: ${forTerminal(reason.message, 500)}`);
  const count = listed.reduce((sum, { regions }) => sum + regions.length, 0);
  return [
    `${counted(listed.length, ['account', 'accounts'])}, ${counted(count, ['account × region target', 'account × region targets'])}; read role ${fleet.role.read ?? '(the caller itself)'}, write role ${fleet.role.write ?? '(none)'}`,
    ...governed,
    ...(skipped.length > 0 ? [`${skipped.length} skipped`, ...told(skipped)] : []),
    ...(unreachable.length > 0 ? [`${unreachable.length} not reachable`, ...told(unreachable)] : []),
  ].join('\n');
}

function accountLine(id: string, name = ''): string {
  return name === '' ? `  ${id}` : `  ${id}  ${forTerminal(name)}`;
}

function namesOf({ demands }: ReturnType<typeof governedTargets>[number]): string[] {
  return demands.map(({ guardrail }) => guardrail.name);
}

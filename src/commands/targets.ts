/** `trueup targets`: which accounts and regions are governed, through which roles, and which are not, and why. */
import { discover } from '../fleet/discover.ts';
import { guardrails } from '../guardrails/index.ts';
import { governedTargets } from '../plan/govern.ts';
import type { Run } from '../reconcile.ts';
import { forTerminal } from '../render/escape.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import type { CommonOptions } from './options.ts';
import { withRun } from './session.ts';

export async function targets(options: CommonOptions, io: Io): Promise<ExitCode> {
  return withRun(options, 'read', io, async (run) => {
    const inventory = await discover(run.fleet, run.state.policies, run.connection);
    const governed = governedTargets(run.state, inventory, guardrails, run.only);
    const listed = inventory.accounts.map(({ id, name, ou, regions }) => ({
      account: id,
      name: name ?? '',
      ou: ou ?? '',
      regions,
      guardrails: [...new Set(governed.filter(({ account }) => account === id).flatMap(namesOf))].sort(),
    }));
    const { skipped, unreachable } = inventory;
    if (options.json)
      io.result(JSON.stringify({ role: run.fleet.role, accounts: listed, skipped, unreachable }, null, 2));
    else io.result(tell(listed, inventory, run));
    return unreachable.length > 0 ? EXIT.error : EXIT.done;
  });
}

type Listed = { account: string; name: string; regions: readonly string[]; guardrails: readonly string[] };

function tell(
  listed: readonly Listed[],
  { skipped, unreachable }: Awaited<ReturnType<typeof discover>>,
  { fleet }: Run,
): string {
  const governed = listed.map(
    ({ account, name, regions, guardrails: named }) =>
      `  ${account}  ${forTerminal(name)}\n      ${regions.join(' ')}\n      ${named.join(', ') || 'no guardrail'}`,
  );
  const told = (some: typeof skipped) =>
    some.map(({ id, name, reason }) => `  ${id}  ${forTerminal(name ?? '')}: ${forTerminal(reason.message, 500)}`);
  const count = listed.reduce((sum, { regions }) => sum + regions.length, 0);
  return [
    `${listed.length} accounts, ${count} account × region targets; read role ${fleet.role.read ?? '(the caller itself)'}, write role ${fleet.role.write ?? '(none)'}`,
    ...governed,
    ...(skipped.length > 0 ? [`${skipped.length} skipped`, ...told(skipped)] : []),
    ...(unreachable.length > 0 ? [`${unreachable.length} not reachable`, ...told(unreachable)] : []),
  ].join('\n');
}

function namesOf({ demands }: ReturnType<typeof governedTargets>[number]): string[] {
  return demands.map(({ guardrail }) => guardrail.name);
}

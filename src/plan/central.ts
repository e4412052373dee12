/** Resources that are decided elsewhere: one cell where the decision is made, in place of one in every account. Pure. */
import { same } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import type { Centre, Inventory } from '../model/snapshot.ts';
import type { Exception } from '../model/state.ts';
import { collectProblems } from './collect-problems.ts';
import type { PlanContext, PlanOptions } from './context.ts';
import { governedTargets } from './govern.ts';
import { type PlannedCentre, planCentre } from './plan-centre.ts';

export type Central = {
  readonly cells: readonly Cell[];
  readonly spares: readonly Exception[];
  /** Without the cells of accounts that a centre brings about; those that it does not stay, with the reason. */
  settle(cells: readonly Cell[]): readonly Cell[];
};

/** @param inventory all accounts of the fleet, whatever part of them is planned: a centre is felt by whoever shares it */
export function planCentral(inventory: Inventory, context: PlanContext, options: PlanOptions): Central {
  const { centres = [], accounts } = inventory;
  if (centres.length === 0) return { cells: [], spares: [], settle: (cells) => cells };
  const { guardrails, only, isMine, withDecided } = options;
  const named = only?.guardrails ? { guardrails: only.guardrails } : {};
  const governed = governedTargets(context.state, inventory, guardrails, named);
  const around = { context, inventory, governed, only };
  const planned = collectProblems(centres, (centre) => planCentre(centre, resourceOf(centre, options), around));
  const byId = new Map(planned.flatMap((one): [string, PlannedCentre][] => (one ? [[one.centre.id, one]] : [])));
  const managed = new Map(accounts.map((account) => [account.id, account.managed ?? []]));
  const own = [...byId.values()].filter(({ centre }) => isMine?.(centre.account) ?? true);
  return {
    cells: own.flatMap(({ cell }) => cell ?? []),
    spares: own.flatMap(({ spares }) => spares),
    settle: (cells) =>
      cells.flatMap((cell) => {
        if (cell.outcome !== 'held') return [cell];
        const by = managed.get(cell.address.account)?.find(({ reason }) => same(reason, cell.reason))?.by;
        const settled = by === undefined ? undefined : byId.get(by)?.settle(cell);
        if (settled === 'dropped') return withDecided ? [cell] : [];
        return [settled ? { ...cell, reason: settled } : cell];
      }),
  };
}

function resourceOf({ resource: name }: Centre, { resources }: PlanOptions): Resource {
  const resource = resources?.get(name);
  if (!resource) throw new Error(`no resource ${name}`);
  return resource;
}

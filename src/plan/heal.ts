/** Which drift may a schedule close by itself? Only what tightens, for guardrails that the fleet names, within limits. Pure. */
import type { Cell, Plan } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import type { Fleet } from '../model/state.ts';
import { breachesOfSome } from './remaining.ts';

/** How often it may be healed before somebody has to find out who keeps changing it. */
export const MOST_HEALED = 3;

export type Healing = {
  readonly cells: readonly Cell[];
  /** Would be healed, had it not come back so often. */
  readonly flipping: readonly Cell[];
  /** Set when so much drifted at once that nothing is healed. */
  readonly breach?: string;
};

export type HealingMemory = {
  /** How often a cell was healed lately. */
  timesHealed(cell: Cell): number;
  /** For how many cells that were not: what cannot be remembered is not healed. */
  readonly room: number;
};

/** @param resources by their names */
export function chooseHealing(
  plan: Plan,
  fleet: Fleet,
  { timesHealed, room }: HealingMemory,
  resources: ReadonlyMap<string, Resource>,
): Healing {
  const able = plan.cells.filter((cell) => cell.outcome === 'change' && isHealable(cell, fleet.heal, resources));
  const flipping = able.filter((cell) => timesHealed(cell) >= MOST_HEALED);
  const known = able.filter((cell) => timesHealed(cell) > 0 && timesHealed(cell) < MOST_HEALED);
  const fresh = able.filter((cell) => timesHealed(cell) === 0).slice(0, Math.max(0, room));
  const cells = [...known, ...fresh];
  const [breach] = breachesOfSome(plan, new Set(cells), fleet.safety.limits);
  return breach ? { cells: [], flipping, breach: breach.message } : { cells, flipping };
}

/** Decided from what is there before and after as a whole: a rule that is narrowed is a removed and an added one. */
function isHealable(
  { address, affects, causes, before, after, steps, lost }: Cell,
  heal: readonly string[],
  resources: ReadonlyMap<string, Resource>,
): boolean {
  // What is felt in many accounts, or cannot be had back, is never changed without somebody who looked at it.
  if (affects || lost.length > 0 || causes.length === 0 || !causes.every(({ guardrail }) => heal.includes(guardrail)))
    return false;
  const whole = resources.get(address.resource)?.onlyTightens;
  if (whole) return whole(before, after);
  const changes = steps.flatMap((step) => step.changes);
  return changes.length > 0 && changes.every(({ effect }) => effect === 'tightens');
}

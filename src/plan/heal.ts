/** Which drift may a schedule close by itself? Only what tightens, for guardrails that the fleet names, within limits. Pure. */
import type { Cell, Plan } from '../model/plan.ts';
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

export function chooseHealing(plan: Plan, fleet: Fleet, { timesHealed, room }: HealingMemory): Healing {
  const able = plan.cells.filter((cell) => cell.outcome === 'change' && isHealable(cell, fleet.heal));
  const flipping = able.filter((cell) => timesHealed(cell) >= MOST_HEALED);
  const known = able.filter((cell) => timesHealed(cell) > 0 && timesHealed(cell) < MOST_HEALED);
  const fresh = able.filter((cell) => timesHealed(cell) === 0).slice(0, Math.max(0, room));
  const cells = [...known, ...fresh];
  const [breach] = breachesOfSome(plan, new Set(cells), fleet.safety.limits);
  return breach ? { cells: [], flipping, breach: breach.message } : { cells, flipping };
}

function isHealable({ affects, causes, steps, lost }: Cell, heal: readonly string[]): boolean {
  // What is felt in many accounts, or cannot be had back, is never changed without somebody who looked at it.
  if (affects || lost.length > 0) return false;
  return causes.length > 0 && causes.every(({ guardrail }) => heal.includes(guardrail)) && onlyTightens(steps);
}

/** As planning has weighed the changes: something closes, and beside that nothing moves but what stays as open as it was. */
export function onlyTightens(steps: Cell['steps']): boolean {
  const effects = new Set(steps.flatMap(({ changes }) => changes.map(({ effect }) => effect)));
  return effects.has('tightens') && !effects.has('loosens') && !effects.has('unclear') && !effects.has('neutral');
}

/** What of a plan is left once some of it is done? The same plan without those cells; pure. */
import { targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cell, Plan } from '../model/plan.ts';
import type { ChangeLimits } from '../model/state.ts';
import { rootDigest } from './digest.ts';
import { breachesOf } from './limits.ts';

export function remainingPlan(plan: Plan, done: ReadonlySet<Cell>, limits: ChangeLimits): Plan {
  const cells = plan.cells.filter((cell) => !done.has(cell));
  const settled = groupBy([...done], ({ address }) => targetKey(address));
  const targets = plan.targets.map((target) => ({
    ...target,
    inState: target.inState + (settled.get(targetKey(target))?.length ?? 0),
  }));
  return {
    ...plan,
    cells,
    targets,
    breaches: breachesOf(cells, targets, limits),
    digest: rootDigest(plan.stamp, cells),
  };
}

/** The limits that doing only `chosen` would exceed. */
export function breachesOfSome(plan: Plan, chosen: ReadonlySet<Cell>, limits: ChangeLimits): Plan['breaches'] {
  const cells = plan.cells.map((cell): Cell => (chosen.has(cell) ? cell : { ...cell, outcome: 'held' }));
  return breachesOf(cells, plan.targets, limits);
}

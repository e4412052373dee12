/** How many instances does a guardrail leave alone that it would govern, were they not somebody else's? Told, not passed over. */
import { groupBy } from '../model/group-by.ts';
import type { Note } from '../model/plan.ts';
import type { PlanContext } from './context.ts';
import type { Governed } from './govern.ts';
import { surroundingsOf } from './plan-cell.ts';

/** One note for each guardrail that leaves something out at this target. */
export function leftOut(place: Governed, context: PlanContext): Note[] {
  const byGuardrail = groupBy(place.demands, ({ guardrail }) => guardrail.name);
  return [...byGuardrail.values()].flatMap((demands): Note[] => {
    const [first] = demands;
    if (!first?.guardrail.leavesOut) return [];
    const { name, resource } = first.guardrail;
    const count = context.survey.ids(place, resource.name).filter((id) => {
      const known = context.survey.know(place, resource.name, id);
      if (known.state !== 'seen') return false;
      const around = surroundingsOf(place, { resource: resource.name, id }, known.observation, context);
      return (
        demands.some(({ guardrail, entry }) => guardrail.leavesOut?.(entry.params, around)) &&
        !demands.some(({ guardrail, entry }) => guardrail.governs(entry.params, around))
      );
    }).length;
    const { account, region } = place;
    const address = { fleet: context.stamp.fleet, account, region, resource: resource.name, id: '' };
    return count === 0 ? [] : [{ code: LEFT_OUT, message: `left out of ${name}: ${WHY}`, address, count }];
  });
}

export const LEFT_OUT = 'left-out';
const WHY = 'groups that AWS services have made for themselves (write "managed: true" under "groups" to take them in)';

/** One plan of all shares: exactly what one machine would have planned, with the limits judged over the whole. */
import type { Plan } from '../../../model/plan.ts';
import { mergePlans } from '../../../plan/merge.ts';
import { stateDigest } from '../../../plan/shard.ts';
import type { Desk } from '../desk.ts';
import type { Ground, Planned } from '../ground.ts';
import { doNotFit, wholeOf } from './fit.ts';
import type { Part, PlanPart } from './part.ts';
import { listedIn, originOf, readParts } from './parts.ts';

/** @throws TrueupError `shares-do-not-fit` naming what is missing, doubled, failed, or made from something else */
export async function joinPlan(desk: Desk, ground: Ground): Promise<Planned> {
  const [parts, here] = [await readParts(desk), await originOf(desk)];
  const shares = wholeOf(parts, here, listedIn(parts, here).list);
  const plan = planOfShares(shares, ground);
  const drifting = shares.map((share) => share.drifting);
  // A base that contradicts itself anywhere has no plan, as on one machine.
  return { plan, ...(drifting.every(isKnown) && { drifting: new Set(drifting.flat()) }) };
}

function isKnown(digests: readonly string[] | undefined): digests is readonly string[] {
  return digests !== undefined;
}

/** @throws TrueupError `shares-do-not-fit` */
export function planOfShares(shares: readonly Part<PlanPart>[], { state, fleet }: Ground): Plan {
  const plan = mergePlans(
    shares.map((share) => share.plan),
    fleet.safety.limits,
  );
  if (shares[0]?.plan.share?.basis.state === stateDigest(state, fleet)) return plan;
  throw doNotFit(['they were planned from another state than the one that is checked out']);
}

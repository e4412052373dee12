/** What counts as the world, as wide and as many, for each group of an inventory: as the policies say that hold there. */

import { selects } from '../../guardrails/group-selection.ts';
import { type FindingParams, ingressFindings, thresholdsOf } from '../../guardrails/ingress-findings.ts';
import { THRESHOLDS, type Thresholds } from '../../ingress/findings.ts';
import { targetKey } from '../../model/address.ts';
import type { Guardrail } from '../../model/guardrail.ts';
import type { Observation } from '../../model/resource.ts';
import type { Inventory, Target } from '../../model/snapshot.ts';
import type { State } from '../../model/state.ts';
import { governedTargets } from '../../plan/govern.ts';

/** Never empty: where no policy looks at a group, the defaults hold. */
export type LimitsOf = (target: Target, id: string, about: Observation['about']) => readonly Thresholds[];

export const DEFAULT_LIMITS: LimitsOf = () => [THRESHOLDS];

/** In no order: what any of several policies finds is found. */
export function limitsIn(state: State, inventory: Inventory): LimitsOf {
  const known = governedTargets(state, inventory, [ingressFindings as unknown as Guardrail]);
  const byTarget = new Map(
    known.map((place) => [
      targetKey(place),
      place.demands.map(({ entry }) => {
        const params = entry.params as unknown as FindingParams;
        return { groups: params.groups, thresholds: thresholdsOf(params) };
      }),
    ]),
  );
  return (target, id, about) => {
    const here = (byTarget.get(targetKey(target)) ?? []).filter(({ groups }) => selects(groups, { id, about }));
    return here.length > 0 ? here.map(({ thresholds }) => thresholds) : [THRESHOLDS];
  };
}

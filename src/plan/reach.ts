/** Does one entry of a policy hold at a target? Asked of targets besides the one that is planned; `--only` changes nothing. */
import { targetsOf } from '../fleet/select.ts';
import { targetKey } from '../model/address.ts';
import type { Inventory, Target } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';

/** @param params of the entry, as they stand in the state: an entry is known by them */
export type Reaches = (params: unknown, target: Target) => boolean;

/** Asked for every control of every account: the targets of each entry are worked out once. */
export function reachIn({ policies }: State, inventory: Inventory): Reaches {
  const known = new Map<unknown, ReadonlySet<string>>();
  const work = (params: unknown): ReadonlySet<string> => {
    const policy = policies.find(({ guardrails }) => guardrails.some((entry) => entry.params === params));
    return new Set(policy ? targetsOf(policy.targets, inventory).map(targetKey) : []);
  };
  return (params, target) => {
    const targets = known.get(params) ?? work(params);
    known.set(params, targets);
    return targets.has(targetKey(target));
  };
}

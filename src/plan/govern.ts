/** Which guardrails of which policies hold at which target, and what must therefore be read there. */

import { targetsOf } from '../fleet/select.ts';
import { GLOBAL, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Guardrail } from '../model/guardrail.ts';
import type { Want } from '../model/resource.ts';
import type { Inventory, Read, Target } from '../model/snapshot.ts';
import type { GuardrailEntry, Policy, State } from '../model/state.ts';

/** A guardrail as a policy asks for it. */
export type Demand = { readonly policy: Policy; readonly entry: GuardrailEntry; readonly guardrail: Guardrail };

/** Everything that is asked for at one target. */
export type Governed = Target & { readonly demands: readonly Demand[] };

/** Only these accounts, regions and guardrails; without a list: all. */
export type Only = {
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly guardrails?: readonly string[];
};

/** Every governed target, sorted by account and region, with what the policies demand there. */
export function governedTargets(
  state: State,
  inventory: Inventory,
  guardrails: readonly Guardrail[],
  only: Only = {},
): Governed[] {
  const byName = new Map(guardrails.map((guardrail) => [guardrail.name, guardrail]));
  const governed = new Map<string, { account: string; region: string; demands: Demand[] }>();
  for (const policy of state.policies) {
    const targets = targetsOf(policy.targets, inventory);
    for (const entry of policy.guardrails) {
      const guardrail = byName.get(entry.guardrail);
      if (!guardrail || !admits(only.guardrails, guardrail.name)) continue;
      for (const target of placesOf(guardrail, targets)) {
        if (!isAdmitted(only, target)) continue;
        const place = governed.get(targetKey(target)) ?? { ...target, demands: [] };
        governed.set(targetKey(target), place);
        place.demands.push({ policy, entry, guardrail });
      }
    }
  }
  return [...governed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** The first round: broad and cheap, each resource once per target whatever the number of guardrails on it. */
export function broadReads(governed: readonly Governed[]): Read[] {
  return governed.flatMap(({ account, region, demands }) =>
    [...groupBy(demands, ({ guardrail }) => guardrail.resource.name)].map(([reader, same]) => ({
      account,
      region,
      reader,
      want: wantOf(same),
    })),
  );
}

/** What decides from elsewhere about what is demanded, whatever part of the accounts is planned: each centre once. */
export function centreReads(
  policies: State['policies'],
  { centres = [] }: Inventory,
  guardrails: readonly Guardrail[],
): Read[] {
  const named = new Set(policies.flatMap((policy) => policy.guardrails.map(({ guardrail }) => guardrail)));
  const asked = new Set(guardrails.flatMap(({ name, centrally }) => (named.has(name) && centrally?.centre) || []));
  const meant = centres.filter(({ resource }) => asked.has(resource));
  return [...groupBy(meant, ({ account, region, resource }) => `${account}/${region}/${resource}`).values()].flatMap(
    (same) => {
      const [first] = same;
      if (!first) return [];
      const { account, region, resource: reader } = first;
      return [{ account, region, reader, want: { ids: same.map(({ id }) => id) } }];
    },
  );
}

/** Everything that demands on the same resource must have seen. */
export function wantOf(demands: readonly Demand[]): Want {
  return demands.map(({ guardrail, entry }) => guardrail.wants(entry.params)).reduce(union);
}

/** What both want; everything, as soon as one of them wants everything. */
function union(a: Want, b: Want): Want {
  if (!a.names || !b.names) return {};
  return { names: [...new Set([...a.names, ...b.names])].sort() };
}

/** Account-wide resources stand once per account, under `global`. */
function placesOf({ resource }: Guardrail, targets: readonly Target[]): readonly Target[] {
  if (resource.scope === 'region') return targets;
  return [...new Set(targets.map(({ account }) => account))].map((account) => ({ account, region: GLOBAL }));
}

/** Whether a target is among those that are planned. */
export function isAdmitted(only: Only, { account, region }: Target): boolean {
  return admits(only.accounts, account) && admits(only.regions, region);
}

function admits(list: readonly string[] | undefined, value: string): boolean {
  return !list || list.includes(value);
}

/** Without the accounts that `only` leaves out. */
export function inventoryOf(only: Only | undefined, inventory: Inventory): Inventory {
  const isMeant = ({ id }: { readonly id: string }): boolean => admits(only?.accounts, id);
  const { accounts, skipped, unreachable } = inventory;
  return {
    ...inventory,
    accounts: accounts.filter(isMeant),
    skipped: skipped.filter(isMeant),
    unreachable: unreachable.filter(isMeant),
  };
}

/** What `only` names and nobody has: a typo must not look like "nothing to do". */
export function unknownIn(
  only: Only,
  { accounts, skipped, unreachable }: Inventory,
  guardrails: readonly Guardrail[],
): string[] {
  const known = {
    accounts: [...accounts, ...skipped, ...unreachable].map(({ id }) => id),
    regions: [GLOBAL, ...accounts.flatMap(({ regions }) => regions)],
    guardrails: guardrails.map(({ name }) => name),
  };
  const parts = ['accounts', 'regions', 'guardrails'] as const;
  return parts.flatMap((part) => (only[part] ?? []).filter((one) => !known[part].includes(one)));
}

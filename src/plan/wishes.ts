/**
 * A centre decides resources of many accounts: what does the state want of it, at each target that feels it? Pure.
 * Every target is asked with what is demanded there; only what all of them agree about can be done.
 */
import { targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cause, FieldSetter, Surroundings } from '../model/guardrail.ts';
import { canonical, same } from '../model/json.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Resource, Value } from '../model/resource.ts';
import type { Centre, Inventory, Target } from '../model/snapshot.ts';
import { combineFields } from './field-setters.ts';
import type { Demand, Governed } from './govern.ts';
import { changedFields } from './setters.ts';

/** A target that feels a centre, with what is demanded there of what the centre decides. */
export type Place = Target & { readonly demands: readonly Demand[] };

/** `given`: the fields that the demands decide. */
export type Wish = {
  readonly value: Value;
  readonly given: ReadonlySet<string>;
  readonly refusal?: Reason;
  causes(fields: readonly string[]): readonly Cause[];
};

export type Wished = { readonly place: Place; readonly wish: Wish };

/** What most targets want, and who wants something else of the same fields. */
export type Agreement = {
  readonly after: Value;
  /** Every field that somebody wants to move. */
  readonly fields: readonly string[];
  readonly causes: readonly Cause[];
  /** Their wish is for another value. */
  readonly differing: readonly Place[];
  /** Nothing there asks for any of it. */
  readonly unasked: readonly Place[];
};

/** Sorted by account and region. */
export function placesOf(centre: Centre, { accounts }: Inventory, governed: readonly Governed[]): Place[] {
  const known = new Map(governed.map((place) => [targetKey(place), place.demands]));
  const felt = accounts.flatMap(({ id, regions, managed = [] }) =>
    managed
      .filter(({ by }) => by === centre.id)
      .flatMap((one) => regions.filter((region) => !one.regions || one.regions.includes(region)))
      .map((region): Target => ({ account: id, region })),
  );
  return felt
    .map((target) => ({
      ...target,
      demands: (known.get(targetKey(target)) ?? []).filter(
        ({ guardrail }) => guardrail.centrally?.centre === centre.resource,
      ),
    }))
    .sort((a, b) => (targetKey(a) < targetKey(b) ? -1 : 1));
}

/** Of thousands of targets most demand the same, and are asked once. */
export function wishesOf(
  places: readonly Place[],
  { value, about }: Observation,
  resource: Resource,
  around: Pick<Surroundings, 'ranges' | 'look'>,
): Wished[] {
  const alike = groupBy(places, ({ region, demands }) =>
    JSON.stringify([region, demands.map(({ policy, guardrail }) => [policy.name, guardrail.name])]),
  );
  return [...alike.values()].flatMap((some) => {
    const [first] = some;
    if (!first) return [];
    const wish = wishOf(first.demands, value, resource, {
      ...around,
      // Policies that contradict each other do so about a field, whatever the centre is called.
      id: '',
      about,
      account: first.account,
      region: first.region,
      // No policy of Security Hub speaks of single regions.
      elsewhere: () => ({ state: 'not-asked' }),
    });
    return some.map((place) => ({ place, wish }));
  });
}

function wishOf(demands: readonly Demand[], value: Value, resource: Resource, around: Surroundings): Wish {
  const setters = [...groupBy(demands, ({ guardrail }) => guardrail.name).values()].flatMap(
    (some) =>
      combineFields(
        some.map((demand) => ({ ...demand, guardrail: setterOf(demand, resource) })),
        value,
        around,
      ) ?? [],
  );
  const wanted = setters.reduce((so, setter) => setter.desire(so), value);
  const given = demands.flatMap(({ guardrail, entry }) =>
    Object.keys(guardrail.centrally?.gives(value, entry.params, around) ?? {}),
  );
  const refusal = demands
    .map(({ guardrail, entry }) => guardrail.centrally?.refuses?.(value, entry.params, around))
    .find((one) => one !== undefined);
  return {
    value: resource.reachable?.(value, wanted) ?? wanted,
    given: new Set(given),
    ...(refusal && { refusal }),
    causes: (fields) => setters.flatMap((setter) => [...setter.causes(fields)]),
  };
}

/** What a guardrail says of the centre, as a guardrail on the centre. */
function setterOf({ guardrail }: Demand, resource: Resource): FieldSetter {
  const { name, summary, schema, centrally } = guardrail;
  return {
    ...{ kind: 'field-setter', name, summary, schema, resource },
    wants: () => ({}),
    governs: () => true,
    gives: (value, params, around) => centrally?.gives(value, params, around) ?? {},
  };
}

/** `undefined` when nobody wants anything to move. */
export function agree(wished: readonly Wished[], before: Value): Agreement | undefined {
  const moving = wished.filter(({ wish }) => !same(wish.value, before));
  const groups = [...groupBy(moving, ({ wish }) => canonical(wish.value)).values()];
  const [main] = groups.sort((a, b) => b.length - a.length)[0] ?? [];
  if (!main) return undefined;
  const { value: after } = main.wish;
  const fields = [...new Set(groups.flatMap(([one]) => (one ? changedFields(before, one.wish.value) : [])))].sort();
  const others = wished.flatMap(({ place, wish }) => {
    const against = fields.filter((field) => !same(wish.value[field], after[field]));
    return against.length > 0 ? [{ place, asks: against.some((field) => wish.given.has(field)) }] : [];
  });
  return {
    after,
    fields,
    causes: main.wish.causes(changedFields(before, after)),
    differing: others.filter(({ asks }) => asks).map(({ place }) => place),
    unasked: others.filter(({ asks }) => !asks).map(({ place }) => place),
  };
}

/** The fields that all field setters of a resource give together, or the proof that two of them contradict each other. */
import type { Cause, FieldSetter, Given, Surroundings } from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Position } from '../model/problem.ts';
import type { Value } from '../model/resource.ts';
import type { Demand } from './govern.ts';
import { type Combined, contradiction, isDecided, overriddenFirst } from './setters.ts';

type FieldDemand = Demand & { readonly guardrail: FieldSetter };
type Gift = { readonly demand: FieldDemand; readonly fields: Given };

/** `undefined` when no field setter is among the demands. */
export function combineFields(demands: readonly Demand[], observed: Value, around: Surroundings): Combined | undefined {
  const setters = demands.filter((demand): demand is FieldDemand => demand.guardrail.kind === 'field-setter');
  const gifts = overriddenFirst(setters).map((demand) => ({
    demand,
    fields: demand.guardrail.gives(observed, demand.entry.params, around),
  }));
  const last = gifts.at(-1);
  if (!last) return undefined;
  refuseContradictions(gifts, around.id);
  const { name: guardrail, resource } = last.demand.guardrail;
  const decides = (fields: readonly string[]): Cause[] =>
    fields.flatMap((field) => {
      const giver = gifts.findLast((gift) => gift.fields[field]);
      return giver ? [{ policy: giver.demand.policy.name, guardrail, at: placeOf(giver, field) }] : [];
    });
  return {
    guardrail,
    resource,
    desire: (value) => gifts.reduce((given, { fields }) => give(given, fields), value),
    causes: decides,
    decides,
  };
}

function give(value: Value, fields: Given): Value {
  const next: Record<string, Value[string]> = { ...value };
  for (const [field, { to }] of Object.entries(fields)) {
    if (to === undefined) delete next[field];
    else next[field] = to;
  }
  return next;
}

function refuseContradictions(gifts: readonly Gift[], id: string): void {
  for (const [i, a] of gifts.entries()) {
    for (const b of gifts.slice(i + 1)) {
      if (isDecided(a.demand, b.demand)) continue;
      const field = Object.keys(a.fields).find((one) => b.fields[one] && !same(a.fields[one]?.to, b.fields[one].to));
      if (field === undefined) continue;
      const places = [placeOf(a, field), placeOf(b, field)] as const;
      throw contradiction([a.demand, b.demand], places, `${[id, field].filter(Boolean).join(': ')}`);
    }
  }
}

function placeOf({ demand: { entry }, fields }: Gift, field: string): Position {
  return entry.positions[fields[field]?.path ?? ''] ?? entry.at;
}

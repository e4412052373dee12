/** The one value that all setters of a resource give together, or the proof that they contradict each other. */
import type { Cause, Setter, Surroundings } from '../model/guardrail.ts';
import { type JsonObject, same } from '../model/json.ts';
import { TrueupError } from '../model/problem.ts';
import type { Value } from '../model/resource.ts';
import type { Demand } from './govern.ts';

export type Combined = {
  readonly guardrail: string;
  desire(value: Value, around: Surroundings): Value;
  /** The lines that give the fields in which two values differ. */
  causes(from: Value, to: Value): readonly Cause[];
};

type SetterDemand = Demand & { readonly guardrail: Setter };

/** `undefined` when no setter is among the demands. */
export function combine(demands: readonly Demand[]): Combined | undefined {
  const setters = demands.filter((demand): demand is SetterDemand => demand.guardrail.kind === 'setter');
  const ordered = overriddenFirst(setters);
  const last = ordered.at(-1);
  if (!last) return undefined;
  refuseContradictions(ordered);
  const params = Object.assign({}, ...ordered.map(({ entry }) => entry.params)) as JsonObject;
  return {
    guardrail: last.guardrail.name,
    desire: (value, around) => last.guardrail.desire(value, params, around),
    causes: (from, to) => changedFields(from, to).flatMap((field) => causeOf(field, ordered)),
  };
}

/** A policy comes after those that it overrides, so that its fields win. */
function overriddenFirst(setters: readonly SetterDemand[]): SetterDemand[] {
  return [...setters].sort((a, b) => {
    if (a.policy.overrides.includes(b.policy.name)) return 1;
    return b.policy.overrides.includes(a.policy.name) ? -1 : 0;
  });
}

function refuseContradictions(setters: readonly SetterDemand[]): void {
  for (const [i, a] of setters.entries()) {
    for (const b of setters.slice(i + 1)) {
      const decided = a.policy.overrides.includes(b.policy.name) || b.policy.overrides.includes(a.policy.name);
      if (!decided && !same(a.entry.params, b.entry.params)) throw contradiction(a, b);
    }
  }
}

function contradiction(a: SetterDemand, b: SetterDemand): TrueupError {
  const { name } = a.guardrail;
  const message = `policies "${a.policy.name}" and "${b.policy.name}" give different values to ${name} at the same target`;
  const advice = `make them equal, let their targets not meet, or write "overrides: [${a.policy.name}]" in "${b.policy.name}"`;
  const problem = (one: SetterDemand) => ({ code: 'conflicting-setters', message, advice, at: one.entry.at });
  return new TrueupError({ code: 'conflicting-setters', message, advice }, { problems: [problem(a), problem(b)] });
}

function changedFields(from: Value, to: Value): string[] {
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((field) => !same(from[field], to[field]));
}

/** The last policy that writes the field; the entry itself where the field is not written out in it. */
function causeOf(field: string, setters: readonly SetterDemand[]): Cause[] {
  const writer = setters.findLast(({ entry }) => entry.positions[field]) ?? setters.at(-1);
  if (!writer) return [];
  const { policy, entry, guardrail } = writer;
  return [{ policy: policy.name, guardrail: guardrail.name, at: entry.positions[field] ?? entry.at }];
}

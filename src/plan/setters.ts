/** The one value that all setters of a resource give together, or the proof that they contradict each other. */
import type { Cause, Setter, Surroundings } from '../model/guardrail.ts';
import { type Json, type JsonObject, same } from '../model/json.ts';
import { type Position, type Problem, TrueupError } from '../model/problem.ts';
import type { Resource, Value } from '../model/resource.ts';
import type { Demand } from './govern.ts';

export type Combined = {
  readonly guardrail: string;
  readonly resource: Resource;
  /** See `Setter`. */
  readonly nothing?: Value;
  desire(value: Value): Value;
  /** The lines that decide these fields; for a field that none writes out, the entry itself. */
  causes(fields: readonly string[]): readonly Cause[];
  /** The same, without the fields that none decides. */
  decides(fields: readonly string[]): readonly Cause[];
};

type SetterDemand = Demand & { readonly guardrail: Setter };

/** `undefined` when no setter is among the demands. */
export function combine(demands: readonly Demand[], around: Surroundings): Combined | undefined {
  const setters = demands.filter((demand): demand is SetterDemand => demand.guardrail.kind === 'setter');
  const ordered = overriddenFirst(setters);
  const last = ordered.at(-1);
  if (!last) return undefined;
  refuseContradictions(ordered);
  const params = joined(ordered.map(({ entry }) => entry.params));
  const writerOf = (field: string): Cause | undefined => {
    const writer = ordered.findLast((setter) => pathOf(field, setter, around) !== undefined);
    return writer && causeOf(writer, pathOf(field, writer, around) ?? '');
  };
  return {
    guardrail: last.guardrail.name,
    resource: last.guardrail.resource,
    ...(last.guardrail.nothing && { nothing: last.guardrail.nothing }),
    desire: (value) => last.guardrail.desire(value, params, around),
    causes: (fields) => fields.map((field) => writerOf(field) ?? causeOf(last, '')),
    decides: (fields) => fields.flatMap((field) => writerOf(field) ?? []),
  };
}

/** Fields of the policy that overrides win; a list is one value and wins as a whole. */
function joined(params: readonly Json[]): Json {
  const last = params.at(-1) ?? {};
  return Array.isArray(last) ? last : (Object.assign({}, ...params) as JsonObject);
}

/** Path of the line that decides a field; `undefined` where this entry does not. */
function pathOf(field: string, { guardrail, entry }: SetterDemand, around: Surroundings): string | undefined {
  if (guardrail.lineOf) return guardrail.lineOf(field, entry.params, around);
  return entry.positions[field] && field;
}

function causeOf({ policy, entry, guardrail }: SetterDemand, path: string): Cause {
  return { policy: policy.name, guardrail: guardrail.name, at: entry.positions[path] ?? entry.at };
}

/** A policy comes after those that it overrides, so that its fields win. */
export function overriddenFirst<Some extends Demand>(setters: readonly Some[]): Some[] {
  return [...setters].sort((a, b) => {
    if (a.policy.overrides.includes(b.policy.name)) return 1;
    return b.policy.overrides.includes(a.policy.name) ? -1 : 0;
  });
}

function refuseContradictions(setters: readonly SetterDemand[]): void {
  for (const [i, a] of setters.entries()) {
    for (const b of setters.slice(i + 1)) {
      if (!isDecided(a, b) && !same(a.entry.params, b.entry.params))
        throw contradiction([a, b], placesOf(a, b), a.guardrail.name);
    }
  }
}

/** The lines of the first field that both write out and differently, else those of the two guardrails. */
function placesOf({ entry: a }: Demand, { entry: b }: Demand): readonly [Position, Position] {
  const fields = isFields(a.params) && isFields(b.params) ? Object.entries(a.params) : [];
  const written = isFields(b.params) ? b.params : {};
  const [field = ''] = fields.find(([name, value]) => b.positions[name] && !same(value, written[name])) ?? [];
  return [a.positions[field] ?? a.at, b.positions[field] ?? b.at];
}

function isFields(params: Json): params is JsonObject {
  return typeof params === 'object' && params !== null && !Array.isArray(params);
}

/** Whether one of the two policies overrides the other. */
export function isDecided(a: Demand, b: Demand): boolean {
  return a.policy.overrides.includes(b.policy.name) || b.policy.overrides.includes(a.policy.name);
}

/** @param places the two lines @param what they give different values to */
export function contradiction(
  [a, b]: readonly [Demand, Demand],
  places: readonly [Position, Position],
  what: string,
): TrueupError {
  const message = `policies "${a.policy.name}" and "${b.policy.name}" give different values to ${what} at the same target`;
  const advice = `make them equal, let their targets not meet, or write "overrides: [${a.policy.name}]" in "${b.policy.name}"`;
  const problems = ([a, b] as const).map(({ entry }, i): Problem => {
    const at = i === 0 ? places[0] : places[1];
    const text = entry.lines?.[at.line];
    return { code: 'conflicting-setters', message, advice, at, ...(text !== undefined && { text }) };
  });
  return new TrueupError({ code: 'conflicting-setters', message, advice }, { problems });
}

export function changedFields(from: Value, to: Value): string[] {
  const added = Object.keys(to).filter((field) => !Object.hasOwn(from, field));
  return [...Object.keys(from), ...added].filter((field) => !same(from[field], to[field]));
}

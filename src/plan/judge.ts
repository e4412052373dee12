/** What one observed value should be, by everything that is demanded of it, and which lines say so. */
import { groupBy } from '../model/group-by.ts';
import {
  type Cause,
  type Cut,
  EVERYTHING,
  type Need,
  type Shrinkable,
  type Surroundings,
  type Taking,
} from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Reason } from '../model/problem.ts';
import type { Resource, Value } from '../model/resource.ts';
import { combineFields } from './field-setters.ts';
import type { Demand } from './govern.ts';
import { type Combined, changedFields, combine } from './setters.ts';

export type Judgement = {
  readonly after: Value;
  /** Each once. */
  readonly causes: readonly Cause[];
  /** Those that ask for what becomes of one field; one may stand there several times. */
  causesOf(field: string): readonly Cause[];
  readonly lost: readonly string[];
  /** Demands that cannot be met, alone or together: the cell is held. */
  readonly conflict?: Reason;
};

/** What exceptions spare here. `fields` of a setter keep their value; `parts` are for restrictors. */
export type Spared = { readonly guardrail: string; readonly what: string };

/** Evidence without which `demands` cannot be judged. */
export function needsOf(value: Value, demands: readonly Demand[], around: Surroundings): Need[] {
  return demands.flatMap(({ guardrail, entry }) => [...(guardrail.needs?.(value, entry.params, around) ?? [])]);
}

/** @throws TrueupError `conflicting-setters` with both lines, when two policies give different values. */
export function judge(
  value: Value,
  demands: readonly Demand[],
  spared: readonly Spared[],
  around: Surroundings,
): Judgement {
  const setter = combineFields(demands, value, around) ?? combine(demands, around);
  const wanted = setter?.desire(value) ?? value;
  const demanded = setter ? keepSpared({ value, wanted }, setter, sparedFrom(spared, setter.guardrail), around) : value;
  const cut = restrict(demanded, demands, spared, around);
  const clash = setter?.decides(fieldsLost({ wanted, demanded, after: cut.after })) ?? [];
  const conflict =
    clash.length > 0 ? clashOf(distinct(clash), distinct(cut.causes)) : refusalOf(value, demands, around);
  const given = new Set(setter ? changedFields(value, demanded) : []);
  const causesOf = (field: string): readonly Cause[] =>
    setter && given.has(field) ? [...setter.causes([field]), ...cut.causesOf(field)] : cut.causesOf(field);
  return {
    after: cut.after,
    lost: cut.lost,
    causes: distinct([...(setter?.causes([...given]) ?? []), ...cut.causes]),
    causesOf,
    ...(conflict && { conflict }),
  };
}

/** What one of the demands could never be met for. */
function refusalOf(value: Value, demands: readonly Demand[], around: Surroundings): Reason | undefined {
  return demands.flatMap(({ guardrail, entry }) => guardrail.refuses?.(value, entry.params, around) ?? [])[0];
}

type Stages = { readonly wanted: Value; readonly demanded: Value; readonly after: Value };

/** What is wanted, was still there once exceptions had their say, and would not stay. */
function fieldsLost({ wanted, demanded, after }: Stages): string[] {
  return Object.keys(wanted).filter((field) => demanded[field] !== undefined && !same(demanded[field], after[field]));
}

type Restricted = Omit<Judgement, 'conflict'>;

/** All restrictors of a resource judge the same value; their cuts are taken away together, once. */
function restrict(
  value: Value,
  demands: readonly Demand[],
  spared: readonly Spared[],
  around: Surroundings,
): Restricted {
  const byField = new Map<string, Cause[]>();
  const made = demands.flatMap(({ policy, entry, guardrail }) => {
    if (guardrail.kind !== 'restrictor') return [];
    const cuts = guardrail.cuts(value, entry.params, around);
    const byPath = new Map<string, Cause>();
    for (const { field, path } of cuts) {
      const at = entry.positions[path] ?? entry.at;
      const cause = byPath.get(path) ?? { policy: policy.name, guardrail: guardrail.name, at };
      byPath.set(path, cause);
      const causes = byField.get(field);
      if (causes) causes.push(cause);
      else byField.set(field, [cause]);
    }
    return cuts.length > 0 ? [{ guardrail, cuts }] : [];
  });
  const [first] = made;
  if (!first) return { after: value, lost: [], causes: [], causesOf: () => [] };
  const taken = [...groupBy(made, ({ guardrail }) => guardrail.name)].map(
    ([name, ones]): Taking => ({ cuts: ones.flatMap(({ cuts }) => [...cuts]), spared: sparedFrom(spared, name) }),
  );
  const { value: after, lost, origins } = first.guardrail.resource.shrink(value, taken, around);
  const causesOf = (field: string): readonly Cause[] => {
    const fields = [...(byField.has(field) ? [field] : []), ...(origins[field] ?? [])];
    const [only, ...others] = fields;
    if (only !== undefined && others.length === 0) return byField.get(only) ?? [];
    return fields.flatMap((one) => byField.get(one) ?? []);
  };
  return { after, lost, causes: [...causesOfAll(changedFields(value, after), causesOf)], causesOf };
}

/** Each once: hundreds of fields may have the same few. */
function causesOfAll(fields: readonly string[], causesOf: Judgement['causesOf']): ReadonlySet<Cause> {
  const all = new Set<Cause>();
  for (const field of fields) for (const cause of causesOf(field)) all.add(cause);
  return all;
}

/** What is spared from the guardrails of one name. */
export function sparedFrom(spared: readonly Spared[], guardrail: string): readonly string[] {
  return spared.filter((one) => one.guardrail === guardrail).map(({ what }) => what);
}

/**
 * A field that an exception names keeps what is there; one that is not there stays absent. Of a set, also the part of a
 * field that an exception names is kept, although the field itself goes.
 */
function keepSpared(
  { value: observed, wanted }: { readonly value: Value; readonly wanted: Value },
  { resource, nothing }: Combined,
  spared: readonly string[],
  around: Surroundings,
): Value {
  if (spared.length === 0) return wanted;
  if (spared.includes(EVERYTHING)) return observed;
  if (nothing && Object.keys(observed).length === 0) return besideNothing(wanted, nothing, spared);
  const surplus = Object.keys(observed).filter((field) => wanted[field] === undefined);
  const cuts = surplus.map((field): Cut => ({ field, part: 'all', path: '' }));
  const parts = isShrinkable(resource) ? resource.shrink(observed, [{ cuts, spared }], around).value : {};
  const kept: Record<string, Value[string]> = { ...parts, ...wanted };
  for (const field of spared) {
    const actual = observed[field] ?? parts[field];
    if (actual === undefined) delete kept[field];
    else kept[field] = actual;
  }
  return kept;
}

/** Where nothing was, what is spared keeps what held without it; if that is all, nothing need be there. */
function besideNothing(wanted: Value, nothing: Value, spared: readonly string[]): Value {
  const kept = spared.flatMap((field) => (nothing[field] === undefined ? [] : [[field, nothing[field]] as const]));
  const value = { ...wanted, ...Object.fromEntries(kept) };
  return same(value, nothing) ? {} : value;
}

export function isShrinkable(resource: Resource): resource is Shrinkable {
  return 'shrink' in resource;
}

function clashOf(sets: readonly Cause[], cuts: readonly Cause[]): Reason {
  const where = ({ policy, at }: Cause): string => `${policy} (${at.file}:${at.line})`;
  return {
    code: 'restrictor-against-setter',
    message: `${sets.map(where).join(', ')} demands what ${cuts.map(where).join(', ')} takes away`,
    advice: 'change one of the two lines, or add an exception; nothing is done here until they agree',
  };
}

/** A cause is a line: two entries on one line are one cause. */
export function causeKey({ policy, guardrail, at }: Cause): string {
  return `${policy}/${guardrail}/${at.file}:${at.line}`;
}

function distinct(causes: readonly Cause[]): Cause[] {
  const seen = new Map([...new Set(causes)].map((cause) => [causeKey(cause), cause]));
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
}

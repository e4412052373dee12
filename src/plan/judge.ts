/** What one observed value should be, by everything that is demanded of it, and which lines say so. */
import { type Cause, type Cut, EVERYTHING, type Need, type Surroundings } from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Reason } from '../model/problem.ts';
import type { Value } from '../model/resource.ts';
import type { Demand } from './govern.ts';
import { combine } from './setters.ts';

export type Judgement = {
  readonly after: Value;
  readonly causes: readonly Cause[];
  readonly lost: readonly string[];
  /** Demands that cannot both be met: the cell is held. */
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
  const setter = combine(demands);
  const demanded = setter ? keepSpared(value, setter.desire(value, around), sparedBy(spared, setter.guardrail)) : value;
  const cut = restrict(demanded, demands, spared, around);
  const clash = setter && cut.causes.length > 0;
  return {
    after: cut.after,
    lost: cut.lost,
    causes: distinct([...(setter ? setter.causes(value, demanded) : []), ...cut.causes]),
    ...(clash && { conflict: clashOf(setter.causes({}, demanded), cut.causes) }),
  };
}

type Restricted = { readonly after: Value; readonly lost: readonly string[]; readonly causes: readonly Cause[] };

/** All restrictors of a resource judge the same value; their cuts are taken away together, once. */
function restrict(
  value: Value,
  demands: readonly Demand[],
  spared: readonly Spared[],
  around: Surroundings,
): Restricted {
  const made = demands.flatMap(({ policy, entry, guardrail }) => {
    if (guardrail.kind !== 'restrictor') return [];
    const cuts = guardrail.cuts(value, entry.params, around);
    const causes = cuts.map(({ path }) => ({
      policy: policy.name,
      guardrail: guardrail.name,
      at: entry.positions[path] ?? entry.at,
    }));
    return cuts.length > 0 ? [{ guardrail, cuts, causes }] : [];
  });
  const [first] = made;
  if (!first) return { after: value, lost: [], causes: [] };
  const kept = made.flatMap(({ guardrail }) => sparedBy(spared, guardrail.name));
  const cuts: readonly Cut[] = made.flatMap((one) => [...one.cuts]);
  const { value: after, lost } = first.guardrail.resource.shrink(value, cuts, [...new Set(kept)], around);
  return { after, lost, causes: same(value, after) ? [] : made.flatMap((one) => one.causes) };
}

function sparedBy(spared: readonly Spared[], guardrail: string): readonly string[] {
  return spared.filter((one) => one.guardrail === guardrail).map(({ what }) => what);
}

/** A field that an exception names keeps what is there; one that is not there stays absent. */
function keepSpared(observed: Value, desired: Value, fields: readonly string[]): Value {
  if (fields.length === 0) return desired;
  if (fields.includes(EVERYTHING)) return observed;
  const kept = Object.entries(desired).flatMap(([field, value]) => {
    if (!fields.includes(field)) return [[field, value] as const];
    const actual = observed[field];
    return actual === undefined ? [] : [[field, actual] as const];
  });
  return Object.fromEntries(kept);
}

function clashOf(sets: readonly Cause[], cuts: readonly Cause[]): Reason {
  const where = ({ policy, at }: Cause): string => `${policy} (${at.file}:${at.line})`;
  return {
    code: 'restrictor-against-setter',
    message: `${sets.map(where).join(', ')} demands what ${cuts.map(where).join(', ')} takes away`,
    advice: 'change one of the two lines, or add an exception; nothing is done here until they agree',
  };
}

function distinct(causes: readonly Cause[]): Cause[] {
  const seen = new Map(
    causes.map((cause) => [`${cause.policy}/${cause.guardrail}/${cause.at.file}:${cause.at.line}`, cause]),
  );
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cause]) => cause);
}

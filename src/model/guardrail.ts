/** What a resource's value should be. Guardrails are pure: values in, values or cuts out. */
import type { z } from 'zod';
import type { Position } from './problem.ts';
import type { Observation, Resource, Value, Want } from './resource.ts';
import type { Ranges } from './state.ts';

/** Evidence that a decision needs and that a broad read does not bring. */
export type Need = { readonly reader: string; readonly want: Want };

/** What a guardrail may look at besides the value: plain lookups, no I/O. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly about: Observation['about'];
  readonly ranges: Ranges;
  /** An observation from the same target, or undefined if it was not read. */
  look(reader: string, id: string): Observation | undefined;
}

type Common<Params, V extends Value> = {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly schema: z.ZodType<Params, unknown>;
  readonly resource: Resource<V>;
  /**
   * The ranges that the params mention, by name or as CIDR, and where: path inside the params (`0.from.1`). Not what is
   * no range, such as ids of groups and prefix lists. The loader checks that each exists.
   */
  ranges?(params: Params): readonly { readonly path: string; readonly name: string }[];
  /** Which instances must be read, in the first, broad round. */
  wants(params: Params): Want;
  /** Whether this instance is governed. */
  governs(params: Params, around: Surroundings): boolean;
  /** The readers that `needs` may ask for. */
  readonly evidence?: readonly string[];
  /** What else must be known to judge this value; asked before `desire` or `cuts`. */
  needs?(value: V, params: Params, around: Surroundings): readonly Need[];
  /** What a person should know about this value although nothing is to change. */
  remarks?(value: V, params: Params, around: Surroundings): readonly Remark[];
  /** A change of this instance stops here, with a reason, when something is using it. */
  readonly hold?: Hold<Params>;
};

export type Remark = {
  readonly code: string;
  readonly message: string;
  /** The line inside the entry's params that asks for the remark. */
  readonly path: string;
  /** The field it is about; remarks that differ only in it are told together. */
  readonly field?: string;
};

/** Evidence about who uses a resource, and what to do about it. */
export type Hold<Params> = {
  /** The reader of evidence whose observation, under the same id, has one field for each user. */
  readonly reader: string;
  inUse(params: Params): 'hold' | 'proceed';
  /** Who uses it, as a sentence. */
  tell(evidence: Observation): string;
};

/** Gives the whole value. A resource at a target has at most one. */
export type Setter<Params = unknown, V extends Value = Value> = Common<Params, V> & {
  readonly kind: 'setter';
  /** `undefined`: nothing to decide here (AWS does not have the feature at this place). */
  desire(observed: V, params: Params, around: Surroundings): V;
};

/** What an exception without a rule or field spares. */
export const EVERYTHING = '*';

/** A part of a value that a restrictor takes away. */
export type Cut<Part = unknown> = {
  readonly field: string;
  /** What of the field: everything, or a part in the resource's own terms. */
  readonly part: 'all' | Part;
  /** Path inside the entry's params of the line that cuts, for the cause. */
  readonly path: string;
};

/** A resource whose value is a set that any number of restrictors may take from. */
export interface Shrinkable<V extends Value = Value, Part = unknown> extends Resource<V> {
  /**
   * The value without the cuts: what nobody cuts stays verbatim. What exceptions spare (fields or parts of them, in
   * the resource's own words) is kept where it was there; it is never added.
   */
  shrink(value: V, cuts: readonly Cut<Part>[], spared: readonly string[], around: Surroundings): Shrunk<V>;
}

export type Shrunk<V extends Value = Value> = {
  readonly value: V;
  /** What AWS cannot express of the rest, as sentences. */
  readonly lost: readonly string[];
};

/** Takes away from a set of fields: it only ever shrinks, is idempotent, and any number of them commute. */
export type Restrictor<Params = unknown, V extends Value = Value, Part = unknown> = Omit<
  Common<Params, V>,
  'resource'
> & {
  readonly kind: 'restrictor';
  readonly resource: Shrinkable<V, Part>;
  /** Each field of the original value judged on its own. */
  cuts(value: V, params: Params, around: Surroundings): readonly Cut<Part>[];
};

export type Guardrail = Setter | Restrictor;

/** Who asks for a change: the guardrail of a policy, and the line it stands on. */
export type Cause = { readonly policy: string; readonly guardrail: string; readonly at: Position };

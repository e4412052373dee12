/** What a resource's value should be. Guardrails are pure: values in, values or cuts out. */
import type { z } from 'zod';
import type { Json } from './json.ts';
import type { Operation } from './operation.ts';
import type { Position, Reason } from './problem.ts';
import type { Observation, Resource, Value, Want } from './resource.ts';
import type { Direction } from './rule.ts';
import type { Ranges } from './state.ts';

/** Evidence that a decision needs and that a broad read does not bring. */
export type Need = {
  readonly reader: string;
  readonly want: Want;
  /**
   * What alone rests on it. `remarks`: the value is judged without it, and the evidence itself is told as unread.
   * `exceptions`: it decides nothing but what they spare.
   */
  readonly only?: 'remarks' | 'exceptions';
};

/** What a guardrail may look at besides the value: plain lookups, no I/O. */
export interface Surroundings {
  readonly account: string;
  readonly region: string;
  readonly id: string;
  readonly about: Observation['about'];
  readonly ranges: Ranges;
  /** An observation from the same target, or undefined if it was not read. */
  look(reader: string, id: string): Observation | undefined;
  /** The same instance in another region of the account, where the entry of these params must hold, too. */
  elsewhere(params: unknown, region: string): Elsewhere;
}

/** `not-governed`: the entry does not hold there. `not-asked`: it does, and this plan does not look there. */
export type Elsewhere =
  | { readonly state: 'seen'; readonly observation: Observation }
  | { readonly state: 'unread'; readonly reason: Reason }
  | { readonly state: 'absent' | 'not-asked' | 'not-governed' };

/** A range, by its name or as CIDR, and the path inside the params of the line that mentions it (`0.from.1`). */
export type Mention = {
  readonly path: string;
  readonly name: string;
  /** What to say where nothing in the range is of the one family that can be meant. */
  readonly only?: { readonly family: 'ipv4' | 'ipv6'; readonly message: string; readonly advice: string };
};

/** What of the scope of an exception can match or spare something of a guardrail. */
export type Excepts = {
  /** What tells its resources apart, besides account and region. */
  readonly parts: readonly ('vpc' | 'group' | 'control')[];
  /** The directions of the rules that it changes, where it changes rules. */
  readonly rules?: readonly Direction[];
  /** The fields that it sets; `*` is any characters. */
  readonly fields?: readonly string[];
};

type Common<Params, V extends Value> = {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly schema: z.ZodType<Params, unknown>;
  readonly resource: Resource<V>;
  /**
   * The ranges that the params mention. Not what is no range, such as ids of groups and prefix lists. The loader checks
   * that each exists.
   * @param written what the state says, also where it has mistakes: those of ranges are told beside them
   */
  ranges?(written: Json): readonly Mention[];
  /** The exceptions from it that can ever spare something; all others are refused. Left out: nobody can say. */
  readonly excepts?: Excepts | 'nothing';
  /** Which instances must be read, in the first, broad round. */
  wants(params: Params): Want;
  /** Whether this instance is governed. */
  governs(params: Params, around: Surroundings): boolean;
  /** Whether it would govern this instance, were that not somebody else's, such as an AWS service's. */
  leavesOut?(params: Params, around: Surroundings): boolean;
  /** The readers that `needs` may ask for. */
  readonly evidence?: readonly string[];
  /** What else must be known to judge this value; asked before `desire` or `cuts`. */
  needs?(value: V, params: Params, around: Surroundings): readonly Need[];
  /** Those writes of the resource that its changes and their way back may need; all of them unless given. */
  readonly writes?: readonly Operation[];
  /** What a person should know about this value although nothing is to change. */
  remarks?(value: V, params: Params, around: Surroundings): readonly Remark[];
  /** Why what is demanded of this instance cannot be at all; the cell is then held, also where nothing would move. */
  refuses?(value: V, params: Params, around: Surroundings): Reason | undefined;
  /** The same, said once in a resource that decides for many accounts, as far as it can be said there. */
  readonly centrally?: Centrally<Params>;
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
  /** What it would take of the field, were it not only reported: what exceptions spare all of is not remarked. */
  readonly cuts?: readonly Cut[];
};

/** Evidence about who uses a resource, and what to do about it. */
export type Hold<Params> = {
  /** The reader of evidence whose observation, under the same id, has one field for each user. */
  readonly reader: string;
  inUse(params: Params, around: Surroundings): 'hold' | 'proceed';
  /** Who uses it, as it follows "used by"; nothing when there is nobody to be told of. */
  tell(evidence: Observation): string;
};

/** Gives the whole value. A resource at a target has at most one. */
export type Setter<Params = unknown, V extends Value = Value> = Common<Params, V> & {
  readonly kind: 'setter';
  /** `undefined`: nothing to decide here (AWS does not have the feature at this place). */
  desire(observed: V, params: Params, around: Surroundings): V;
  /**
   * Of a value that has all of its fields or none: what holds where it has none. There, a field that an exception spares
   * cannot stay absent beside the others, and gets this.
   */
  readonly nothing?: V;
  /** Path inside the params of the line that decides a field; `undefined`: none does. Left out: the line of that name. */
  lineOf?(field: string, params: Params, around: Surroundings): string | undefined;
};

/**
 * Gives single fields of the value, each for itself: any number of policies may do so at the same target, unless two of
 * them give one field different values.
 */
export type FieldSetter<Params = unknown, V extends Value = Value> = Common<Params, V> & {
  readonly kind: 'field-setter';
  /** Every field that these params decide here, also those that are so already. */
  gives(observed: V, params: Params, around: Surroundings): Given;
};

/** What a field setter gives, of the value of a centre; `around` is a place that feels it, with the facts of the centre. */
export type Centrally<Params = unknown> = Pick<FieldSetter<Params>, 'gives' | 'refuses'> & {
  /** The resource, and the reader of who feels it: its observation, under the same id, has one field for each. */
  readonly centre: string;
  readonly use: string;
};

/** `to`: what the field shall be, absent where it shall not be there. `path`: the line inside the params that says so. */
export type Given = { readonly [field: string]: { readonly to?: Json; readonly path: string } };

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
   * The value without what is taken: what nobody cuts stays verbatim. What exceptions spare is kept where it was there;
   * it is never added.
   */
  shrink(value: V, taken: readonly Taking<Part>[], around: Surroundings): Shrunk<V>;
}

/**
 * What the guardrails of one name take away, and what exceptions spare from them: fields or parts of them, in the
 * resource's own words. It is spared from no other guardrail.
 */
export type Taking<Part = unknown> = { readonly cuts: readonly Cut<Part>[]; readonly spared: readonly string[] };

export type Shrunk<V extends Value = Value> = {
  readonly value: V;
  /** Of what is left of a field under another name: the fields that it is left of. */
  readonly origins: { readonly [field: string]: readonly string[] };
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

export type Guardrail = Setter | FieldSetter | Restrictor;

/** Who asks for a change: the guardrail of a policy, and the line it stands on. */
export type Cause = { readonly policy: string; readonly guardrail: string; readonly at: Position };

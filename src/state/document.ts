/** One document as it is after reading: what it means, as far as it is right, and where it stands. */
import type { Guardrail } from '../model/guardrail.ts';
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Exception, Fleet, GuardrailEntry, Policy, Ranges } from '../model/state.ts';
import type { Source } from './source.ts';
import type { Environment } from './substitute.ts';
import type { Tree } from './tree.ts';

export type Options = {
  readonly guardrails: readonly Guardrail[];
  /** Where `${env:TRUEUP_…}` is looked up. */
  readonly env: Environment;
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
};

/** A guardrail of a policy, with the offsets that its positions were made of. */
export type GuardrailDraft = {
  /** Missing if its params have problems; what they mention is checked all the same. */
  readonly entry?: GuardrailEntry;
  readonly written: Json;
  readonly guardrail: Guardrail;
  readonly offsets: ReadonlyMap<string, number>;
};

type In<Kind, Value> = {
  readonly kind: Kind;
  readonly source: Source;
  readonly tree: Tree;
  /** Missing if the document has problems; its names count all the same, so that nobody else misses them. */
  readonly value: Value | undefined;
};

export type FleetDocument = In<'Fleet', Fleet>;
export type RangesDocument = In<'Ranges', Ranges>;
export type PolicyDocument = In<'Policy', Policy> & { readonly entries: readonly GuardrailDraft[] };
export type ExceptionsDocument = In<'Exceptions', readonly Exception[]>;
export type Document = FleetDocument | RangesDocument | PolicyDocument | ExceptionsDocument;

export type Read = { readonly document?: Document; readonly problems: readonly Problem[] };

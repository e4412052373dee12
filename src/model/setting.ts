/** The plain case: one value per place, given whole by one guardrail of the same name. Resource and setter in one file. */
import { z } from 'zod';
import type { Aws } from './aws.ts';
import type { Centrally, Setter, Surroundings } from './guardrail.ts';
import type { JsonObject } from './json.ts';
import type { Operation } from './operation.ts';
import type { Observation, Resource, Scope, Step, Trail, Value } from './resource.ts';

/** What a read found: the value, what calls need besides it, and who else decides it, if so. */
export type Seen<V extends Value> = Pick<Observation<V>, 'value' | 'managedBy' | 'busy'> &
  Partial<Pick<Observation<V>, 'handles'>>;

type Definition<V extends Value, Params extends JsonObject> = {
  readonly name: string;
  /** One sentence for the reference. */
  readonly summary: string;
  readonly scope: Scope;
  /** What a policy may write. A field left out keeps its observed value. */
  readonly schema: z.ZodType<Params, unknown>;
  /** The fields of the value, where they are not those of the schema; `*` is any characters. */
  readonly fields?: readonly string[];
  readonly reads: readonly Operation[];
  readonly writes: readonly Operation[];
  /** See `Resource`. */
  readonly settlesWithinMs?: number;
  readonly trail?: Trail;
  transition(from: V, to: V): readonly Step[];
  /** Only when the desired value is not simply the observed one with the written fields in place. */
  desire?(observed: V, params: Params, around: Surroundings): V;
  /** See `Setter`. */
  readonly nothing?: V;
  /** See `Resource`. */
  losses?(from: V, to: V): readonly string[];
  readonly undo?: string;
  /** See `Guardrail`. */
  readonly centrally?: Centrally<Params>;
} & (
  | { read(aws: Aws): Promise<V> }
  /** Instead of `read`, where AWS tells more than the value. */
  | { observe(aws: Aws): Promise<Seen<V>> }
);

export type Setting = { readonly resource: Resource; readonly guardrail: Setter };

/** The id of the one instance that a place has of a setting. */
const ONLY = '';

export function defineSetting<V extends Value, Params extends JsonObject>(definition: Definition<V, Params>): Setting {
  const { name, summary, scope, schema, reads, writes, settlesWithinMs, losses, undo } = definition;
  const desire = definition.desire ?? ((observed: V, params: Params): V => ({ ...observed, ...params }));
  const observe =
    'observe' in definition ? definition.observe : async (aws: Aws) => ({ value: await definition.read(aws) });
  const resource: Resource<V> = {
    name,
    scope,
    reads,
    writes,
    read: async (aws) => ({ [ONLY]: { handles: {}, about: {}, ...(await observe(aws)) } }),
    transition: (from, to) => definition.transition(from, to),
    ...(settlesWithinMs !== undefined && { settlesWithinMs }),
    ...(definition.trail && { trail: definition.trail }),
    ...(losses && { losses }),
    ...(undo !== undefined && { undo }),
  };
  const guardrail: Setter<Params, V> = {
    kind: 'setter',
    name,
    summary,
    schema,
    resource,
    ...exceptsOf(definition.fields ?? (schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined)),
    wants: () => ({}),
    governs: () => true,
    desire,
    ...(definition.nothing && { nothing: definition.nothing }),
    ...(definition.centrally && { centrally: definition.centrally }),
  };
  return { resource, guardrail };
}

function exceptsOf(fields: readonly string[] | undefined): Pick<Setter, 'excepts'> {
  return fields === undefined ? {} : { excepts: { parts: [], fields } };
}

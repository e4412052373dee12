/** How is a parameter written as the API wants it? It says which kind it is; the state has only the value. */
import type { Json } from '../../model/json.ts';

/** Kind → whether a value is of it. https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ParameterValue.html */
const KINDS: { readonly [kind: string]: (value: unknown) => boolean } = {
  Boolean: (value) => typeof value === 'boolean',
  Double: (value) => typeof value === 'number',
  Enum: (value) => typeof value === 'string',
  EnumList: isListOf((value) => typeof value === 'string'),
  Integer: Number.isInteger,
  IntegerList: isListOf(Number.isInteger),
  String: (value) => typeof value === 'string',
  StringList: isListOf((value) => typeof value === 'string'),
};

/** Of the kinds that a definition tells, the parameter's own. */
export function kindOf(kinds: Json | undefined, name: string): string | undefined {
  const byName = (kinds ?? {}) as { readonly [name: string]: Json };
  const kind = Object.hasOwn(byName, name) ? byName[name] : undefined;
  return typeof kind === 'string' ? kind : undefined;
}

/** `14` as an Integer is `{ Integer: 14 }`; undefined when it is none. `default` stands for any kind. */
export function typed(value: Json, kind: string | undefined): Json | undefined {
  if (kind === undefined) return undefined;
  return value === 'default' || KINDS[kind]?.(value) ? { [kind]: value } : undefined;
}

function isListOf(isItem: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isItem);
}

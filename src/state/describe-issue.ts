/**
 * What a schema complains about, as a sentence. It names types and limits but never the value that was found, because
 * that value may have come from the environment; the line of the file is shown instead.
 */
import type { z } from 'zod';
import { oneOf } from './words.ts';

type RawIssue = z.core.$ZodRawIssue;
type Issue = z.core.$ZodIssue;

/** The keys that a mapping could have had, by the list of keys that it has too many. */
export type KnownKeys = WeakMap<readonly string[], readonly string[]>;

const TYPES: { readonly [type: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
};

export function describeIssue(issue: RawIssue, known: KnownKeys): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? missing(issue.path)
        : `expected ${typeName(issue.expected)}, found ${foundName(issue.input)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? missing(issue.path)
        : `expected ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'invalid_union':
      return issue.input === undefined ? missing(issue.path) : unionText(issue);
    case 'too_small':
      return limit('at least', issue.minimum, issue.origin, issue.inclusive);
    case 'too_big':
      return limit('at most', issue.maximum, issue.origin, issue.inclusive);
    case 'invalid_format':
      return 'does not have the form that is expected here';
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'cannot be a key here';
    case 'unrecognized_keys':
      known.set(issue.keys, shapeKeys(issue.inst));
      return undefined;
    default:
      return undefined;
  }
}

function missing(path: readonly PropertyKey[] | undefined): string {
  const last = path?.at(-1);
  return last === undefined ? 'a value is missing' : `"${String(last)}" is missing`;
}

function unionText(issue: { readonly errors: readonly Issue[][]; readonly input?: unknown }): string {
  const expected = new Set(issue.errors.flat().flatMap((inner) => (inner.path.length === 0 ? expectedBy(inner) : [])));
  return expected.size === 0
    ? 'fits none of the forms that are possible here'
    : `expected ${oneOf([...expected])}, found ${foundName(issue.input)}`;
}

function expectedBy(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [typeName(issue.expected)];
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value));
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(expectedBy) : [];
}

function limit(bound: string, value: number | bigint, origin: string, inclusive: boolean | undefined): string {
  const items = origin === 'array' || origin === 'set' ? ' item' : origin === 'string' ? ' character' : '';
  const plural = items !== '' && Number(value) !== 1 ? 's' : '';
  if (inclusive === false) return `must be ${bound === 'at least' ? 'more' : 'less'} than ${value}`;
  return `must ${items === '' ? 'be' : 'have'} ${bound} ${value}${items}${plural}`;
}

function typeName(type: string): string {
  return TYPES[type] ?? type;
}

function foundName(input: unknown): string {
  if (input === null) return 'nothing';
  return typeName(Array.isArray(input) ? 'array' : typeof input);
}

type Keyed = {
  readonly _zod?: {
    readonly def?: {
      readonly shape?: object;
      readonly keyType?: { readonly _zod: { readonly values?: Set<unknown> } };
    };
  };
};

/** Of a mapping with fields, their names; of one whose keys are a list of words, the words. */
function shapeKeys(schema: unknown): readonly string[] {
  const { shape, keyType } = (schema as Keyed | undefined)?._zod?.def ?? {};
  return shape === undefined ? [...(keyType?._zod.values ?? [])].map(String) : Object.keys(shape);
}

/** Plain data: what a plan, a snapshot and a journal are made of, and how two pieces of it are compared. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One text for one meaning: object keys sorted by code unit, absent and `undefined` fields alike, no white space. */
export function canonical(value: unknown): string {
  if (!isObject(value)) return JSON.stringify(value ?? null);
  if (!Array.isArray(value)) return canonicalFields(value, canonical);
  let text = '';
  for (const item of value) text += `${text === '' ? '' : ','}${canonical(item)}`;
  return `[${text}]`;
}

/**
 * The canonical text of an object.
 * @param textOf the canonical text of a field: whoever meets a value more than once need not write it more than once
 */
export function canonicalFields(
  object: { readonly [key: string]: unknown },
  textOf: (value: unknown) => string,
): string {
  // Plans are digested whole, so this is written to allocate little.
  let text = '';
  for (const key of sortFew(Object.keys(object))) {
    const value = object[key];
    if (value !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${textOf(value)}`;
  }
  return `{${text}}`;
}

/** In place, by code unit. Most objects have a handful of keys, for which asking the engine to sort costs more than sorting. */
function sortFew(keys: string[]): string[] {
  if (keys.length > 10) return keys.sort();
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] as string;
    let at = i;
    for (; at > 0 && (keys[at - 1] as string) > key; at--) keys[at] = keys[at - 1] as string;
    keys[at] = key;
  }
  return keys;
}

/** Whether both mean the same: as if their canonical texts were compared, without writing them. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b)) return !isObject(a) && !isObject(b) && canonical(a) === canonical(b);
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  return (
    Object.keys(a).every((key) => a[key] === undefined || (b[key] !== undefined && same(a[key], b[key]))) &&
    Object.keys(b).every((key) => b[key] === undefined || a[key] !== undefined)
  );
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => same(item, b[i]));
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null;
}

/** The items of a list; none if it is none. For data that may have mistakes. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A field of a mapping, if it is one and has it. */
export function fieldOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as JsonObject)[name];
}

/** Reading a parsed request without trusting its types: every protocol's input is looked at through these. */

export type Fields = { readonly [name: string]: unknown };

export function text(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** `undefined` if absent, `NaN` if present and not a whole number. */
export function whole(fields: Fields, name: string): number | undefined {
  const value = text(fields, name);
  if (value === undefined) return undefined;
  return /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
}

export function flag(fields: Fields, name: string): boolean {
  return text(fields, name) === 'true';
}

/** Like {@link flag}, but knows that nothing was said. */
export function choice(fields: Fields, name: string): boolean | undefined {
  const value = text(fields, name);
  return value === undefined ? undefined : value === 'true';
}

export function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function record(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  return isFields(value) ? value : undefined;
}

export function records(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

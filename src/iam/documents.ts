/** Policy documents with their tokens filled in by whatever a format puts there. */
import type { Json, JsonObject } from '../model/json.ts';
import { type Role, TOKEN, type Token } from './role.ts';

export type Fill = (text: string) => Json;

export function trustDocument({ trust }: Pick<Role, 'trust'>, fill: Fill): JsonObject {
  return documentOf(trust, fill);
}

export function policyDocument(statements: Role['statements'], fill: Fill): JsonObject {
  return documentOf(statements, fill);
}

/** Where all values are known, a text stays a text. */
export function fillWith(values: { readonly [token in Token]?: string }): (text: string) => string {
  return (text) => text.replace(TOKEN, (token, name: Token) => values[name] ?? token);
}

function documentOf(statements: readonly object[], fill: Fill): JsonObject {
  const Statement = statements.map((one) => mapTexts(one as JsonObject, fill));
  return { Version: '2012-10-17', Statement };
}

/** Keys stay as they are. A list of one text is written as a list all the same: it reads alike everywhere. */
function mapTexts(value: Json, fill: Fill): Json {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, fill));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, fill)]));
}

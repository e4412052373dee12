/** What has changed that was not to change? */
import { type Json, type JsonObject, same } from '../../src/model/json.ts';

/** Paths at which nothing was to change from start to end, and something has. */
export function strays(start: Json | undefined, end: Json | undefined, now: Json | undefined, path = ''): string[] {
  if (same(start, end)) return same(start, now) ? [] : [path];
  const all = [start, end, now];
  if (!all.every(isBranch)) return [];
  const [from, to, at] = all;
  const keys = new Set(all.flatMap((one) => Object.keys(one)));
  return [...keys].flatMap((key) => strays(from?.[key], to?.[key], at?.[key], `${path}/${key}`));
}

/** An object, or a list of objects; a list of texts changes as a whole. */
function isBranch(value: Json | undefined): value is JsonObject {
  if (Array.isArray(value)) return value.every((one) => isBranch(one));
  return typeof value === 'object' && value !== null;
}

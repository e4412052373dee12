/** Fills the handles of a planned call with what was read just before it is sent. */
import type { Json, JsonObject } from '../model/json.ts';
import type { Call } from '../model/operation.ts';

/** `undefined` when a handle is not there: what the call was planned for is gone, and nothing may be guessed. */
export function bind(call: Call, handles: { readonly [key: string]: string }): Call | undefined {
  let input: Json = call.input;
  for (const [path, key] of Object.entries(call.handles ?? {})) {
    const handle = Object.hasOwn(handles, key) ? handles[key] : undefined;
    if (!handle) return undefined;
    input = withValue(input, path.split('.'), handle);
  }
  return { operation: call.operation, input: input as JsonObject };
}

function withValue(node: Json | undefined, [key, ...rest]: readonly string[], value: string): Json {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    const items = [...(node as readonly Json[])];
    items[Number(key)] = withValue(items[Number(key)], rest, value);
    return items;
  }
  const fields = (node ?? {}) as JsonObject;
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}

/** Values on the way from before to after: what a step should have left behind, and whether what is there fits. */
import { same } from '../model/json.ts';
import type { Step, Value } from '../model/resource.ts';

/** The value after a step: its changes in place, everything else as it was. */
export function advance(value: Value, { changes }: Step): Value {
  const next: Record<string, Value[string]> = { ...value };
  for (const { field, after } of changes) {
    if (after === undefined) delete next[field];
    else next[field] = after;
  }
  return next;
}

/**
 * Whether `actual` is `before` with some of the way to `after` already gone: every field stands at one end.
 * This is what a killed run leaves; anything else has been touched by somebody.
 */
export function between(before: Value, actual: Value, after: Value): boolean {
  const fields = new Set([...Object.keys(before), ...Object.keys(actual), ...Object.keys(after)]);
  return [...fields].every((field) => same(actual[field], before[field]) || same(actual[field], after[field]));
}

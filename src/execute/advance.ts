/** Values on the way from before to after: what a step should have left behind, and whether what is there fits. */
import { same } from '../model/json.ts';
import { valuesOnTheWay, type Way } from '../model/plan.ts';
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
 * Whether `actual` is the value of a cell with some of its calls already carried out: every field has a value that it
 * has on the way. This is what a killed run leaves; anything else has been touched by somebody.
 */
export function isOnTheWay(cell: Way, actual: Value): boolean {
  const fields = new Set([...Object.keys(cell.before), ...Object.keys(actual), ...Object.keys(cell.after)]);
  return [...fields].every((field) => valuesOnTheWay(cell, field).some((value) => same(actual[field], value)));
}

/** Does what is there fit on the way from before to after? */
import { same } from '../model/json.ts';
import { valuesOnTheWay, type Way } from '../model/plan.ts';
import type { Value } from '../model/resource.ts';

/**
 * Whether `actual` is the value of a cell with some of its calls already carried out: every field has a value that it
 * has on the way. This is what a killed run leaves; anything else has been touched by somebody.
 */
export function isOnTheWay(cell: Way, actual: Value): boolean {
  const fields = new Set([...Object.keys(cell.before), ...Object.keys(actual), ...Object.keys(cell.after)]);
  return [...fields].every((field) => valuesOnTheWay(cell, field).some((value) => same(actual[field], value)));
}

/** What is said of a cell for a person, and decides nothing: which lines ask for which change, which exceptions keep what. */
import type { Kept } from '../model/plan.ts';
import type { Step, Value } from '../model/resource.ts';
import type { Exception } from '../model/state.ts';
import { causeKey, type Judgement } from './judge.ts';

/** Where not all causes ask for every change, each change says which. */
export function causedBy(steps: readonly Step[], { causes, causesOf }: Judgement): readonly Step[] {
  const places = new Map(causes.map((cause, i) => [causeKey(cause), i]));
  return steps.map(({ call, changes }) => ({
    call,
    changes: changes.map((change) => {
      const own = causesOf(change.field).flatMap((cause) => places.get(causeKey(cause)) ?? []);
      return own.length === 0 || own.length === causes.length
        ? change
        : { ...change, causes: own.sort((a, b) => a - b) };
    }),
  }));
}

/** What is there with the exception and would not be without it; a field that is spared by being absent stays so. */
export function keptBy({ owner, expires, at }: Exception, fields: readonly string[], after: Value): Kept[] {
  const there = fields.filter((field) => after[field] !== undefined);
  const named = there.length > 0 ? there : fields;
  return named.length > 0 ? [{ owner, expires, at, fields: named }] : [];
}

/** What is said of a cell for a person, and decides nothing: which lines ask for which change, which exceptions keep what. */
import type { Cause } from '../model/guardrail.ts';
import type { Kept } from '../model/plan.ts';
import type { Change, Step, Value } from '../model/resource.ts';
import type { Exception } from '../model/state.ts';
import { causeKey, type Judgement } from './judge.ts';

/** Where not all causes ask for every change, each change says which. */
export function causedBy(steps: readonly Step[], { causes, causesOf }: Judgement): readonly Step[] {
  // The one cause that there is asks for everything.
  if (causes.length < 2) return steps;
  const rankOf = ranking(causes);
  const sayWhy = (change: Change): Change => {
    const own = new Set<number>();
    for (const cause of causesOf(change.field)) {
      const rank = rankOf(cause);
      if (rank !== undefined) own.add(rank);
    }
    return own.size === 0 || own.size === causes.length
      ? change
      : { ...change, causes: [...own].sort((a, b) => a - b) };
  };
  return steps.map(({ call, changes }) => ({ call, changes: changes.map(sayWhy) }));
}

/** The place of a cause among all of them. The same few are asked for again and again, by hundreds of changes. */
function ranking(causes: readonly Cause[]): (cause: Cause) => number | undefined {
  const places = new Map(causes.map((cause, i) => [causeKey(cause), i]));
  const known = new Map<Cause, number | undefined>();
  return (cause) => {
    if (!known.has(cause)) known.set(cause, places.get(causeKey(cause)));
    return known.get(cause);
  };
}

/** What is there with the exception and would not be without it; a field that is spared by being absent stays so. */
export function keptBy({ owner, expires, at }: Exception, fields: readonly string[], after: Value): Kept[] {
  const there = fields.filter((field) => after[field] !== undefined);
  const named = there.length > 0 ? there : fields;
  return named.length > 0 ? [{ owner, expires, at, fields: named }] : [];
}

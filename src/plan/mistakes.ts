/**
 * What is held for what the state itself says, at a place where AWS shows that it cannot be: no run can ever mend it, so
 * no pipeline that applies may stay green over a line that does nothing.
 */
import type { Cell, Plan } from '../model/plan.ts';

const MISTAKES: ReadonlySet<string> = new Set(['unknown-control', 'unknown-parameter', 'runs-nowhere']);

/** One cell for each mistake, wherever else it shows. */
export function mistakesIn({ cells }: Pick<Plan, 'cells'>): readonly Cell[] {
  const wrong = cells.filter(({ outcome, reason }) => outcome === 'held' && reason && MISTAKES.has(reason.code));
  return [...new Map(wrong.map((cell) => [`${cell.address.id} ${cell.reason?.message}`, cell])).values()];
}

/** How much one plan may change before somebody must say so explicitly. Pure; the message has the numbers. */
import { groupBy } from '../model/group-by.ts';
import type { Cell, TargetSummary } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { ChangeLimits } from '../model/state.ts';

/** In a smaller population one change is a large share, and says nothing. */
const SMALLEST_POPULATION = 50;

export function breachesOf(cells: readonly Cell[], targets: readonly TargetSummary[], limits: ChangeLimits): Reason[] {
  const changing = cells.filter(({ outcome }) => outcome === 'change');
  const inState = targets.reduce((sum, target) => sum + target.inState, 0);
  const perAccount = groupBy(changing, ({ address }) => address.account);
  return [
    ...[...perAccount]
      .filter(([, of]) => of.length > limits.perAccount)
      .map(([account, of]) =>
        breach(`account ${account}: ${of.length} changes, limit ${limits.perAccount} (safety.limits.perAccount)`),
      ),
    ...(changing.length > limits.perRun
      ? [breach(`${changing.length} changes in one run, limit ${limits.perRun} (safety.limits.perRun)`)]
      : []),
    ...shareOf(changing.length, cells.length + inState, limits.percent),
  ];
}

function shareOf(changes: number, population: number, limit: number): Reason[] {
  const percent = Math.floor((changes * 100) / Math.max(population, 1));
  if (population < SMALLEST_POPULATION || percent <= limit) return [];
  return [
    breach(
      `${changes} of ${population} resources would change (${percent} %), limit ${limit} % (safety.limits.percent)`,
    ),
  ];
}

function breach(message: string): Reason {
  return {
    code: 'too-many-changes',
    message,
    advice: 'if this is meant, approve the plan by its digest; otherwise look for what changed so much',
  };
}

/** What is a whole plan once some of its accounts were planned again? Pure. */
import { byText, targetKey } from '../model/address.ts';
import type { Note, Plan } from '../model/plan.ts';
import type { ChangeLimits } from '../model/state.ts';
import { rootDigest } from './digest.ts';
import { breachesOf } from './limits.ts';
import { cellKey } from './plan.ts';

/**
 * @param parts later plans of the same state, of nothing but `accounts`
 * @returns the whole plan, in which these accounts are as they were found later
 */
export function renewPlan(
  whole: Plan,
  parts: readonly Plan[],
  accounts: ReadonlySet<string>,
  limits: ChangeLimits,
): Plan {
  const isOld = ({ account }: { readonly account: string }): boolean => !accounts.has(account);
  const cells = [...whole.cells.filter(({ address }) => isOld(address)), ...parts.flatMap((part) => part.cells)];
  const targets = [...whole.targets.filter(isOld), ...parts.flatMap((part) => part.targets)];
  const sorted = { cells: cells.sort(byText(cellKey)), targets: targets.sort(byText(targetKey)) };
  const ofState = whole.notes.filter(({ address }) => !address);
  const ofTarget = [
    ...whole.notes.filter(({ address }) => address && isOld(address)),
    ...parts.flatMap(({ notes }) => notes.filter(({ address }) => address)),
  ];
  return {
    ...whole,
    ...sorted,
    notes: [...ofState, ...ofTarget.sort(byTarget)],
    breaches: breachesOf(sorted.cells, sorted.targets, limits),
    digest: rootDigest(whole.stamp, sorted.cells),
  };
}

const byTarget = byText(({ address }: Note) => (address ? targetKey(address) : ''));

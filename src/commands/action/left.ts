/** What did a run do, and what is left to whom? In the log, and at the end of the summary. */
import { type Waiting, waitsText } from '../../github/text.ts';
import type { Plan } from '../../model/plan.ts';
import { countPlan, isClean } from '../../render/counts.ts';
import { type Ended, renderOutcomes } from '../../render/outcome.ts';
import { renderTerminal } from '../../render/terminal.ts';
import { viewOf } from '../../render/view.ts';
import type { Desk, Ending } from './desk.ts';

export type Left = { readonly outcomes: readonly Ended[]; readonly left: Plan; readonly pending: Ending['outputs'] };

/** How what was carried out ended, and what is not as the state says: what the issue has, for whoever reads the log. */
export function logLeft({ io, publication }: Desk, { outcomes, left, pending }: Left): void {
  if (publication !== 'full') return;
  const options = { colour: io.colour, width: io.width };
  const clean = isClean(countPlan(left));
  if (outcomes.length > 0 || clean) io.result(renderOutcomes(outcomes, options, left.names));
  if (clean) return;
  io.result(renderTerminal({ ...viewOf(left), title: 'Left', digest: '' }, options));
  io.result(waitsText(waitingIn(left, pending)).replaceAll('`', '').trim());
}

export function waitingIn(left: Plan, { issue, 'pending-digest': digest }: Ending['outputs']): Waiting {
  const clean = isClean(countPlan(left));
  return { clean, ...(issue !== undefined && { issue }), ...(digest !== undefined && { digest }) };
}

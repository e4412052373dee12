/** A run that cannot do what it was asked to ends with why: in the log, the summary, the outputs, and on lines of the state. */
import { annotateProblems } from '../../github/annotations.ts';
import { reasonText } from '../../github/text.ts';
import { TrueupError } from '../../model/problem.ts';
import type { Desk, Ending } from './desk.ts';
import { errorText } from './error-text.ts';
import { failureText } from './publish-plan.ts';
import { leaveFailure } from './shares/parts.ts';

/** @param marked whether a check marks the lines already: GitHub would show each mistake twice */
export async function failWith(error: unknown, desk: Desk, marked = isToldByAnother(desk)): Promise<Ending> {
  const known = error instanceof TrueupError ? error : undefined;
  const reason = known?.reason ?? { code: 'defect', message: 'a defect of Trueup; the log has the lines to report' };
  const title = isChange(desk) ? 'Plan: failed' : 'The run failed';
  desk.tell(errorText(error, desk));
  return {
    outputs: { result: 'failed', ...(await leaveFailure(desk, reason)) },
    summary: known ? failureText(desk, known, title) : reasonText(title, reason, desk),
    annotations: marked ? [] : annotateProblems(known?.problems ?? []),
    failure: reason,
  };
}

/** The job that joins the shares of a plan has the check. */
function isToldByAnother(desk: Desk): boolean {
  const { event, inputs } = desk;
  const own = event.kind !== 'pull' || !event.fork;
  return isChange(desk) && own && (inputs.mode === 'accounts' || inputs.shard !== undefined);
}

function isChange({ event }: Desk): boolean {
  return event.kind === 'pull' || event.kind === 'queue';
}

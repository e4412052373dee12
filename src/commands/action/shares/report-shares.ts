/** The last job: how did all shares end? Told to each pull request and in the issue, as one machine would have told it. */
import { decide } from '../decide.ts';
import type { Desk, Ending } from '../desk.ts';
import { overtaken } from '../ending.ts';
import { isBehind, mainBranch } from '../history.ts';
import { reportApply } from '../report-apply.ts';
import { endOf, lostShares, outcomeOf, renewed } from './ends.ts';
import { orderIn, originOf, readParts } from './parts.ts';

export async function reportShares(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  // Started again when main has moved on, it would tell of yesterday, in the issue as well.
  if (desk.job.attempt > 1 && (await isBehind(desk, branch))) return overtaken(desk);
  const [parts, here] = [await readParts(desk), await originOf(desk)];
  const ordered = orderIn(parts, here);
  const { order } = ordered;
  const ended = order.shares.map((share) => endOf(share, parts, here, ordered));
  const given = order.approvals.pending !== undefined;
  if (ended.length > 0 && ended.every((end) => end.behind)) return overtaken(desk, given);
  const plan = renewed(ordered, ended);
  const begun = ended.flatMap(({ done }) => done?.begun ?? []);
  const decision = decide(plan, order.approvals, { unfinished: begun });
  const approved = plan.cells.filter(({ digest }) => decision.digests.has(digest));
  const outcomes = approved.map((cell) => outcomeOf(cell, ended));
  const refusal = order.refusal ?? lostShares(ended);
  const { limits } = order;
  return reportApply(desk, { plan, decision, outcomes, branch, limits, ...(refusal && { refusal }) });
}

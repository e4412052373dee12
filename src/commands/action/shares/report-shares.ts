/** The last job: how did all shares end? Told to each pull request and in the issue, as one machine would have told it. */
import type { Cell, Plan } from '../../../model/plan.ts';
import type { Reason } from '../../../model/problem.ts';
import { renewPlan } from '../../../plan/renew.ts';
import { shardOf } from '../../../plan/shard.ts';
import type { Ended } from '../../../render/outcome.ts';
import { parseShard } from '../../options.ts';
import { decide } from '../decide.ts';
import type { Desk, Ending } from '../desk.ts';
import { BEHIND } from '../ending.ts';
import { mainBranch } from '../history.ts';
import { reportApply } from '../report-apply.ts';
import { misfitsOf } from './fit.ts';
import { type AppliedPart, nameOf, type Origin, ofKind, type Part } from './part.ts';
import { type Ordered, orderIn, originOf, readParts } from './parts.ts';

export async function reportShares(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  const [parts, here] = [await readParts(desk), await originOf(desk)];
  const ordered = orderIn(parts, here);
  const { order } = ordered;
  const ended = order.shares.map((share) => endOf(share, parts, here, ordered));
  if (ended.length > 0 && ended.every(({ behind }) => behind)) return BEHIND;
  const plan = renewed(ordered, ended);
  const begun = ended.flatMap(({ done }) => done?.begun ?? []);
  const decision = decide(plan, order.approvals, { unfinished: begun });
  const approved = plan.cells.filter(({ digest }) => decision.digests.has(digest));
  const outcomes = approved.map((cell) => outcomeOf(cell, ended));
  const refusal = order.refusal ?? lostShares(ended);
  const { limits } = order;
  return reportApply(desk, { plan, decision, outcomes, branch, limits, ...(refusal && { refusal }) });
}

/** How one share ended; `lost` says why nothing is known of it. */
type End = {
  readonly share: string;
  readonly index: number;
  readonly of: number;
  readonly done?: AppliedPart['done'];
  readonly outcomes: ReadonlyMap<string, Pick<Ended, 'result' | 'reason'>>;
  readonly behind: boolean;
  readonly lost?: Reason;
};

function endOf(share: string, parts: readonly Part[], here: Origin, { digest }: Ordered): End {
  const { index, of } = parseShard(share) ?? { index: 0, of: 0 };
  const isOurs = (one: { readonly share?: { readonly index: number } }): boolean => one.share?.index === index;
  const failed = ofKind(parts, 'failed').find(isOurs);
  // What an earlier attempt left for another order is not about this one.
  const left = ofKind(parts, 'applied').filter((one) => isOurs(one) && one.order === digest);
  const [part, second] = left;
  const end = { share, index, of, behind: false, outcomes: new Map() };
  const lose = (why: string): End => ({ ...end, lost: lost(nameOf({ index, of }), why) });
  if (failed) return lose(`failed: ${failed.reason.message} (${failed.reason.code})`);
  if (!part) return lose('left no report');
  const [misfit] = [...(second ? ['is there twice'] : []), ...misfitsOf(part, here)];
  if (misfit !== undefined) return lose(misfit);
  if (!part.done) return { ...end, behind: true };
  return { ...end, done: part.done, outcomes: new Map(part.done.outcomes.map((one) => [one.digest, one])) };
}

function lost(name: string, why: string): Reason {
  return {
    code: 'share-lost',
    message: `${name} did not come back: it ${why}`,
    advice: 'its journal says what it did; run the failed jobs again, or leave it to the next apply',
  };
}

function lostShares(ended: readonly End[]): Reason | undefined {
  const [first, ...others] = ended.flatMap((one) => one.lost ?? []);
  return first && { ...first, message: [first, ...others].map(({ message }) => message).join('; ') };
}

/** With what the shares found when they planned again. */
function renewed({ order }: Ordered, ended: readonly End[]): Plan {
  const back = ended.flatMap(({ done, index, of }) => (done ? [{ done, index, of }] : []));
  const accounts = order.accounts.filter((account) => back.some(({ index, of }) => shardOf(account, of) === index));
  const plans = back.map(({ done }) => done.plan);
  return renewPlan(order.plan, plans, new Set(accounts), order.limits);
}

function outcomeOf(cell: Cell, ended: readonly End[]): Ended {
  const end = ended.find(({ index, of }) => shardOf(cell.address.account, of) === index);
  const known = end?.outcomes.get(cell.digest);
  if (known) return { cell, result: known.result, ...(known.reason && { reason: known.reason }) };
  if (end?.lost) return { cell, result: 'interrupted', reason: end.lost };
  return end?.behind ? { cell, result: 'interrupted', reason: NEWER } : { cell, result: 'moved', reason: LATER };
}

const NEWER: Reason = {
  code: 'behind',
  message: 'its share began when this commit was no longer the newest',
  advice: 'the run of the newest commit carries it out',
};

const LATER: Reason = {
  code: 'moved',
  message: 'it did not need this change yet when the whole was judged',
  advice: 'the next apply judges it',
};

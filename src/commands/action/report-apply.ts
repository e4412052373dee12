/** How did an apply end? Told to each pull request, in the issue, in the summary, and in what the next apply looks for. */
import { writeComment } from '../../github/comment.ts';
import { markerOf } from '../../github/marker.ts';
import {
  COMMENT_BUDGET,
  footer,
  type Report,
  reasonText,
  reportText,
  SUMMARY_BUDGET,
  type Telling,
  waitingText,
  waitsText,
} from '../../github/text.ts';
import { touchesState } from '../../github/touched.ts';
import type { Cell, Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import type { ChangeLimits } from '../../model/state.ts';
import { remainingPlan } from '../../plan/remaining.ts';
import { countPlan, isClean } from '../../render/counts.ts';
import type { Ended } from '../../render/outcome.ts';
import { type Decision, type Share, stoppedIn } from './decide.ts';
import { countOutputs, type Desk, type Ending, tryTo, unreadFailure, warnOfAuthor, writeFiles } from './desk.ts';
import { failureOf, mistakeFailure } from './ending.ts';
import { attemptedPrefix } from './first-apply.ts';
import { appliedName } from './history.ts';
import { logLeft, waitingIn } from './left.ts';
import { type Remembered, recall, tellPending } from './pending.ts';

export type Done = {
  readonly plan: Plan;
  readonly decision: Decision;
  readonly outcomes: readonly Ended[];
  readonly branch: string;
  /** Absent where others keep it. */
  readonly journal?: string;
  readonly limits: ChangeLimits;
  /** Why what was asked for was not done. */
  readonly refusal?: Reason;
};

export async function reportApply(desk: Desk, done: Done): Promise<Ending> {
  const { plan, outcomes, decision, branch, limits, refusal } = done;
  const ended = endedIn(done);
  const left = remainingPlan(plan, appliedOf(outcomes), limits);
  const recalled = await recall(desk);
  const pending = await tellPending(desk, { plan: left, branch, remarks: [] }, recalled);
  logLeft(desk, { outcomes: ended, left, pending });
  for (const share of decision.shares) await tellPull(desk, share, done, pending.issue);
  const failure = refusal ?? failureOf(ended) ?? unreadFailure(plan, desk) ?? mistakeFailure(plan);
  return {
    outputs: { ...countOutputs(left), ...resultOf(outcomes, left), ...pending, ...(await keep(desk, done)) },
    summary: `${summaryOf(desk, done, recalled)}${waitsText(waitingIn(left, pending))}`,
    ...(failure && { failure }),
  };
}

export function appliedOf(outcomes: readonly Ended[]): ReadonlySet<Cell> {
  return new Set(outcomes.filter(({ result }) => result === 'applied').map(({ cell }) => cell));
}

export function resultOf(outcomes: readonly Ended[], left: Plan): Ending['outputs'] {
  const applied = appliedOf(outcomes).size;
  return {
    result: applied > 0 ? 'applied' : isClean(countPlan(left)) ? 'clean' : 'pending',
    applied: String(applied),
  };
}

/** Everything that was approved, and is not simply there already. */
function endedIn({ outcomes, decision }: Pick<Done, 'outcomes' | 'decision'>): Ended[] {
  const moved = new Set([...decision.moved, ...decision.shares.flatMap((share) => share.moved)]);
  return [...outcomes, ...decision.stopped, ...[...moved].map(movedAway)];
}

function movedAway(cell: Cell): Ended {
  return { cell, result: 'moved' };
}

async function tellPull(desk: Desk, share: Share, done: Done, issue: string | undefined): Promise<void> {
  const { api, job, slug, inputs } = desk;
  if (!(await concerns(desk, share))) return;
  const body = `${reportText(reportOf(share, done, issue), tellingOf(desk, COMMENT_BUDGET))}${footer(
    `applied from ${job.sha.slice(0, 12)}`,
    job.url,
  )}`;
  const comment = { on: share.pull.number, marker: markerOf('apply', slug), author: inputs['comment-author'], body };
  warnOfAuthor(desk, await tryTo(`report to #${share.pull.number}`, desk, () => writeComment(api, job, comment)));
}

/** Whoever changes something else in the repository need not hear of it. */
async function concerns(desk: Desk, { pull, refusal, settled, ...rest }: Share): Promise<boolean> {
  const { api, job, inputs } = desk;
  if (!refusal)
    return settled > 0 || [...rest.approved, ...rest.newlyUsed, ...rest.moved, ...stoppedIn(rest)].length > 0;
  const about = `look at the files of #${pull.number}`;
  return (await tryTo(about, desk, () => touchesState(api, job, pull.number, inputs.state))) ?? true;
}

function reportOf(share: Share, { plan, outcomes, decision }: Done, issue: string | undefined): Report {
  const approved = new Set(share.approved.map(({ digest }) => digest));
  const used = new Set(share.newlyUsed.map(({ cell }) => cell));
  return {
    outcomes: [
      ...outcomes.filter(({ cell }) => approved.has(cell.digest)),
      ...decision.stopped.filter(({ cell }) => used.has(cell)),
      ...stoppedIn(share),
      ...share.moved.map(movedAway),
    ],
    names: plan.names,
    settled: share.settled,
    moved: share.moved.length,
    held: share.held.length,
    unknown: share.unknown,
    ...(share.refusal && { refusal: share.refusal }),
    ...(issue !== undefined && { pending: Number(issue) }),
  };
}

function tellingOf({ publication, job }: Desk, budget: number, salt = ''): Telling {
  return { publication, salt, budget, run: job.url };
}

function summaryOf(desk: Desk, done: Done, { memory }: Remembered): string {
  const { plan, decision, refusal } = done;
  const telling = tellingOf(desk, SUMMARY_BUDGET, memory.salt);
  const refused = refusal ? reasonText('Apply: not what was asked for', refusal, telling) : '';
  const report = { outcomes: endedIn(done), names: plan.names, settled: 0, moved: 0, held: 0, unknown: 0 };
  const waiting = decision.waiting === 0 ? '' : `\n${waitingText(decision.waiting)}\n`;
  return `${refused}${reportText(report, telling)}${waiting}`;
}

/** The next run goes on from this commit only if nothing that was approved is still to be tried again. */
async function keep(desk: Desk, { journal, plan, outcomes, decision }: Done): Promise<Ending['outputs']> {
  const { job, publication, slug } = desk;
  const unfinished = outcomes.some(({ result }) => result === 'failed' || result === 'interrupted');
  const open = unfinished || decision.shares.some((share) => stoppedIn(share).length > 0);
  const { change, held, unread } = countPlan(plan);
  const note = { format: 'trueup-applied/1', commit: job.sha, run: job.run, changes: change, held, unread };
  return {
    'artifact-name': open ? `${attemptedPrefix(slug)}${job.attempt}` : appliedName(slug),
    'artifact-path': await writeFiles(desk, 'applied', { 'applied.json': note }),
    ...(publication === 'full' &&
      outcomes.length > 0 &&
      journal !== undefined &&
      keptHere(journal) && { 'journal-path': journal }),
  };
}

/** A directory is the workflow's to keep; what is in S3 is kept already. */
export function keptHere(journal: string): boolean {
  return !journal.startsWith('s3://');
}

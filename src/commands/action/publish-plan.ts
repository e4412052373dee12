/** Where a plan is shown: the comment on the pull request, a check on its lines, the summary of the step. */
import { annotatePlan, annotateProblems } from '../../github/annotations.ts';
import { type Check, writeCheck } from '../../github/checks.ts';
import { writeComment } from '../../github/comment.ts';
import { markerOf } from '../../github/marker.ts';
import {
  COMMENT_BUDGET,
  footer,
  problemsText,
  reasonText,
  SUMMARY_BUDGET,
  unplannedText,
  viewText,
} from '../../github/text.ts';
import type { Note, Plan } from '../../model/plan.ts';
import type { TrueupError } from '../../model/problem.ts';
import { countPlan, isClean, verdictOf } from '../../render/counts.ts';
import { forTerminal } from '../../render/escape.ts';
import { counted, write } from '../../render/phrase.ts';
import type { View } from '../../render/view.ts';
import { type Desk, type Ending, tryTo, warnOfAuthor } from './desk.ts';

/** A plan and its view. */
export type Shown = { readonly plan: Plan; readonly view: View };

/** @returns the summary of the step */
export async function publishPlan(desk: Desk, { plan, view }: Shown, salt: string): Promise<string> {
  const { publication, job } = desk;
  const text = (budget: number): string => viewText(plan, view, { publication, salt, budget, run: job.url });
  const comment = text(COMMENT_BUDGET);
  const counts = countPlan(plan);
  await publish(desk, comment, {
    conclusion: isClean(counts) ? 'success' : 'neutral',
    title: write(verdictOf(counts), forTerminal).slice(0, 200),
    annotations: publication === 'full' ? annotatePlan(plan) : [],
  });
  return publication === 'full' ? text(SUMMARY_BUDGET) : comment;
}

/** Instead of a plan: what is wrong with the state, or what went wrong. */
export async function publishProblems(desk: Desk, error: TrueupError): Promise<Published> {
  const { problems } = error;
  return publish(desk, failureText(desk, error), {
    conclusion: 'failure',
    title: problems.length > 0 ? `${counted(problems.length, ['problem', 'problems'])} in the state` : error.code,
    annotations: annotateProblems(problems),
  });
}

export function failureText(
  { publication }: Pick<Desk, 'publication'>,
  error: TrueupError,
  title = 'Plan: failed',
): string {
  if (error.problems.length > 0) return problemsText(error.problems);
  const { code, message, advice } = error;
  return reasonText(title, { code, message, ...(advice !== undefined && { advice }) }, { publication });
}

/** The fleet is new, so there is nothing to be trusted that says how to reach it. */
export async function publishUnplanned(desk: Desk, trust: readonly Note[]): Promise<Ending> {
  const text = unplannedText({ notes: trust });
  await publish(desk, text, { conclusion: 'neutral', title: 'planned only after the merge', annotations: [] });
  return { outputs: { result: 'unplanned' }, summary: text };
}

/** Whether there is a check, which marks the lines. */
type Published = { readonly checked: boolean };

async function publish(
  desk: Desk,
  body: string,
  check: Pick<Check, 'conclusion' | 'title' | 'annotations'>,
): Promise<Published> {
  const { event, job, inputs, slug, api } = desk;
  if (event.kind !== 'pull' && event.kind !== 'queue') return { checked: false };
  const head = event.kind === 'pull' ? event.head.sha : event.head;
  const whole = body + footer(`for ${head.slice(0, 12)}`, job.url);
  if (event.kind === 'pull') {
    const comment = { on: event.number, marker: markerOf('plan', slug), author: inputs['comment-author'], body: whole };
    warnOfAuthor(desk, await tryTo('write the comment', desk, () => writeComment(api, job, comment)));
  }
  const name = `trueup plan · ${inputs.state}${inputs.fleet === undefined ? '' : ` · ${inputs.fleet}`}`;
  const written = await tryTo('write the check', desk, async () => {
    await writeCheck(api, job, { name, sha: head, summary: whole, ...check });
    return true;
  });
  return { checked: written ?? false };
}

/**
 * What did a merged pull request approve? The changes in the last plan of exactly the merged head that was there before
 * the merge (or before an approving review of that head), made by the trusted workflow. In every doubt: nothing.
 */
import type { Reason } from '../model/problem.ts';
import { TrueupError } from '../model/problem.ts';
import type { Api } from './api.ts';
import { readArtifact } from './artifacts.ts';
import { doubtOfBase } from './bases.ts';
import type { Job } from './event.ts';
import { comparison, type Merged } from './merged.ts';
import { lastRunBefore, type PlanRules, planLeftBy, planRunsOf, strangersPlanned } from './plan-runs.ts';
import { parseReviewed, type Reviewed } from './record.ts';
import { approvedAt } from './reviews.ts';
import { touchedMachinery } from './touched.ts';

export type ApprovalRules = PlanRules & {
  /** Whose decision counts: whoever may merge, or whoever reviews. */
  readonly approval: 'merge' | 'review';
  /** The directory of the state. */
  readonly state: string;
};

export type Approval =
  | { readonly pull: Merged; readonly record: Reviewed }
  | { readonly pull: Merged; readonly refusal: Reason };

export const RECORD_FILE = 'reviewed.json';

export async function approvalOf(api: Api, job: Job, pull: Merged, rules: ApprovalRules): Promise<Approval> {
  try {
    const found = await find(api, job, pull, rules);
    return 'record' in found ? { pull, record: found.record } : { pull, refusal: found };
  } catch (error) {
    // A damaged file is this pull request's alone; that GitHub does not answer is everybody's.
    if (!(error instanceof TrueupError) || error.code === 'github-refused') throw error;
    return { pull, refusal: untrusted(error.message) };
  }
}

type Found = { readonly record: Reviewed } | Reason;

async function find(api: Api, job: Job, pull: Merged, rules: ApprovalRules): Promise<Found> {
  const touched = await touchedMachinery(api, job, pull.number);
  if (touched !== undefined) return touchesMachinery(touched);
  const deadline = rules.approval === 'merge' ? pull.mergedAt : await approvedAt(api, job, pull);
  if (deadline === undefined) return NOT_REVIEWED;
  const runs = await planRunsOf(api, job, pull, rules);
  const run = await lastRunBefore(api, job, runs, deadline);
  if (!run) return noRun(pull, runs.trusted.length > 0, await strangersPlanned(api, job, runs, rules));
  const doubt = await doubtOfBase(api, job, pull, run);
  if (doubt) return doubt;
  const plan = await planLeftBy(api, job, pull, run, { prefix: rules.prefix, deadline });
  if (!plan) return noPlan(pull, 'its last run left no plan by then: it failed, or was not done');
  if (plan.expired) return EXPIRED;
  const record = parseReviewed(await readArtifact(api, job, plan, RECORD_FILE));
  if (!record || !belongs(record, job, pull, run.id, rules)) return untrusted('its content is not what its run says');
  if (!(await isKnownBase(api, job, record))) return untrusted('it was made for a base that is not in this branch');
  return record.breaches > 0 ? tooMuch(record.breaches) : { record };
}

function belongs(record: Reviewed, job: Job, pull: Merged, run: number, { state }: ApprovalRules): boolean {
  const { repository, head, run: of, state: directory } = record;
  return (
    repository === job.repositoryId &&
    record.pull === pull.number &&
    head === pull.head.sha &&
    of === run &&
    directory === state
  );
}

/** The record says which base it was planned with. Who forges a record can name any: this finds mistakes, not forgers. */
async function isKnownBase(api: Api, job: Job, { base }: Reviewed): Promise<boolean> {
  return ['ahead', 'identical'].includes(await comparison(api, job, base));
}

function noRun(pull: Merged, late: boolean, strangers: boolean): Reason {
  if (late) return noPlan(pull, 'its only plans came after the approval');
  return noPlan(pull, strangers ? 'its plans were made by another workflow, branch or repository' : 'it has no plan');
}

function noPlan({ head }: Merged, why: string): Reason {
  return {
    code: 'no-reviewed-plan',
    message: `${why} (head ${head.sha.slice(0, 12)})`,
    advice: 'wait for the plan before merging; make the plan a required check',
  };
}

function touchesMachinery(path: string): Reason {
  return {
    code: 'touches-workflows',
    message: `it changes ${path}, so it may have changed how its own plan was made`,
    advice: 'change workflows and state in separate pull requests',
  };
}

const NOT_REVIEWED: Reason = {
  code: 'not-reviewed',
  message: 'no approving review of exactly the merged head by somebody who may write',
  advice: 'let branch protection require a review of the last push',
};

const EXPIRED: Reason = {
  code: 'plan-expired',
  message: 'its plan has expired: GitHub keeps artifacts for a limited time',
  advice: 'let the plan run again shortly before merging',
};

function tooMuch(breaches: number): Reason {
  return {
    code: 'too-many-changes',
    message: `its plan exceeds ${breaches} safety limit${breaches === 1 ? '' : 's'}: merging is not enough for that`,
    advice: 'approve the pending plan by its digest, if so much is meant',
  };
}

function untrusted(why: string): Reason {
  return { code: 'plan-not-trusted', message: `its plan is not to be trusted: ${why}`, advice: 'look at who made it' };
}

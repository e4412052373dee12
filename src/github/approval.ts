/**
 * What did a merged pull request approve? The changes in the last plan of exactly the merged head that was there before
 * the merge (or before an approving review of that head), made by the trusted workflow. In every doubt: nothing.
 */
import { z } from 'zod';
import type { Reason } from '../model/problem.ts';
import { TrueupError } from '../model/problem.ts';
import type { Api } from './api.ts';
import { type Artifact, artifactsOfRun, readArtifact } from './artifacts.ts';
import type { Job } from './event.ts';
import type { Merged } from './merged.ts';
import { parseReviewed, type Reviewed } from './record.ts';
import { pathOf } from './repository.ts';
import { approvedAt } from './reviews.ts';
import { touchedMachinery } from './touched.ts';

export type ApprovalRules = {
  /** Whose decision counts: whoever may merge, or whoever reviews. */
  readonly approval: 'merge' | 'review';
  /** Paths of the workflows that plan. */
  readonly workflows: readonly string[];
  /** The names of plan artifacts begin so. */
  readonly prefix: string;
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
  const retargeted = await lastRetargeting(api, job, pull.number);
  const { plans, strangers } = await plansOf(api, job, pull, rules);
  const inTime = plans.filter(({ artifact }) => artifact.created_at <= deadline && artifact.created_at > retargeted);
  const [last] = inTime.sort((a, b) => (a.artifact.created_at < b.artifact.created_at ? 1 : -1));
  if (!last) return noPlan(pull, plans.length, strangers);
  if (last.artifact.expired) return EXPIRED;
  const record = parseReviewed(await readArtifact(api, job, last.artifact, RECORD_FILE));
  if (!record || !belongs(record, job, pull, last.run, rules)) return untrusted('its content is not what its run says');
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

type PlanRun = { readonly run: number; readonly artifact: Artifact };

const runShape = z.object({
  id: z.number(),
  path: z.string(),
  event: z.string(),
  head_sha: z.string(),
  head_branch: z.string().nullable(),
  repository: z.object({ id: z.number() }),
  head_repository: z.object({ id: z.number() }).nullable(),
});

/** Runs of the merged head by the trusted workflow in this repository, with their plans; and how many others there are. */
async function plansOf(
  api: Api,
  job: Job,
  pull: Merged,
  rules: ApprovalRules,
): Promise<{ plans: PlanRun[]; strangers: number }> {
  const query = `event=pull_request&head_sha=${pull.head.sha}`;
  const runs = await api.list(`${pathOf(job)}/actions/runs?${query}`, runShape, 'workflow_runs');
  const plans: PlanRun[] = [];
  let strangers = 0;
  for (const run of runs) {
    const artifacts = (await artifactsOfRun(api, job, run.id)).filter(({ name }) => name.startsWith(rules.prefix));
    const trusted =
      rules.workflows.includes(run.path.split('@')[0] ?? '') &&
      run.event === 'pull_request' &&
      run.head_sha === pull.head.sha &&
      run.head_branch === pull.head.ref &&
      run.repository.id === job.repositoryId &&
      run.head_repository?.id === job.repositoryId;
    if (!trusted) strangers += artifacts.length;
    else
      plans.push(
        ...artifacts.filter((one) => isOf(one, run.id, job, pull)).map((artifact) => ({ run: run.id, artifact })),
      );
  }
  return { plans, strangers };
}

function isOf({ workflow_run: of }: Artifact, run: number, job: Job, pull: Merged): boolean {
  return (
    of?.id === run &&
    of.repository_id === job.repositoryId &&
    of.head_repository_id === job.repositoryId &&
    of.head_sha === pull.head.sha
  );
}

/**
 * A run for another base branch has the same head, and ran that branch's workflows. After the last change of base only.
 */
async function lastRetargeting(api: Api, job: Job, number: number): Promise<string> {
  const shape = z.object({ event: z.string(), created_at: z.string() });
  const events = await api.list(`${pathOf(job)}/issues/${number}/events`, shape);
  const changes = events.filter(({ event }) => event === 'base_ref_changed').map(({ created_at }) => created_at);
  return changes.sort().at(-1) ?? '';
}

function noPlan({ head }: Merged, late: number, strangers: number): Reason {
  const why =
    late > 0
      ? 'its only plans came after the approval'
      : strangers > 0
        ? 'its plans were made by another workflow, branch or repository'
        : 'it has no plan';
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

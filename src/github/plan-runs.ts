/**
 * Which plan was the last one of exactly the merged head when it was approved? The last run decides: one that failed or
 * was not done leaves nothing to approve, whatever an earlier one left.
 */
import { z } from 'zod';
import type { Api } from './api.ts';
import { type Artifact, artifactsOfRun } from './artifacts.ts';
import type { Job } from './event.ts';
import { LAG_PAUSES_MS, type Merged } from './merged.ts';
import { pathOf } from './repository.ts';

const runShape = z.object({
  id: z.number(),
  path: z.string(),
  event: z.string(),
  conclusion: z.string().nullish(),
  created_at: z.iso.datetime(),
  /** Of this attempt. */
  run_started_at: z.iso.datetime(),
  run_attempt: z.int().positive(),
  head_sha: z.string(),
  head_branch: z.string().nullable(),
  repository: z.object({ id: z.number() }),
  head_repository: z.object({ id: z.number() }).nullable(),
});
export type PlanRun = z.output<typeof runShape>;

export type PlanRules = {
  /** Paths of the workflows that may plan, the one to ask first. */
  readonly workflows: readonly string[];
  /** The names of plan artifacts: this, and the number of the attempt. */
  readonly prefix: string;
};

export type PlanRuns = {
  /** By the first of the trusted workflows that has any; the last one first. */
  readonly trusted: readonly PlanRun[];
  /** Of the same head, by other workflows, branches or repositories. */
  readonly others: readonly PlanRun[];
};

/** Runs for a pull request with this head. Those of a fresh merge may not show yet. */
export async function planRunsOf(api: Api, job: Job, pull: Merged, { workflows }: PlanRules): Promise<PlanRuns> {
  for (const pause of [...(pull.commit === job.sha ? LAG_PAUSES_MS : []), undefined]) {
    const runs = sorted(await runsFor(api, job, pull), job, pull, workflows);
    if (runs.trusted.length > 0 || pause === undefined) return runs;
    await api.wait(pause);
  }
  return { trusted: [], others: [] };
}

function runsFor(api: Api, job: Job, { head }: Merged): Promise<PlanRun[]> {
  const query = `event=pull_request&head_sha=${head.sha}`;
  return api.list(`${pathOf(job)}/actions/runs?${query}`, runShape, 'workflow_runs');
}

function sorted(runs: readonly PlanRun[], job: Job, pull: Merged, workflows: readonly string[]): PlanRuns {
  const isTrusted = (run: PlanRun): boolean => workflows.includes(pathIn(run)) && isFor(pull, run, job);
  const trusted = runs.filter((run) => isTrusted(run) && run.conclusion !== 'skipped');
  const path = workflows.find((one) => trusted.some((run) => pathIn(run) === one));
  return {
    trusted: trusted.filter((run) => pathIn(run) === path).sort(latestFirst),
    others: runs.filter((run) => !isTrusted(run)),
  };
}

function pathIn({ path }: PlanRun): string {
  return path.split('@')[0] ?? '';
}

function isFor({ head }: Merged, run: PlanRun, { repositoryId }: Job): boolean {
  return (
    run.event === 'pull_request' &&
    run.head_sha === head.sha &&
    run.head_branch === head.ref &&
    run.repository.id === repositoryId &&
    run.head_repository?.id === repositoryId
  );
}

function latestFirst(one: PlanRun, other: PlanRun): number {
  return Date.parse(other.created_at) - Date.parse(one.created_at) || other.id - one.id;
}

/** The run that was begun last before it was approved, as it then was: later attempts do not count. */
export async function lastRunBefore(
  api: Api,
  job: Job,
  { trusted }: PlanRuns,
  deadline: string,
): Promise<PlanRun | undefined> {
  const last = trusted.find(({ created_at }) => Date.parse(created_at) <= Date.parse(deadline));
  let run = last;
  while (run && run.run_attempt > 1 && Date.parse(run.run_started_at) > Date.parse(deadline))
    run = await api.get(`${pathOf(job)}/actions/runs/${run.id}/attempts/${run.run_attempt - 1}`, runShape);
  return run;
}

/** What the last attempt left before the deadline. */
export async function planLeftBy(
  api: Api,
  job: Job,
  pull: Merged,
  run: PlanRun,
  { prefix, deadline }: { readonly prefix: string; readonly deadline: string },
): Promise<Artifact | undefined> {
  const artifacts = await artifactsOfRun(api, job, run.id);
  return artifacts.find(
    (one) =>
      one.name === `${prefix}${run.run_attempt}` &&
      isOf(one, run.id, job, pull) &&
      Date.parse(one.created_at) <= Date.parse(deadline),
  );
}

function isOf({ workflow_run: of }: Artifact, run: number, job: Job, pull: Merged): boolean {
  return (
    of?.id === run &&
    of.repository_id === job.repositoryId &&
    of.head_repository_id === job.repositoryId &&
    of.head_sha === pull.head.sha
  );
}

/** Whether somebody else left something that looks like a plan of this head. */
export async function strangersPlanned(
  api: Api,
  job: Job,
  { others }: PlanRuns,
  { prefix }: PlanRules,
): Promise<boolean> {
  for (const { id } of others)
    if ((await artifactsOfRun(api, job, id)).some(({ name }) => name.startsWith(prefix))) return true;
  return false;
}

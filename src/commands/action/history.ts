/** Where does main stand, and up to which commit was it applied already? */
import { z } from 'zod';
import { type Artifact, artifactsNamed, isOfBranch } from '../../github/artifacts.ts';
import { pathOf } from '../../github/repository.ts';
import { TrueupError } from '../../model/problem.ts';
import { usageError } from '../io.ts';
import type { Desk } from './desk.ts';
import { beginningOf } from './first-apply.ts';

/** @throws TrueupError when this run is not for the default branch: only what is merged is applied */
export function mainBranch({ repository, job }: Desk): string {
  const { defaultBranch } = repository;
  if (defaultBranch === undefined) {
    throw new TrueupError({
      code: 'repository-unknown',
      message: 'GitHub does not say which branch is the default one',
      advice: 'give the job "contents: read"; docs/action.md lists the permissions',
    });
  }
  if (job.branch === defaultBranch) return defaultBranch;
  throw usageError('only the default branch is applied', `run this workflow on ${defaultBranch}`);
}

/** Whether somebody has pushed since: that push has a run of its own, which covers this one too. */
export async function isBehind({ api, job }: Desk, branch: string): Promise<boolean> {
  const shape = z.object({ object: z.object({ sha: z.string() }) });
  const { object } = await api.get(`${pathOf(job)}/git/ref/heads/${branch}`, shape);
  return object.sha !== job.sha;
}

export function appliedName(slug: string): string {
  return `trueup-applied-${slug}`;
}

/** The commit up to which everything that was approved is applied; what was there before the first push, where no run tells. */
export async function appliedUpTo(desk: Desk, branch: string): Promise<string | undefined> {
  return (await lastApplied(desk, branch)) ?? beginningOf(desk, branch);
}

const MOST_LOOKED_AT = 20;
/** So many of them are ordered: those of runs that were begun about the same time. */
const MOST_ORDERED = 5;

/**
 * The commit of the run that came furthest, by what such runs left; this very run's first attempt included. The order
 * of commits counts, not of files: a job of an old run that is started again leaves the newest file.
 */
async function lastApplied(desk: Desk, branch: string): Promise<string | undefined> {
  const { api, job, slug } = desk;
  const counts = (artifact: Artifact): boolean => isOfBranch(artifact, job, branch);
  const artifacts = await artifactsNamed(api, job, appliedName(slug), { counts, most: MOST_LOOKED_AT });
  const runs = new Map(artifacts.flatMap(({ workflow_run: of }) => (of ? [[of.id, of.head_sha] as const] : [])));
  const ours: string[] = [];
  // A run keeps its number when it is started again.
  for (const [id, sha] of [...runs].sort(([one], [other]) => other - one)) {
    if (ours.length === MOST_ORDERED) break;
    if (await isApply(desk, id)) ours.push(sha);
  }
  return furthest(ours, desk);
}

const runShape = z.object({ path: z.string(), event: z.string() });

async function isApply({ api, job }: Desk, run: number): Promise<boolean> {
  const { path, event } = await api.get(`${pathOf(job)}/actions/runs/${run}`, runShape);
  return path.split('@')[0] === job.workflow && (event === 'push' || event === 'workflow_dispatch');
}

/** Where the newest run's commit is gone from the history, that is what has to be told: main was rewritten. */
async function furthest(
  [newest, ...older]: readonly string[],
  { clone }: Pick<Desk, 'clone'>,
): Promise<string | undefined> {
  if (newest === undefined || !(await clone.isAncestor(newest, 'HEAD'))) return newest;
  let best = newest;
  for (const commit of older)
    if (commit !== best && (await clone.isAncestor(commit, 'HEAD')) && (await clone.isAncestor(best, commit)))
      best = commit;
  return best;
}

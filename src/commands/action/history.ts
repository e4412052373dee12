/** Where does main stand, and up to which commit was it applied already? */
import { z } from 'zod';
import { artifactsNamed } from '../../github/artifacts.ts';
import { pathOf } from '../../github/repository.ts';
import { TrueupError } from '../../model/problem.ts';
import { usageError } from '../io.ts';
import type { Desk } from './desk.ts';

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

const runShape = z.object({ path: z.string(), event: z.string() });
const MOST_LOOKED_AT = 20;

export function appliedName(slug: string): string {
  return `trueup-applied-${slug}`;
}

/** The commit up to which everything that was approved is applied; what was there before a push, where no run tells. */
export async function appliedUpTo(desk: Desk, branch: string): Promise<string | undefined> {
  const { event } = desk;
  return (await lastApplied(desk, branch)) ?? (event.kind === 'push' ? event.before : undefined);
}

/** The commit of the last run that carried out all that was approved, by what it left; made by this very workflow. */
async function lastApplied({ api, job, slug }: Desk, branch: string): Promise<string | undefined> {
  const artifacts = await artifactsNamed(api, job, appliedName(slug));
  for (const { workflow_run: of } of artifacts.slice(0, MOST_LOOKED_AT)) {
    if (!of || of.id === job.run || of.head_branch !== branch) continue;
    if (of.repository_id !== job.repositoryId || of.head_repository_id !== job.repositoryId) continue;
    const { path, event } = await api.get(`${pathOf(job)}/actions/runs/${of.id}`, runShape);
    if (path.split('@')[0] === job.workflow && (event === 'push' || event === 'workflow_dispatch')) return of.head_sha;
  }
  return undefined;
}

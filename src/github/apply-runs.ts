/** Which runs did the workflow that applies have, and how did they end? As GitHub tells it: nothing a run says of itself. */
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

const runShape = z.object({
  id: z.number(),
  path: z.string(),
  event: z.string(),
  /** `null` while it is under way. */
  conclusion: z.string().nullish(),
  head_sha: z.string(),
  head_branch: z.string().nullable(),
  repository: z.object({ id: z.number() }),
  head_repository: z.object({ id: z.number() }).nullable(),
});
const runsShape = z.object({ workflow_runs: runShape.array() });
export type ApplyRun = z.output<typeof runShape>;

/**
 * Of this very workflow, on this branch of this repository, by a push or by hand; newest first.
 *
 * @param most of all its runs that are looked at, one page of them: 100 at the most
 */
export async function applyRunsOf(api: Api, job: Job, branch: string, most: number): Promise<ApplyRun[]> {
  const file = job.workflow.split('/').at(-1) ?? '';
  const query = `branch=${encodeURIComponent(branch)}&per_page=${most}`;
  const { workflow_runs: runs } = await api.get(`${pathOf(job)}/actions/workflows/${file}/runs?${query}`, runsShape);
  // A run keeps its number when it is started again.
  return runs.filter((run) => isOurs(run, job, branch)).sort((one, other) => other.id - one.id);
}

function isOurs(run: ApplyRun, { workflow, repositoryId }: Job, branch: string): boolean {
  return (
    run.path.split('@')[0] === workflow &&
    (run.event === 'push' || run.event === 'workflow_dispatch') &&
    run.head_branch === branch &&
    run.repository.id === repositoryId &&
    run.head_repository?.id === repositoryId
  );
}

/**
 * Journals that earlier runs of this very workflow left as artifacts: of those that did not end well, because the others
 * left nothing to go on with. They inform; whatever they say, only what is approved is carried out.
 */
import { z } from 'zod';
import type { Api } from './api.ts';
import { type Artifact, artifactsOfRun, readArtifactFiles } from './artifacts.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

export const JOURNAL_PREFIX = 'trueup-journal-';

/** One page: what was left longer ago is planned and reviewed anew. */
const LATEST_RUNS = 20;

const runsShape = z.object({
  workflow_runs: z
    .object({
      id: z.number(),
      path: z.string(),
      event: z.string(),
      /** `null` while it is under way. */
      conclusion: z.string().nullish(),
      head_branch: z.string().nullable(),
      repository: z.object({ id: z.number() }),
      head_repository: z.object({ id: z.number() }).nullable(),
    })
    .array(),
});
type Run = z.output<typeof runsShape>['workflow_runs'][number];

/** Path → text, for each artifact. @throws TrueupError `artifact-damaged`, `not-a-zip` */
export async function journalsOfRuns(api: Api, job: Job, branch: string): Promise<ReadonlyMap<string, string>[]> {
  const file = job.workflow.split('/').at(-1) ?? '';
  const query = `branch=${encodeURIComponent(branch)}&per_page=${LATEST_RUNS}`;
  const { workflow_runs: runs } = await api.get(`${pathOf(job)}/actions/workflows/${file}/runs?${query}`, runsShape);
  const journals: ReadonlyMap<string, string>[] = [];
  for (const { id } of runs.filter((run) => isOurs(run, job, branch) && mayHaveBegun(run, job))) {
    const artifacts = await artifactsOfRun(api, job, id);
    for (const artifact of artifacts.filter((one) => isJournalOf(one, id, job)))
      journals.push(await readArtifactFiles(api, job, artifact));
  }
  return journals;
}

/** This run, too: it may have been started again. */
function mayHaveBegun({ id, conclusion }: Run, job: Job): boolean {
  return id === job.run || (typeof conclusion === 'string' && conclusion !== 'success' && conclusion !== 'skipped');
}

function isOurs(run: Run, { workflow, repositoryId }: Job, branch: string): boolean {
  return (
    run.path.split('@')[0] === workflow &&
    (run.event === 'push' || run.event === 'workflow_dispatch') &&
    run.head_branch === branch &&
    run.repository.id === repositoryId &&
    run.head_repository?.id === repositoryId
  );
}

function isJournalOf({ name, expired, workflow_run: of }: Artifact, run: number, { repositoryId }: Job): boolean {
  return (
    name.startsWith(JOURNAL_PREFIX) &&
    !expired &&
    of?.id === run &&
    of.repository_id === repositoryId &&
    of.head_repository_id === repositoryId
  );
}

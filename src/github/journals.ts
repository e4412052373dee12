/**
 * Journals that earlier runs of this very workflow left as artifacts: of those that did not end well, because the others
 * left nothing to go on with. They inform; whatever they say, only what is approved is carried out.
 */
import type { Api } from './api.ts';
import { type ApplyRun, applyRunsOf } from './apply-runs.ts';
import { type Artifact, artifactsOfRun, readArtifactFiles } from './artifacts.ts';
import type { Job } from './event.ts';

export const JOURNAL_PREFIX = 'trueup-journal-';

/** What was left longer ago is planned and reviewed anew. */
const LATEST_RUNS = 20;

/** Path → text, for each artifact. @throws TrueupError `artifact-damaged`, `not-a-zip` */
export async function journalsOfRuns(api: Api, job: Job, branch: string): Promise<ReadonlyMap<string, string>[]> {
  const runs = await applyRunsOf(api, job, branch, LATEST_RUNS);
  const journals: ReadonlyMap<string, string>[] = [];
  for (const { id } of runs.filter((run) => mayHaveBegun(run, job))) {
    const artifacts = await artifactsOfRun(api, job, id);
    for (const artifact of artifacts.filter((one) => isJournalOf(one, id, job)))
      journals.push(await readArtifactFiles(api, job, artifact));
  }
  return journals;
}

/** This run, too: it may have been started again. */
function mayHaveBegun({ id, conclusion }: ApplyRun, job: Job): boolean {
  return id === job.run || (typeof conclusion === 'string' && conclusion !== 'success' && conclusion !== 'skipped');
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

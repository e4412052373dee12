/**
 * As long as no apply was completed: from which commit on does what was merged count? From where the workflow ran first,
 * so that runs that failed, were cancelled, killed or overtaken lose no approval. What was there before the workflow was
 * not merged to be applied.
 */
import { type ApplyRun, applyRunsOf } from '../../github/apply-runs.ts';
import { artifactsOfRun } from '../../github/artifacts.ts';
import type { Desk } from './desk.ts';

/** One page. Runs before these only make for fewer approvals. */
const MOST_RUNS = 100;

/** The commit before the first push that no run completed; `undefined` where no push began any of this. */
export async function beginningOf(desk: Desk, branch: string): Promise<string | undefined> {
  const { api, job, clone, tell } = desk;
  const runs = await applyRunsOf(api, job, branch, MOST_RUNS);
  let oldest: ApplyRun | undefined;
  for (const run of runs.filter(({ id }) => id !== job.run)) {
    // What was before main was rewritten counts no more, as the first run after that said; or says, where it is this one.
    if (!(await clone.isAncestor(run.head_sha, 'HEAD'))) return (oldest ?? run).head_sha;
    if (await isCompleted(desk, run)) return run.head_sha;
    oldest = run;
  }
  if (!oldest || oldest.id > job.run) return ownBeginning(desk);
  const since = await beginningOfPush(desk, oldest);
  tell(`no apply has been completed yet: what was merged after ${since.slice(0, 12)} counts, where it has its plan`);
  return since;
}

/** One that had nothing to do ended well, too, but not one that says that it left something open. */
async function isCompleted({ api, job, slug }: Desk, { id, conclusion }: ApplyRun): Promise<boolean> {
  if (conclusion !== 'success') return false;
  const left = await artifactsOfRun(api, job, id);
  return !left.some(({ name }) => name.startsWith(attemptedPrefix(slug)));
}

function ownBeginning({ event }: Desk): string | undefined {
  return event.kind === 'push' ? event.before : undefined;
}

/**
 * GitHub does not tell of a run what was there before its push. A pull request is known by its last commit on the branch,
 * so the commit before that is near enough; where a push had several, only the last of them counts.
 */
async function beginningOfPush({ clone }: Desk, { event, head_sha: sha }: ApplyRun): Promise<string> {
  const [parent] = event === 'push' ? await clone.parentsOf(sha) : [];
  return parent ?? sha;
}

/** What a run leaves that did not carry out all that was approved; with the number of its attempt behind it. */
export function attemptedPrefix(slug: string): string {
  return `trueup-attempted-${slug}-`;
}

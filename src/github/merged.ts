/**
 * Which pull requests brought what was pushed? The main line is walked commit by commit, so that a merge queue's push
 * of several, a squash, a rebase and a merge commit all lead to theirs.
 */
import { z } from 'zod';
import { type Api, GitHubError } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

export type Merged = {
  readonly number: number;
  /** The branch that was merged, and its last commit. */
  readonly head: { readonly sha: string; readonly ref: string };
  readonly base: string;
  /** ISO 8601, UTC. */
  readonly mergedAt: string;
  readonly author: string;
  /** What it became on the branch; of a rebase the last one. */
  readonly commit: string;
};

export type Range = {
  /** Oldest first; each once. */
  readonly pulls: readonly Merged[];
  /** Commits that came without one: pushed directly. */
  readonly strays: readonly string[];
  /** Set when the branch was rewritten, so that there is no range. */
  readonly rewritten?: true;
  /** Set when it is so much that GitHub would not answer all questions; e.g. `400 commits`. */
  readonly tooMuch?: string;
};

const commitShape = z.object({ sha: z.string(), parents: z.array(z.object({ sha: z.string() })) });
const pullShape = z.object({
  number: z.int().positive(),
  merged_at: z.iso.datetime().nullable(),
  merge_commit_sha: z.string().nullable(),
  user: z.object({ login: z.string() }).nullable(),
  head: z.object({ sha: z.string(), ref: z.string() }),
  base: z.object({ ref: z.string(), repo: z.object({ id: z.number() }) }),
});
type Pull = z.output<typeof pullShape>;

/** Seconds may pass until GitHub knows what belongs to a fresh commit. */
export const LAG_PAUSES_MS = [1000, 2000, 3000];

/** One request each. A token of a workflow has a thousand an hour, for all runs of the repository together. */
const MOST_COMMITS = 300;
/** Some eight requests each. */
const MOST_PULLS = 60;

/** What the branch `branch` got after `since`, up to and with `tip`. */
export async function mergedSince(api: Api, job: Job, since: string, branch: string): Promise<Range> {
  const repository = pathOf(job);
  const status = await comparison(api, job, since);
  if (status !== 'ahead') return { ...NOTHING, ...(status !== 'identical' && { rewritten: true as const }) };
  const commits = await api.list(`${repository}/compare/${since}...${job.sha}`, commitShape, 'commits');
  const line = mainLine(commits, job.sha);
  if (line.length > MOST_COMMITS) return { ...NOTHING, tooMuch: `${line.length} commits` };
  const found = new Map<number, Merged>();
  const strays: string[] = [];
  for (const sha of line) {
    const pull = await pullOf(api, job, { sha, line, branch, patient: sha === job.sha });
    if (pull) found.set(pull.number, pull);
    else strays.push(sha);
  }
  if (found.size > MOST_PULLS) return { ...NOTHING, tooMuch: `${found.size} pull requests` };
  const pulls = [...found.values()].sort((a, b) => (a.mergedAt < b.mergedAt ? -1 : 1));
  // The commits of a rebase before its last one answer with the same pull request; all of them are then accounted for.
  return { pulls, strays };
}

const NOTHING: Range = { pulls: [], strays: [] };

/** How the tip stands to a commit, e.g. `ahead` of it; GitHub may not know the commit any more. */
export async function comparison(api: Api, job: Job, commit: string): Promise<string> {
  const path = `${pathOf(job)}/compare/${commit}...${job.sha}?per_page=1`;
  try {
    return (await api.get(path, z.object({ status: z.string() }))).status;
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return 'unknown';
    throw error;
  }
}

/** First parents only: what a merge brought in is the merge's. Newest first. */
function mainLine(commits: readonly z.output<typeof commitShape>[], tip: string): string[] {
  const known = new Map(commits.map((commit) => [commit.sha, commit]));
  const line: string[] = [];
  for (let at = known.get(tip); at; at = known.get(at.parents[0]?.sha ?? '')) {
    line.push(at.sha);
    known.delete(at.sha);
  }
  return line;
}

type Question = {
  readonly sha: string;
  readonly line: readonly string[];
  readonly branch: string;
  readonly patient: boolean;
};

async function pullOf(api: Api, job: Job, { sha, line, branch, patient }: Question): Promise<Merged | undefined> {
  for (const pause of [...(patient ? LAG_PAUSES_MS : []), undefined]) {
    const pulls = await api.list(`${pathOf(job)}/commits/${sha}/pulls`, pullShape);
    const merged = pulls.find((pull) => isMergedHere(pull, job, line, branch));
    if (merged) return mergedOf(merged);
    if (pause !== undefined) await api.wait(pause);
  }
  return undefined;
}

/** Merged into this branch of this repository, by a commit of this very range: an association alone proves nothing. */
function isMergedHere(pull: Pull, job: Job, line: readonly string[], branch: string): boolean {
  return (
    pull.merged_at !== null &&
    pull.base.ref === branch &&
    pull.base.repo.id === job.repositoryId &&
    line.includes(pull.merge_commit_sha ?? '')
  );
}

function mergedOf({ number, head, base, merged_at, merge_commit_sha, user }: Pull): Merged {
  return {
    number,
    head: { sha: head.sha, ref: head.ref },
    base: base.ref,
    mergedAt: merged_at ?? '',
    author: user?.login ?? '',
    commit: merge_commit_sha ?? '',
  };
}

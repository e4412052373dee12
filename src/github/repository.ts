/** What kind of repository is this, and how much may be published in it? */
import { z } from 'zod';
import { type Api, GitHubError } from './api.ts';
import type { Job } from './event.ts';

/** `full`: names, addresses and values; `counts`: numbers and salted digests. */
export type Publication = 'full' | 'counts';

export type Repository = {
  /** Absent when it could not be read. */
  readonly defaultBranch?: string;
  readonly visibility: 'public' | 'private' | 'internal' | 'unknown';
};

const shape = z.object({
  id: z.number(),
  default_branch: z.string(),
  visibility: z.enum(['public', 'private', 'internal']).optional(),
});

export function pathOf({ owner, repo }: Pick<Job, 'owner' | 'repo'>): string {
  return `/repos/${owner}/${repo}`;
}

export async function readRepository(api: Api, job: Job): Promise<Repository> {
  try {
    const { id, default_branch, visibility } = await api.get(pathOf(job), shape);
    const known = id === job.repositoryId ? visibility : undefined;
    return { defaultBranch: default_branch, visibility: known ?? 'unknown' };
  } catch (error) {
    if (error instanceof GitHubError) return { visibility: 'unknown' };
    throw error;
  }
}

/** Whoever cannot be sure that only members read along publishes numbers, unless told otherwise. */
export function publicationFor(asked: 'auto' | Publication, { visibility }: Repository): Publication {
  if (asked !== 'auto') return asked;
  return visibility === 'private' || visibility === 'internal' ? 'full' : 'counts';
}

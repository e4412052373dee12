/** Since when is a pull request's head approved by somebody who may write? https://docs.github.com/en/rest/pulls/reviews */
import { z } from 'zod';
import { type Api, GitHubError } from './api.ts';
import type { Job } from './event.ts';
import type { Merged } from './merged.ts';
import { pathOf } from './repository.ts';

const reviewShape = z.object({
  state: z.string(),
  user: z.object({ login: z.string() }).nullable(),
  commit_id: z.string().nullable(),
  submitted_at: z.iso.datetime().nullish(),
});
type Review = z.output<typeof reviewShape>;

/** The last such review, as ISO 8601; `undefined` when there is none. A later refusal of the same person takes it back. */
export async function approvedAt(api: Api, job: Job, pull: Merged): Promise<string | undefined> {
  const reviews = await api.list(`${pathOf(job)}/pulls/${pull.number}/reviews`, reviewShape);
  const times: string[] = [];
  for (const [login, review] of lastWords(reviews)) {
    const at = review.submitted_at;
    if (review.state !== 'APPROVED' || review.commit_id !== pull.head.sha || !at) continue;
    if (login !== pull.author && at <= pull.mergedAt && (await mayWrite(api, job, login))) times.push(at);
  }
  return times.sort().at(-1);
}

/** Comments change nobody's mind. */
function lastWords(reviews: readonly Review[]): ReadonlyMap<string, Review> {
  const decided = reviews.filter(({ state, user }) => user && state !== 'COMMENTED' && state !== 'PENDING');
  const inOrder = decided.sort((a, b) => ((a.submitted_at ?? '') < (b.submitted_at ?? '') ? -1 : 1));
  return new Map(inOrder.map((review) => [review.user?.login ?? '', review]));
}

/** GitHub knows no permission of a bot, or of somebody who is gone: 404. https://docs.github.com/en/rest/collaborators/collaborators */
async function mayWrite(api: Api, job: Job, login: string): Promise<boolean> {
  const shape = z.object({ permission: z.string() });
  try {
    const { permission } = await api.get(`${pathOf(job)}/collaborators/${encodeURIComponent(login)}/permission`, shape);
    return ['admin', 'maintain', 'write'].includes(permission);
  } catch (error) {
    if (error instanceof GitHubError && error.status === 404) return false;
    throw error;
  }
}

/** One comment for each purpose and state directory on a pull request, written again and again. */
import { z } from 'zod';
import { type Api, GitHubError } from './api.ts';
import type { Job } from './event.ts';
import { isMarked } from './marker.ts';
import { pathOf } from './repository.ts';

export type Comment = {
  /** The number of the pull request. */
  readonly on: number;
  readonly marker: string;
  readonly author: string;
  /** Without the marker. */
  readonly body: string;
};

const shape = z.object({
  id: z.number(),
  body: z.string().nullable(),
  user: z.object({ login: z.string() }).nullable(),
});
const ATTEMPTS = 3;

/**
 * Looks again before it posts again: an answer that was lost may have been a yes.
 *
 * @returns whose comment it is now
 */
export async function writeComment(api: Api, job: Job, comment: Comment): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writeOnce(api, job, comment);
    } catch (error) {
      const lost = error instanceof GitHubError && (error.status === 0 || error.status >= 500);
      if (!lost || attempt === ATTEMPTS) throw error;
      await api.wait(500 * attempt);
    }
  }
}

async function writeOnce(api: Api, job: Job, { on, marker, author, body }: Comment): Promise<string> {
  const issue = `${pathOf(job)}/issues`;
  const comments = await api.list(`${issue}/${on}/comments`, shape);
  const mine = comments.find((one) => one.user?.login === author && isMarked(one.body, marker));
  const text = { body: `${marker}\n${body}` };
  if (mine) {
    await api.send('PATCH', `${issue}/comments/${mine.id}`, text, z.unknown());
    return author;
  }
  const { user } = await api.send('POST', `${issue}/${on}/comments`, text, shape);
  return user?.login ?? author;
}

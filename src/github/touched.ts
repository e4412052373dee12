/** Does a pull request change what plans and applies it: the workflows, or the action itself where it lives here? */
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

const shape = z.object({ filename: z.string(), previous_filename: z.string().optional() });

/** GitHub lists no more than these. https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
const MOST_FILES = 3000;

/** The first such path; a list that may be cut off counts as touching everything. */
export async function touchedMachinery(
  api: Api,
  job: Pick<Job, 'owner' | 'repo' | 'ownAction'>,
  number: number,
): Promise<string | undefined> {
  const files = await api.list(`${pathOf(job)}/pulls/${number}/files`, shape);
  if (files.length >= MOST_FILES) return `${files.length} files or more`;
  const paths = files.flatMap(({ filename, previous_filename }) => [filename, previous_filename ?? filename]);
  return paths.find((path) => isMachinery(path, job.ownAction));
}

function isMachinery(path: string, ownAction: boolean): boolean {
  if (/^\.github\//i.test(path)) return true;
  return ownAction && /^(action\.ya?ml$|dist\/|package\.json$)/i.test(path);
}

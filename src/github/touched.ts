/** Does a pull request change what plans and applies it: the workflows, or the action itself where it lives here? */
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

const shape = z.object({ filename: z.string(), previous_filename: z.string().optional() });

/** GitHub lists no more than these. https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files */
const MOST_FILES = 3000;

/** Whether it changes anything in the directory of the state; a list that may be cut off counts as that. */
export async function touchesState(
  api: Api,
  job: Pick<Job, 'owner' | 'repo'>,
  number: number,
  state: string,
): Promise<boolean> {
  const { files, paths } = await changedPaths(api, job, number);
  return files >= MOST_FILES || paths.some((path) => path.startsWith(`${state}/`));
}

/** The first such path; a list that may be cut off counts as touching everything. */
export async function touchedMachinery(
  api: Api,
  job: Pick<Job, 'owner' | 'repo' | 'ownAction'>,
  number: number,
): Promise<string | undefined> {
  const { files, paths } = await changedPaths(api, job, number);
  if (files >= MOST_FILES) return `${files} files or more`;
  return paths.find((path) => isMachinery(path, job.ownAction));
}

/** How many files, and their paths: old names as well as new ones. */
async function changedPaths(
  api: Api,
  job: Pick<Job, 'owner' | 'repo'>,
  number: number,
): Promise<{ readonly files: number; readonly paths: readonly string[] }> {
  const files = await api.list(`${pathOf(job)}/pulls/${number}/files`, shape);
  const paths = files.flatMap(({ filename, previous_filename: old }) => [
    filename,
    ...(old === undefined ? [] : [old]),
  ]);
  return { files: files.length, paths };
}

function isMachinery(path: string, ownAction: boolean): boolean {
  if (/^\.github\//i.test(path)) return true;
  return ownAction && /^(action\.ya?ml$|dist\/|package\.json$)/i.test(path);
}

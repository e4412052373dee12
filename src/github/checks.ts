/** A check run with annotations on the lines of the state. https://docs.github.com/en/rest/checks/runs */
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';

/** On a line of a file; plain text. */
export type Annotation = {
  readonly path: string;
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
};

export type Check = {
  readonly name: string;
  readonly sha: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  /** Markdown, up to 65,535 characters. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
};

/** GitHub takes fifty at a time. */
const AT_ONCE = 50;
/** Beyond these nobody reads them one by one; the comment counts them all. */
export const MOST_ANNOTATIONS = 200;

export async function writeCheck(api: Api, job: Job, check: Check): Promise<void> {
  const { name, sha, conclusion, title, summary, annotations } = check;
  const runs = `${pathOf(job)}/check-runs`;
  const shown = annotations.slice(0, MOST_ANNOTATIONS);
  const output = (from: number) => ({ title, summary, annotations: shown.slice(from, from + AT_ONCE).map(asGitHub) });
  const first = { name, head_sha: sha, status: 'completed', conclusion, details_url: job.url, output: output(0) };
  const { id } = await api.send('POST', runs, first, z.object({ id: z.number() }));
  for (let from = AT_ONCE; from < shown.length; from += AT_ONCE)
    await api.send('PATCH', `${runs}/${id}`, { output: output(from) }, z.unknown());
}

function asGitHub({ path, line, level, title, message }: Annotation) {
  return { path, start_line: line, end_line: line, annotation_level: level, title, message };
}

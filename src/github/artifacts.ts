/** Files that earlier runs left. GitHub says which run an artifact belongs to; its content is checked by its digest. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TrueupError } from '../model/problem.ts';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { pathOf } from './repository.ts';
import { readEntries, readEntry } from './zip.ts';

const artifactShape = z.object({
  id: z.number(),
  name: z.string(),
  expired: z.boolean(),
  created_at: z.iso.datetime(),
  /** Of the archive: `sha256:…`; older servers do not tell. */
  digest: z.string().nullish(),
  workflow_run: z
    .object({
      id: z.number(),
      repository_id: z.number(),
      head_repository_id: z.number(),
      head_branch: z.string().nullable(),
      head_sha: z.string(),
    })
    .nullish(),
});
export type Artifact = z.output<typeof artifactShape>;

const LARGEST = 64 * 1024 * 1024;

export async function artifactsOfRun(api: Api, job: Job, run: number): Promise<Artifact[]> {
  return api.list(`${pathOf(job)}/actions/runs/${run}/artifacts`, artifactShape, 'artifacts');
}

/** Anybody's fork may leave artifacts under any name: these many are looked through for those that count. */
const MOST_PAGES = 30;

/** Those that count, newest first; no more than `most`. */
export async function artifactsNamed(
  api: Api,
  job: Job,
  name: string,
  { counts, most }: { readonly counts: (artifact: Artifact) => boolean; readonly most: number },
): Promise<Artifact[]> {
  const shape = z.object({ artifacts: artifactShape.array() });
  const found: Artifact[] = [];
  for (let page = 1; page <= MOST_PAGES && found.length < most; page += 1) {
    const query = `per_page=${PER_PAGE}&page=${page}&name=${encodeURIComponent(name)}`;
    const { artifacts } = await api.get(`${pathOf(job)}/actions/artifacts?${query}`, shape);
    found.push(...artifacts.filter(counts));
    if (artifacts.length < PER_PAGE) break;
  }
  return found.slice(0, most).sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
}

const PER_PAGE = 100;

/** Left by a run of this repository's own branch of that name. */
export function isOfBranch({ workflow_run: of }: Artifact, { repositoryId }: Job, branch: string): boolean {
  return of?.head_branch === branch && of.repository_id === repositoryId && of.head_repository_id === repositoryId;
}

/** The text of one file in it. @throws TrueupError `artifact-damaged`, `not-a-zip` */
export async function readArtifact(api: Api, job: Job, artifact: Artifact, file: string): Promise<string> {
  return readEntry(await downloadArtifact(api, job, artifact), file, LARGEST).toString('utf8');
}

/** Path → text of every file in it. @throws TrueupError `artifact-damaged`, `not-a-zip` */
export async function readArtifactFiles(api: Api, job: Job, artifact: Artifact): Promise<ReadonlyMap<string, string>> {
  const entries = readEntries(await downloadArtifact(api, job, artifact), LARGEST);
  return new Map([...entries].map(([name, content]) => [name, content.toString('utf8')]));
}

async function downloadArtifact(api: Api, job: Job, artifact: Artifact): Promise<Buffer> {
  const zip = await api.download(`${pathOf(job)}/actions/artifacts/${artifact.id}/zip`, LARGEST);
  const found = `sha256:${createHash('sha256').update(zip).digest('hex')}`;
  if (artifact.digest && artifact.digest !== found) {
    throw new TrueupError({
      code: 'artifact-damaged',
      message: `artifact ${artifact.id} is not what was uploaded: its digest differs`,
      advice: 'let the plan run again; if it stays so, look at what stands between the runner and GitHub',
    });
  }
  return zip;
}

/** Parts as files: read from the directory that the workflow downloaded them to, written for it to upload. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reason } from '../../../model/problem.ts';
import { TrueupError } from '../../../model/problem.ts';
import { sha256 } from '../../../plan/digest.ts';
import type { Shard } from '../../../plan/shard.ts';
import { usageError } from '../../io.ts';
import { parseShard } from '../../options.ts';
import { type Desk, type Ending, writeFiles } from '../desk.ts';
import type { Ordered } from './ends.ts';
import { doNotFit, misfitsOf } from './fit.ts';
import { type AccountsPart, type Content, type Origin, ofKind, type Part } from './part.ts';
import { parsePart } from './part-shapes.ts';

export async function originOf({ event, job, inputs, slug, clone }: Desk): Promise<Origin> {
  const head = event.kind === 'pull' ? event.head.sha : event.kind === 'queue' ? event.head : job.sha;
  const { repositoryId: repository, run, sha: commit } = job;
  return { repository, run, commit, head, tree: await clone.treeOf('HEAD'), state: inputs.state, slug };
}

/**
 * A part has the values of its accounts in full, and whoever may read a repository can download what its runs leave.
 *
 * @throws TrueupError `shares-are-public`
 */
export function refusePublic({ publication }: Pick<Desk, 'publication'>): void {
  if (publication === 'full') return;
  throw new TrueupError({
    code: 'shares-are-public',
    message: 'shares hand on all values as artifacts, and here only numbers may be published',
    advice: 'plan on one machine, or say "publish: full" if everybody who can read the repository may read them',
  });
}

/** Everything in the directory, whichever artifact it came from. @throws TrueupError `shares-do-not-fit` */
export async function readParts({ inputs, publication }: Desk): Promise<readonly Part[]> {
  refusePublic({ publication });
  const { parts: directory } = inputs;
  if (directory === undefined)
    throw usageError('the input "parts" is missing', 'name the directory that parts of this run were downloaded to');
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
  const read = files.map(async ({ parentPath, name }) => ({
    name,
    part: parsePart(await readFile(join(parentPath, name), 'utf8')),
  }));
  const all = await Promise.all(read);
  const strange = all.filter(({ part }) => !part).map(({ name }) => `${name} is no part that this version can read`);
  if (strange.length > 0) throw doNotFit(strange);
  return all.flatMap(({ part }) => part ?? []);
}

/** The one list of accounts, and what stands for it. @throws TrueupError `shares-do-not-fit` */
export function listedIn(parts: readonly Part[], here: Origin): { accounts: Part<AccountsPart>; list: string } {
  const accounts = onlyOne(parts, 'accounts', here, 'the list of accounts');
  return { accounts, list: digestOfPart(accounts) };
}

/** What was decided over the whole. @throws TrueupError `shares-do-not-fit` */
export function orderIn(parts: readonly Part[], here: Origin): Ordered {
  const order = onlyOne(parts, 'order', here, 'the order');
  return { order, digest: digestOfPart(order) };
}

function onlyOne<Kind extends Content['kind']>(
  parts: readonly Part[],
  kind: Kind,
  here: Origin,
  name: string,
): Extract<Part, { kind: Kind }> {
  const [one, second] = ofKind(parts, kind);
  if (!one) throw doNotFit([`${name} is missing${whyNone(parts)}`]);
  const faults = [...(second ? ['is there twice'] : []), ...misfitsOf(one, here)];
  if (faults.length === 0) return one;
  throw doNotFit(faults.map((how) => `${name} ${how}`));
}

function whyNone(parts: readonly Part[]): string {
  const failed = ofKind(parts, 'failed').find(({ share }) => !share);
  return failed ? `: ${failed.reason.message} (${failed.reason.code})` : '';
}

/** Stands for a part, with all that is in it. */
export function digestOfPart(part: Part): string {
  return sha256(part);
}

/** @throws TrueupError `usage` */
export function shardOfJob({ inputs }: Pick<Desk, 'inputs'>): Shard {
  const shard = parseShard(inputs.shard);
  if (shard) return shard;
  throw usageError('the input "shard" is missing', 'say which share this job takes, e.g. 3/8');
}

/** Parts of the first half of a run, up to the plan; and those of carrying it out. */
export type Stage = 'planning' | 'applying';

/** @returns what the workflow uploads */
export async function leavePart(desk: Desk, stage: Stage, content: Content): Promise<Ending['outputs']> {
  const part: Part = { format: 'trueup-part/1', origin: await originOf(desk), ...content };
  const name = fileName(desk, content);
  return {
    'artifact-name': `trueup-${stage}-${desk.slug}-${name}`,
    'artifact-path': await writeFiles(desk, `part-${name}`, { [`${stage}-${name}.json`]: part }, 0),
  };
}

/** Of the share, so that what an earlier attempt left there is overwritten by this one's, also by why it failed. */
function fileName({ inputs }: Desk, { kind }: Content): string {
  if (inputs.shard !== undefined) return inputs.shard.replace('/', '-of-');
  return kind === 'failed' ? 'accounts' : kind;
}

/** A share that fails says why to the job that waits for it; if it cannot even do that, it is missing there. */
export async function leaveFailure(desk: Desk, reason: Reason): Promise<Ending['outputs']> {
  const { event, inputs } = desk;
  const { mode, shard } = inputs;
  if (desk.publication !== 'full' || (shard === undefined && mode !== 'accounts')) return {};
  try {
    const share = parseShard(shard);
    const content: Content = { kind: 'failed', reason, ...(share && { share }) };
    const applies = mode === 'apply' || (mode === 'auto' && (event.kind === 'push' || event.kind === 'dispatch'));
    return await leavePart(desk, applies ? 'applying' : 'planning', content);
  } catch {
    return {};
  }
}

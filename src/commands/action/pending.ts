/**
 * What nobody has approved yet: one issue with one digest, and the record that the digest stands for. A person approves
 * it by running the apply workflow with that digest, in an environment that says who may.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Artifact, artifactsNamed, isOfBranch, readArtifact } from '../../github/artifacts.ts';
import { findIssue, type Issue, type Memory, type Wanted, writeIssue } from '../../github/issue.ts';
import { markerOf } from '../../github/marker.ts';
import { type Pending, parsePending, recordPending } from '../../github/record.ts';
import { pathOf } from '../../github/repository.ts';
import { footer, ISSUE_BUDGET, pendingText, reasonText } from '../../github/text.ts';
import type { Plan } from '../../model/plan.ts';
import { TrueupError } from '../../model/problem.ts';
import { countPlan, isClean } from '../../render/counts.ts';
import { forTerminal } from '../../render/escape.ts';
import { type Desk, type Ending, tryTo, warnOfAuthor, writeFiles } from './desk.ts';

const RECORD_FILE = 'pending.json';

export type Remembered = {
  readonly found: Issue | undefined;
  readonly memory: Memory;
  /** Whether GitHub said at all which issue there is: a second one would be worse than none. */
  readonly known: boolean;
};

/** The issue as it is, with a salt that stays the same for as long as it lives. */
export async function recall(desk: Desk): Promise<Remembered> {
  const { api, job, slug, inputs, publication } = desk;
  const where = { marker: markerOf('pending', slug), author: inputs['comment-author'] };
  const looked = await tryTo('look for the issue', desk, async () => ({ issue: await findIssue(api, job, where) }));
  const found = looked?.issue;
  // Where names may be published a salt would hide nothing, and digests are then the same wherever they are computed.
  const salt = publication === 'full' ? '' : found?.memory?.salt || randomBytes(16).toString('hex');
  return { found, known: looked !== undefined, memory: { salt, healed: found?.memory?.healed ?? {} } };
}

export type Left = { readonly plan: Plan; readonly remarks: readonly string[]; readonly branch: string };

/** Writes the issue and the record, or closes the issue when nothing is left. */
export async function tellPending(
  desk: Desk,
  { plan, remarks, branch }: Left,
  recalled: Remembered,
): Promise<Ending['outputs']> {
  const { job, inputs, publication } = desk;
  const counts = countPlan(plan);
  const record = recordPending(plan, plan.cells, inputs.state, recalled.memory.salt);
  const approvable = counts.change > 0;
  const text = pendingText(
    {
      plan,
      branch,
      commit: job.sha.slice(0, 12),
      workflow: fileName(applyWorkflow(desk)),
      remarks,
      ...(approvable && { digest: record.digest }),
    },
    { publication, salt: recalled.memory.salt, budget: ISSUE_BUDGET, run: job.url },
  );
  const title = titled(`${counts.change} to change, ${counts.held} held, ${counts.unread} unread`, inputs);
  const wanted = {
    marker: markerOf('pending', desk.slug),
    title,
    body: text,
    memory: recalled.memory,
    open: !isClean(counts) || remarks.length > 0,
  };
  const number = await keepIssue(desk, recalled, wanted);
  return {
    ...(number !== undefined && { issue: String(number) }),
    ...(approvable && {
      'pending-digest': record.digest,
      'pending-name': artifactName(record.digest),
      'pending-path': await writeFiles(desk, 'pending', { [RECORD_FILE]: record }),
    }),
  };
}

/** A run that failed leaves the issue open: nobody may take silence for clean. */
export async function tellFailure(desk: Desk, error: TrueupError): Promise<void> {
  const { job, publication, inputs, slug } = desk;
  const { code, message, advice } = error;
  const reason = { code, message, ...(advice !== undefined && { advice }) };
  const recalled = await recall(desk);
  const wanted = {
    marker: markerOf('pending', slug),
    title: titled('the run failed', inputs),
    body: `${reasonText('The run failed: nothing is known', reason, { publication })}${footer(`of ${job.sha.slice(0, 12)}`, job.url)}`,
    memory: recalled.memory,
    open: true,
  };
  await keepIssue(desk, recalled, wanted);
}

/** GitHub takes 256 characters. */
function titled(what: string, { state }: Desk['inputs']): string {
  return forTerminal(`Trueup: ${what} (${state})`, 200);
}

async function keepIssue(desk: Desk, { found, known }: Remembered, wanted: Wanted): Promise<number | undefined> {
  if (!known) return undefined;
  const written = await tryTo('write the issue', desk, () => writeIssue(desk.api, desk.job, found, wanted));
  warnOfAuthor(desk, written?.by);
  return written?.number;
}

/** What a digest stands for; `undefined` when it is not kept any more, and nothing that is there now has it. */
export async function findPending(desk: Desk, digest: string, now: Plan): Promise<Pending | undefined> {
  return (await keptPending(desk, digest)) ?? pendingOf(desk, digest, now);
}

const MOST_LOOKED_AT = 20;

/** Left by a run for a commit of the default branch: somebody else may have had the digest written into the issue. */
async function keptPending(desk: Desk, digest: string): Promise<Pending | undefined> {
  const { api, job, inputs, repository } = desk;
  const branch = repository.defaultBranch ?? '';
  const counts = (artifact: Artifact): boolean => !artifact.expired && isOfBranch(artifact, job, branch);
  for (const artifact of await artifactsNamed(api, job, artifactName(digest), { counts, most: MOST_LOOKED_AT })) {
    if (!(await isOfMain(desk, artifact))) continue;
    const text = await readArtifact(api, job, artifact, RECORD_FILE).catch((error: unknown) => {
      if (error instanceof TrueupError && error.code !== 'github-refused') return '';
      throw error;
    });
    const record = parsePending(text);
    if (record?.digest === digest && record.state === inputs.state) return record;
  }
  return undefined;
}

const runShape = z.object({ event: z.string() });

/** A pull request's branch, or a tag, may be called like the default branch. */
async function isOfMain({ api, job, clone }: Desk, { workflow_run: of }: Artifact): Promise<boolean> {
  if (!of || !(await clone.isAncestor(of.head_sha, 'HEAD'))) return false;
  const { event } = await api.get(`${pathOf(job)}/actions/runs/${of.id}`, runShape);
  return event === 'push' || event === 'workflow_dispatch' || event === 'schedule';
}

/** Nothing was kept, but the plan is still exactly the same; or the digest is the plan's own, which names no users. */
async function pendingOf(desk: Desk, digest: string, now: Plan): Promise<Pending | undefined> {
  const { memory } = await recall(desk);
  const record = recordPending(now, now.cells, desk.inputs.state, memory.salt);
  if (record.digest === digest) return record;
  const unseen = now.cells.map((cell) => ({ ...cell, evidence: [] }));
  return now.digest === digest ? recordPending(now, unseen, desk.inputs.state, memory.salt) : undefined;
}

function artifactName(digest: string): string {
  return `trueup-pending-${digest.slice('sha256:'.length, 'sha256:'.length + 32)}`;
}

/** A workflow that looks on a schedule takes no digest; the one that applies does. */
function applyWorkflow({ event, inputs, job }: Desk): string {
  return event.kind === 'schedule' || inputs.mode === 'drift' ? inputs['apply-workflow'] : job.workflow;
}

function fileName(workflow: string): string {
  return workflow.split('/').at(-1) ?? workflow;
}

/**
 * For which base was a run of a pull request's head made? GitHub does not say: a run names its head, while its workflow
 * is the one of the merge of head and base. Whoever may push can have a branch of their own as a base, with a workflow
 * of their own. So a run counts only if no other base is possible.
 */
import { z } from 'zod';
import type { Reason } from '../model/problem.ts';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import type { Merged } from './merged.ts';
import { pathOf } from './repository.ts';

/** When a run was begun, as ISO 8601: running it again later does not change for which base it runs. */
export type Begun = { readonly created_at: string };

/** An event may take so long to become a run. */
const LATE_MS = 2 * 60_000;

/** Why it cannot be told that a run was made for the base that was merged into; `undefined` when it can. */
export async function doubtOfBase(api: Api, job: Job, pull: Merged, run: Begun): Promise<Reason | undefined> {
  const changed = await changesOfBase(api, job, pull.number);
  if (changed.some((at) => began(run) <= Date.parse(at) + LATE_MS)) return RETARGETED;
  const others = await pullsOfBranch(api, job, pull);
  for (const other of others.filter((one) => mayHaveBegun(one, pull, run))) {
    const elsewhere = other.base.ref !== pull.base || (await changesOfBase(api, job, other.number)).length > 0;
    if (elsewhere) return sharedHead(other.number);
  }
  return undefined;
}

function began({ created_at }: Begun): number {
  return Date.parse(created_at);
}

/** https://docs.github.com/en/rest/using-the-rest-api/issue-event-types */
const CHANGES = ['base_ref_changed', 'automatic_base_change_succeeded', 'automatic_base_change_failed'];

async function changesOfBase(api: Api, job: Job, number: number): Promise<string[]> {
  const shape = z.object({ event: z.string(), created_at: z.string() });
  const events = await api.list(`${pathOf(job)}/issues/${number}/events`, shape);
  return events.filter(({ event }) => CHANGES.includes(event)).map(({ created_at }) => created_at);
}

const pullShape = z.object({
  number: z.int().positive(),
  created_at: z.iso.datetime(),
  /** `null` while it is open. */
  closed_at: z.iso.datetime().nullable(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: z.object({ id: z.number() }).nullable() }),
  base: z.object({ ref: z.string() }),
});
type Other = z.output<typeof pullShape>;

/** Other pull requests of the same branch, open or not. */
async function pullsOfBranch(api: Api, job: Job, { number, head: { ref } }: Merged): Promise<Other[]> {
  const query = `state=all&head=${encodeURIComponent(`${job.owner}:${ref}`)}`;
  const pulls = await api.list(`${pathOf(job)}/pulls?${query}`, pullShape);
  return pulls.filter(
    ({ number: other, head }) => other !== number && head.ref === ref && head.repo?.id === job.repositoryId,
  );
}

/** One that is closed still begins runs when it is labelled, but for the head that it was closed with. */
function mayHaveBegun({ created_at, closed_at, head }: Other, pull: Merged, run: Begun): boolean {
  if (Date.parse(created_at) > began(run)) return false;
  return closed_at === null || head.sha === pull.head.sha || began(run) <= Date.parse(closed_at) + LATE_MS;
}

const RETARGETED: Reason = {
  code: 'plan-not-trusted',
  message:
    'its last plan was begun before its base changed or within two minutes of that: it may have been made for the other base, by that workflow',
  advice: 'close and reopen a pull request some minutes after its base changed, so that it is planned again',
};

function sharedHead(other: number): Reason {
  return {
    code: 'plan-not-trusted',
    message: `#${other} is of the same branch and has or had another base: its last plan may have been made there, by the workflow of that base`,
    advice: 'give each pull request a branch of its own; approve the pending plan by its digest',
  };
}

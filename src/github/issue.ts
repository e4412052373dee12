/**
 * The one issue of a state directory: what waits for approval. Written in place, closed when nothing is left, opened
 * again when something is. It also remembers how often drift has been healed, in a block that only programs read.
 */
import { z } from 'zod';
import type { Api } from './api.ts';
import type { Job } from './event.ts';
import { isMarked } from './marker.ts';
import { pathOf } from './repository.ts';

export type Memory = {
  /** Makes digests of a public issue differ from those of any other; kept, so that they stay the same in this one. */
  readonly salt: string;
  /** Salted cell → how often it was healed, and the day of the last time. */
  readonly healed: { readonly [cell: string]: { readonly times: number; readonly last: string } };
};

export type Issue = { readonly number: number; readonly open: boolean; readonly memory?: Memory };

const memoryShape = z.object({
  salt: z.string().regex(/^[0-9a-f]{0,64}$/),
  healed: z.record(
    z.string().regex(/^[0-9a-f]{16}$/),
    z.object({ times: z.int().min(0).max(1000), last: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) }),
  ),
});
const shape = z.object({
  number: z.number(),
  state: z.string(),
  body: z.string().nullable(),
  user: z.object({ login: z.string() }).nullable(),
  pull_request: z.unknown().optional(),
});

/** As many as fit beside the text: an issue has 65,536 characters. */
export const MOST_REMEMBERED = 300;

const BLOCK = /<!-- trueup:memory ([\w+/=]+) -->/;

/** The oldest of the marked ones, whether it is open or not. */
export async function findIssue(
  api: Api,
  job: Job,
  { marker, author }: { readonly marker: string; readonly author: string },
): Promise<Issue | undefined> {
  const found = await api.list(
    `${pathOf(job)}/issues?state=all&creator=${encodeURIComponent(author)}&sort=created&direction=asc`,
    shape,
  );
  const mine = found.find(
    (one) => one.pull_request === undefined && one.user?.login === author && isMarked(one.body, marker),
  );
  if (!mine) return undefined;
  const memory = readMemory(mine.body ?? '');
  return { number: mine.number, open: mine.state === 'open', ...(memory && { memory }) };
}

/** Everybody who may write an issue may have written this: what does not fit is taken as absent. */
function readMemory(body: string): Memory | undefined {
  const text = BLOCK.exec(body)?.[1];
  if (text === undefined) return undefined;
  try {
    return memoryShape.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  } catch {
    return undefined;
  }
}

export type Wanted = {
  readonly marker: string;
  readonly title: string;
  readonly body: string;
  readonly memory: Memory;
  readonly open: boolean;
};

export type Written = {
  /** Absent when there is none and none is needed: a closed one may still have to remember. */
  readonly number?: number;
  /** Whose it is, if it is new. */
  readonly by?: string;
};

export async function writeIssue(api: Api, job: Job, found: Issue | undefined, wanted: Wanted): Promise<Written> {
  const remembers = Object.keys(wanted.memory.healed).length > 0;
  if (!wanted.open && !found?.open && !remembers) return found ? { number: found.number } : {};
  const block = Buffer.from(JSON.stringify(wanted.memory)).toString('base64');
  const text = { title: wanted.title, body: `${wanted.marker}\n${wanted.body}\n<!-- trueup:memory ${block} -->\n` };
  const issues = `${pathOf(job)}/issues`;
  const answer = z.object({ number: z.number(), user: z.object({ login: z.string() }).nullable() });
  const make = async () => {
    const { number, user } = await api.send('POST', issues, text, answer);
    return { number, open: true, by: user?.login };
  };
  const issue: Issue & { readonly by?: string | undefined } = found ?? (await make());
  if (found || !wanted.open) {
    const turned = { state_reason: wanted.open ? 'reopened' : 'completed' };
    const state = { state: wanted.open ? 'open' : 'closed', ...(issue.open !== wanted.open && turned) };
    await api.send('PATCH', `${issues}/${issue.number}`, { ...text, ...state }, answer);
  }
  return { number: issue.number, ...(issue.by !== undefined && { by: issue.by }) };
}

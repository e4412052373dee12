/**
 * What happened on GitHub, and where does this run stand? Read from the runner's environment and the event's file;
 * whoever opens a pull request decides much of what is in it, so only what is needed is taken, and checked.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TrueupError } from '../model/problem.ts';

export type Event =
  | {
      readonly kind: 'pull';
      readonly number: number;
      readonly head: { readonly sha: string; readonly ref: string };
      readonly base: { readonly sha: string; readonly ref: string };
      /** From another repository: no secrets, a token that only reads, and nobody to trust. */
      readonly fork: boolean;
    }
  | { readonly kind: 'queue'; readonly head: string; readonly base: string }
  /** `before` is absent for the first push of a branch. */
  | { readonly kind: 'push'; readonly before?: string }
  | { readonly kind: 'dispatch' }
  | { readonly kind: 'schedule' };

/** Where a run stands. */
export type Job = {
  readonly owner: string;
  readonly repo: string;
  readonly repositoryId: number;
  /** The commit the workflow runs for. */
  readonly sha: string;
  /** `refs/heads/main` → `main`; absent for other refs. */
  readonly branch?: string;
  readonly run: number;
  readonly attempt: number;
  /** `.github/workflows/trueup-apply.yml` */
  readonly workflow: string;
  readonly url: string;
  readonly api: string;
  /** The action is part of this very repository: then its files decide as much as a workflow does. */
  readonly ownAction: boolean;
};

type Environment = Readonly<Record<string, string | undefined>>;

const sha = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/);
const side = z.object({ sha, ref: z.string(), repo: z.object({ id: z.number() }).nullable() });
const repository = z.object({ id: z.number() });
const shapes = {
  pull: z.object({ repository, pull_request: z.object({ number: z.int().positive(), head: side, base: side }) }),
  queue: z.object({ merge_group: z.object({ head_sha: sha, base_sha: sha }) }),
  push: z.object({ before: sha }),
};

/** @throws TrueupError `not-on-github`, `unknown-event`, `pull-request-target` */
export async function readEvent(env: Environment): Promise<Event> {
  const name = env.GITHUB_EVENT_NAME;
  if (name === 'pull_request_target' || name === 'workflow_run') throw untrusted(name);
  if (name === 'workflow_dispatch') return { kind: 'dispatch' };
  if (name === 'schedule') return { kind: 'schedule' };
  const payload = await readPayload(env.GITHUB_EVENT_PATH);
  if (name === 'pull_request') return pull(shaped(shapes.pull, payload));
  if (name === 'push') {
    const { before } = shaped(shapes.push, payload);
    return { kind: 'push', ...(!/^0+$/.test(before) && { before }) };
  }
  if (name === 'merge_group') {
    const { merge_group: group } = shaped(shapes.queue, payload);
    return { kind: 'queue', head: group.head_sha, base: group.base_sha };
  }
  throw new TrueupError({
    code: 'unknown-event',
    message: `nothing is known about the event ${JSON.stringify(name ?? '')}`,
    advice: 'run on pull_request, merge_group, push, schedule or workflow_dispatch',
  });
}

function pull({ repository: { id }, pull_request: { number, head, base } }: z.output<typeof shapes.pull>): Event {
  return {
    kind: 'pull',
    number,
    head: { sha: head.sha, ref: head.ref },
    base: { sha: base.sha, ref: base.ref },
    fork: head.repo?.id !== id,
  };
}

const jobShape = z.object({
  GITHUB_REPOSITORY: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
  GITHUB_REPOSITORY_ID: z.coerce.number().int().positive(),
  GITHUB_SHA: sha,
  GITHUB_REF: z.string(),
  GITHUB_RUN_ID: z.coerce.number().int().positive(),
  GITHUB_RUN_ATTEMPT: z.coerce.number().int().positive().default(1),
  GITHUB_WORKFLOW_REF: z.string(),
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  GITHUB_SERVER_URL: z.url().default('https://github.com'),
  GITHUB_ACTION_REPOSITORY: z.string().default(''),
});

/** @throws TrueupError `not-on-github` */
export function readJob(env: Environment): Job {
  const parsed = jobShape.safeParse(env);
  if (!parsed.success) {
    throw new TrueupError({
      code: 'not-on-github',
      message: `this is not a job of GitHub Actions: ${parsed.error.issues[0]?.path.join('.')} is missing or odd`,
      advice: 'on other machines use the command line: "trueup plan", "trueup apply"',
    });
  }
  const { data } = parsed;
  const [owner = '', repo = ''] = data.GITHUB_REPOSITORY.split('/');
  const branch = /^refs\/heads\/(.+)$/.exec(data.GITHUB_REF)?.[1];
  return {
    owner,
    repo,
    repositoryId: data.GITHUB_REPOSITORY_ID,
    sha: data.GITHUB_SHA,
    ...(branch !== undefined && { branch }),
    run: data.GITHUB_RUN_ID,
    attempt: data.GITHUB_RUN_ATTEMPT,
    workflow: data.GITHUB_WORKFLOW_REF.slice(`${owner}/${repo}/`.length).split('@')[0] ?? '',
    url: `${data.GITHUB_SERVER_URL}/${owner}/${repo}/actions/runs/${data.GITHUB_RUN_ID}`,
    api: data.GITHUB_API_URL.replace(/\/$/, ''),
    ownAction: data.GITHUB_ACTION_REPOSITORY === '' || data.GITHUB_ACTION_REPOSITORY === data.GITHUB_REPOSITORY,
  };
}

async function readPayload(path: string | undefined): Promise<unknown> {
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shaped<Shape>(shape: z.ZodType<Shape>, payload: unknown): Shape {
  const parsed = shape.safeParse(payload);
  if (parsed.success) return parsed.data;
  throw new TrueupError({
    code: 'not-on-github',
    message: `the event's file is not as GitHub writes it (at ${parsed.error.issues[0]?.path.join('.')})`,
    advice: 'let a workflow start the action; it is not meant to be started by hand',
  });
}

/** These run with secrets although somebody else's code may be checked out. */
function untrusted(name: string): TrueupError {
  return new TrueupError({
    code: 'pull-request-target',
    message: `Trueup does not run on ${name}: it would bring credentials to the code of a stranger`,
    advice: 'use "on: pull_request"; a pull request from a fork is validated there, without credentials',
  });
}

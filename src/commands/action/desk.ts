/** Everything one run of the action works with, and what it ends with. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Api, GitHubError, openApi } from '../../github/api.ts';
import type { Annotation } from '../../github/checks.ts';
import { type Clone, openClone } from '../../github/commit-files.ts';
import { type Event, type Job, readEvent, readJob } from '../../github/event.ts';
import type { Git } from '../../github/git.ts';
import { slugOf } from '../../github/marker.ts';
import { type Publication, publicationFor, type Repository, readRepository } from '../../github/repository.ts';
import type { Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import { countPlan } from '../../render/counts.ts';
import { forTerminal } from '../../render/escape.ts';
import type { Io } from '../io.ts';
import { writeWhole } from '../write-whole.ts';
import type { Inputs } from './inputs.ts';

export type Desk = {
  readonly inputs: Inputs;
  /** Where only numbers are published, it says nothing: what it is told names accounts, roles and buckets. */
  readonly io: Io;
  /** For a line of the log that everybody may read. */
  tell(text: string): void;
  readonly event: Event;
  readonly job: Job;
  readonly api: Api;
  readonly repository: Repository;
  /** Directory with what is checked out, where the path of the state begins. */
  readonly checkout: string;
  readonly clone: Clone;
  readonly publication: Publication;
  /** Of the state directory and the fleet. */
  readonly slug: string;
  /** Sets an output at once: it is there even if this process is killed. */
  setOutput(name: string, value: string): void;
};

/** What the runner of a job gives to one step of it. */
export type Step = Pick<Desk, 'io' | 'checkout' | 'setOutput'> & {
  /** An input of the action; empty where there is none. */
  input(name: string): string;
  /** In the checkout. */
  readonly git: Git;
  /** Lets time pass, in milliseconds, where GitHub does not know yet or is too busy. */
  wait(ms: number): Promise<void>;
};

/** A change that somebody proposes. */
export type Reviewable = Desk & { readonly event: Extract<Event, { kind: 'pull' | 'queue' }> };

export type Ending = {
  readonly outputs: { readonly [name: string]: string };
  /** Markdown for the summary of the step. */
  readonly summary?: string;
  /** Told as workflow commands: on lines of the state. */
  readonly annotations?: readonly Annotation[];
  /** Why the step fails. */
  readonly failure?: Reason;
};

export async function openDesk(inputs: Inputs, { io, checkout, git, setOutput, wait }: Step): Promise<Desk> {
  const job = readJob(io.env);
  const event = await readEvent(io.env);
  const api = openApi({ url: job.api, token: inputs.token, wait });
  const repository = await readRepository(api, job);
  const publication = publicationFor(inputs.publish, repository);
  const slug = slugOf(inputs.state, inputs.fleet);
  const tell = (text: string): void => io.say(text);
  const clone = openClone(git);
  const place = { repository, publication, slug, checkout, clone };
  return { inputs, io: heldBack(io, publication), tell, event, job, api, ...place, setOutput };
}

/** Progress are numbers. */
function heldBack(io: Io, publication: Publication): Io {
  return publication === 'full' ? io : { ...io, say: () => {}, result: () => {} };
}

/** A comment that cannot be written is a pity; a plan that is lost because of it would be worse. */
export async function tryTo<Result>(
  what: string,
  { tell }: Pick<Desk, 'tell'>,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    tell(`warning: could not ${what}: ${forTerminal(error.message, 300)}${error.advice ? ` (${error.advice})` : ''}`);
    return undefined;
  }
}

/** With a token of somebody else's than expected, each run would post anew instead of finding what the last one posted. */
export function warnOfAuthor({ tell, inputs }: Pick<Desk, 'tell' | 'inputs'>, by: string | undefined): void {
  const author = inputs['comment-author'];
  if (by === undefined || by === author) return;
  const name = forTerminal(by, 60);
  tell(
    `warning: posted as ${name}, but looked for as ${author}: the next run will post anew (set "comment-author: ${name}")`,
  );
}

/** How AWS is asked, as the inputs say. */
export function optionsOf({ inputs }: Pick<Desk, 'inputs'>) {
  return {
    allowEndpoint: inputs['allow-endpoint'],
    allowUserCredentials: inputs['allow-user-credentials'],
    ...(inputs.only !== undefined && { only: inputs.only }),
    ...(inputs.shard !== undefined && { shard: inputs.shard }),
    ...(inputs.identity !== undefined && { identity: inputs.identity }),
  };
}

export function countOutputs(plan: Plan): Ending['outputs'] {
  const { change, held, unread, inState, loosens, unclear } = countPlan(plan);
  return {
    changes: String(change),
    loosening: String(loosens),
    unclear: String(unclear),
    held: String(held),
    unread: String(unread),
    'in-state': String(inState),
  };
}

/** The step fails when something could not be read, unless the workflow says that a warning will do. */
export function unreadFailure({ cells }: Plan, { inputs }: Pick<Desk, 'inputs'>): Reason | undefined {
  const number = cells.filter(({ outcome }) => outcome === 'unread').length;
  if (number === 0 || inputs.unread === 'warn') return undefined;
  return {
    code: 'unread',
    message: `${number} could not be read; unread never counts as clean`,
    advice: 'the plan says why each could not; "unread: warn" lets the step pass all the same',
  };
}

/** Files for the workflow to keep, in a directory of their own. */
export async function writeFiles(
  { io }: Pick<Desk, 'io'>,
  directory: string,
  files: { readonly [name: string]: object },
  indent = 2,
): Promise<string> {
  const path = join(io.env.RUNNER_TEMP ?? '.trueup', 'trueup', directory);
  await mkdir(path, { recursive: true });
  for (const [name, content] of Object.entries(files))
    await writeWhole(join(path, name), `${JSON.stringify(content, null, indent)}\n`);
  return path;
}

/**
 * How is GitHub asked? With a deadline for each request, pages to the end, the waits that GitHub asks for, and an
 * answer whose shape is checked before anything relies on it.
 */
import type { z } from 'zod';
import { TrueupError } from '../model/problem.ts';
import { bytesOf } from './body.ts';
import { isLimited, pauseFor } from './pause.ts';

export type ApiOptions = {
  /** `https://api.github.com`, or what a GitHub Enterprise Server calls it. */
  readonly url: string;
  readonly token: string;
  wait(ms: number): Promise<void>;
};

export interface Api {
  get<Answer>(path: string, shape: z.ZodType<Answer>): Promise<Answer>;
  /** Every page, 100 at a time. `field`: where the items stand when the answer is an object. */
  list<Item>(path: string, item: z.ZodType<Item>, field?: string): Promise<Item[]>;
  send<Answer>(method: 'POST' | 'PATCH', path: string, body: object, shape: z.ZodType<Answer>): Promise<Answer>;
  /** The bytes behind a redirect; the token stays with GitHub. @throws TrueupError `github-too-large` */
  download(path: string, most: number): Promise<Buffer>;
  wait(ms: number): Promise<void>;
}

/** GitHub refused, or did not answer (status 0). */
export class GitHubError extends TrueupError {
  readonly status: number;

  constructor(status: number, request: string, message: string, advice = adviceFor(status)) {
    super({
      code: 'github-refused',
      message: `GitHub ${status === 0 ? 'did not answer' : `answered ${status}`} to ${request}: ${message}`,
      ...(advice !== undefined && { advice }),
    });
    this.status = status;
  }
}

const TIMEOUT_MS = 30_000;
const MOST_PAGES = 100;
/** All waits of one request together. */
const PATIENCE_MS = 10 * 60_000;

export function openApi(options: ApiOptions): Api {
  const ask = (request: Request): Promise<Answer> => askPatiently(request, options);
  return {
    wait: options.wait,
    get: async (path, shape) => read(await ask({ method: 'GET', url: options.url + path }), shape),
    list: (path, item, field) => listAll({ path, item, field }, ask, options),
    send: async (method, path, body, shape) => read(await ask({ method, url: options.url + path, body }), shape),
    download: (path, most) => download(options.url + path, most, ask),
  };
}

type Request = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly body?: object;
  /** Whether the token may go along. */
  readonly trusted?: false;
  readonly redirect?: 'manual';
  /** No more bytes than these are taken in. */
  readonly most?: number;
};
type Answer = { readonly request: string; readonly response: Response; readonly bytes: Buffer };

async function askPatiently(request: Request, options: ApiOptions): Promise<Answer> {
  const name = `${request.method} ${new URL(request.url).pathname}`;
  let waited = 0;
  for (let attempt = 1; ; attempt += 1) {
    const answer = await askOnce(request, name, options);
    if (!(answer instanceof GitHubError) && answer.response.status < 400) return answer;
    const facts = answer instanceof GitHubError ? { status: 0 } : factsOf(answer);
    const pause = pauseFor(facts, { attempt, repeatable: request.method !== 'POST', now: Date.now() });
    if (pause === undefined || waited + pause > PATIENCE_MS) {
      throw answer instanceof GitHubError ? answer : refusal(answer, isLimited(facts));
    }
    await options.wait(pause);
    waited += pause;
  }
}

function refusal(answer: Answer, limited: boolean): GitHubError {
  const { request, response } = answer;
  return new GitHubError(response.status, request, messageOf(answer), limited ? LIMITED : adviceFor(response.status));
}

const LIMITED = 'the requests of this hour are used up, of all workflows of this repository together: run again later';

async function askOnce(request: Request, name: string, { token }: ApiOptions): Promise<Answer | GitHubError> {
  const { method, url, body, redirect = 'error', trusted = true, most } = request;
  try {
    const response = await fetch(url, {
      method,
      redirect,
      headers: {
        accept: 'application/vnd.github+json',
        'user-agent': 'trueup',
        ...(trusted && { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' }),
        ...(body && { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
    return { request: name, response, bytes: await bytesOf(response, name, most) };
  } catch (error) {
    if (error instanceof TrueupError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return new GitHubError(0, name, cause instanceof Error ? cause.message : String(cause));
  }
}

function factsOf(answer: Answer) {
  const { response } = answer;
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  return {
    status: response.status,
    message: messageOf(answer),
    retryAfter: header('retry-after'),
    remaining: header('x-ratelimit-remaining'),
    reset: header('x-ratelimit-reset'),
  };
}

function messageOf({ bytes }: Answer): string {
  const json = parse(bytes);
  const { message, errors } = (json ?? {}) as { readonly message?: unknown; readonly errors?: unknown };
  const details = errors === undefined ? '' : ` ${JSON.stringify(errors)}`;
  return `${typeof message === 'string' ? message : 'no message'}${details}`.slice(0, 500);
}

function read<Shaped>({ bytes, request }: Answer, shape: z.ZodType<Shaped>): Shaped {
  const parsed = shape.safeParse(parse(bytes));
  if (parsed.success) return parsed.data;
  throw unexpected(request, parsed.error.issues[0]?.path.join('.') ?? '');
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

type Listing<Item> = { readonly path: string; readonly item: z.ZodType<Item>; readonly field: string | undefined };

async function listAll<Item>(
  { path, item, field }: Listing<Item>,
  ask: (request: Request) => Promise<Answer>,
  { url }: ApiOptions,
): Promise<Item[]> {
  const items: Item[] = [];
  let next: string | undefined = `${url}${path}${path.includes('?') ? '&' : '?'}per_page=100`;
  for (let page = 1; next !== undefined; page += 1) {
    const answer = await ask({ method: 'GET', url: next });
    const json = parse(answer.bytes);
    const found = field === undefined ? json : (json as { readonly [name: string]: unknown } | undefined)?.[field];
    items.push(...read({ ...answer, bytes: Buffer.from(JSON.stringify(found ?? null)) }, item.array()));
    next = page < MOST_PAGES ? nextPage(answer, url) : undefined;
  }
  return items;
}

/** Only a page of the same GitHub: the token goes along. */
function nextPage({ response, request }: Answer, url: string): string | undefined {
  const link = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  if (link === undefined) return undefined;
  if (new URL(link).origin === new URL(url).origin) return link;
  throw unexpected(request, 'link');
}

async function download(url: string, most: number, ask: (request: Request) => Promise<Answer>): Promise<Buffer> {
  const first = await ask({ method: 'GET', url, redirect: 'manual', most });
  const location = first.response.headers.get('location');
  const { bytes } = location ? await ask({ method: 'GET', url: location, trusted: false, most }) : first;
  return bytes;
}

function unexpected(request: string, where: string): TrueupError {
  return new TrueupError({
    code: 'github-unexpected',
    message: `GitHub answered ${request} in a form that is not understood${where === '' ? '' : ` (at ${where})`}`,
    advice: 'run again; if it stays so, report it with this line',
  });
}

function adviceFor(status: number): string | undefined {
  if (status === 401) return 'check the input "token"';
  if (status === 403 || status === 404) return 'check the "permissions" of the job: docs/action.md lists them';
  return status === 0 || status >= 500 ? 'run again; https://www.githubstatus.com tells of outages' : undefined;
}

/**
 * GitHub's API on this machine, as far as the action speaks it: it pages, checks limits and tokens, serves archives
 * from another address, and can be told to be slow to know, busy or broken.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zip } from './zip.ts';

export const REPOSITORY = { owner: 'octo', repo: 'guardrails', id: 4242 } as const;
export const BOT = 'github-actions[bot]';
export const TOKEN = 'ghs_test';

export type FakeComment = { id: number; on: number; body: string; login: string };
export type FakeIssue = { number: number; title: string; body: string; state: 'open' | 'closed'; login: string };
export type FakeCheck = {
  id: number;
  name: string;
  sha: string;
  conclusion: string;
  title: string;
  summary: string;
  annotations: FakeAnnotation[];
};
export type FakeAnnotation = {
  path: string;
  start_line: number;
  annotation_level: string;
  title: string;
  message: string;
};
export type FakePull = {
  number: number;
  head: { sha: string; ref: string };
  base: string;
  login: string;
  mergedAt: string | null;
  mergeCommit: string | null;
  files: readonly string[];
  /** What some of them were called before. */
  renamed?: { readonly [file: string]: string };
  /** Commits that GitHub associates with it, once it knows. */
  commits: string[];
  reviews: { login: string; state: string; commit: string; at: string }[];
  /** Changes of its base, by a person or by GitHub. */
  retargeted: { at: string; event?: string }[];
  createdAt: string;
  /** Absent while it is open. */
  closedAt?: string;
};
export type FakeRun = {
  id: number;
  path: string;
  event: string;
  sha: string;
  branch: string;
  repository: number;
  headRepository: number;
  /** Absent while it is under way. */
  conclusion?: 'success' | 'failure' | 'skipped' | 'cancelled' | 'timed_out' | 'startup_failure';
  createdAt: string;
  /** When each attempt was started; once, unless said. */
  attempts?: readonly string[];
};
export type FakeArtifact = {
  id: number;
  run: FakeRun;
  name: string;
  archive: Buffer;
  files: { readonly [name: string]: string };
  at: string;
  expired: boolean;
};

/** What to do instead of answering, as often as `times` says. */
export type Fault = {
  readonly on: RegExp;
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly message?: string;
  times: number;
  /** The request is carried out, and its answer lost. */
  readonly after?: true;
};

export type FakeGitHub = {
  readonly url: string;
  visibility: string | undefined;
  readonly comments: FakeComment[];
  readonly issues: FakeIssue[];
  readonly checks: FakeCheck[];
  readonly pulls: FakePull[];
  readonly runs: FakeRun[];
  readonly artifacts: FakeArtifact[];
  readonly faults: Fault[];
  readonly permissions: Map<string, string>;
  /** `METHOD path`, in order. */
  readonly requests: string[];
  /** What was wrong with requests: an ill-fitting token, a token where it does not belong. */
  readonly offences: string[];
  /** How often the association of a commit is still unknown when asked. */
  lag: number;
  /** How often the runs of a head do not show yet when asked for. */
  runLag: number;
  mainTip: string;
  /** First-parent history: what `compare` answers from. */
  history(since: string, tip: string): Promise<readonly { sha: string; parents: readonly string[] }[] | 'diverged'>;
  upload(run: FakeRun, name: string, files: { readonly [name: string]: string }, at: string): FakeArtifact;
  close(): Promise<void>;
};

type Reply = {
  status?: number;
  json?: unknown;
  list?: readonly unknown[];
  field?: string;
  bytes?: Buffer;
  location?: string;
};
type Route = readonly [
  RegExp,
  (match: RegExpExecArray, query: URLSearchParams, body: Record<string, never>) => Reply | Promise<Reply>,
];

export async function startGitHub(): Promise<FakeGitHub> {
  let last = 1000;
  const next = (): number => ++last;
  const fake = {
    visibility: 'private' as string | undefined,
    comments: [],
    issues: [],
    checks: [],
    pulls: [],
    runs: [],
    artifacts: [],
    faults: [],
    requests: [],
    offences: [],
    permissions: new Map(),
    lag: 0,
    runLag: 0,
    mainTip: '',
    url: '',
    history: async () => [],
    upload(run: FakeRun, name: string, files: { readonly [name: string]: string }, at: string) {
      // "overwrite: true" deletes what was there before.
      const old = fake.artifacts.findIndex((one) => one.run.id === run.id && one.name === name);
      if (old >= 0) fake.artifacts.splice(old, 1);
      const artifact = { id: next(), run, name, files, archive: zip(files), at, expired: false };
      fake.artifacts.push(artifact);
      return artifact;
    },
    close: async () => undefined,
  } as unknown as { -readonly [key in keyof FakeGitHub]: FakeGitHub[key] };
  const routes = routesOf(fake, next);

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', fake.url);
    const name = `${request.method} ${url.pathname}`;
    fake.requests.push(name);
    const blob = url.pathname.startsWith('/blob/');
    const { authorization } = request.headers;
    if (blob ? authorization !== undefined : authorization !== `Bearer ${TOKEN}`)
      fake.offences.push(`${name}: ${authorization}`);
    const body = await bodyOf(request);
    const fault = fake.faults.find(({ on, times }) => times > 0 && on.test(name));
    if (fault) fault.times -= 1;
    const reply = fault && !fault.after ? {} : await answer(routes, name, url, body);
    if (fault) {
      response.writeHead(fault.status, fault.headers).end(JSON.stringify({ message: fault.message ?? 'fault' }));
      return;
    }
    send(reply);

    function send({ status = 200, json, list, field, bytes, location }: Reply): void {
      if (location) return void response.writeHead(302, { location }).end();
      if (bytes) return void response.writeHead(status).end(bytes);
      if (!list)
        return void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json ?? {}));
      const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
      const page = Number(url.searchParams.get('page') ?? 1);
      const shown = list.slice((page - 1) * size, page * size);
      const following = new URL(url);
      following.searchParams.set('page', String(page + 1));
      const link = page * size < list.length ? { link: `<${following}>; rel="next"` } : {};
      response
        .writeHead(200, link)
        .end(JSON.stringify(field ? { total_count: list.length, ...(json as object), [field]: shown } : shown));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fake.close = () => new Promise((done) => void server.close(() => done()).closeAllConnections());
  return fake;
}

async function answer(routes: readonly Route[], name: string, url: URL, body: Record<string, never>): Promise<Reply> {
  for (const [pattern, reply] of routes) {
    const match = pattern.exec(name);
    if (match) return reply(match, url.searchParams, body);
  }
  return { status: 404, json: { message: `Not Found: ${name}` } };
}

const TOO_LONG = {
  status: 422,
  json: {
    message: 'Validation Failed',
    errors: [{ field: 'body', message: 'Body is too long (maximum is 65536 characters)' }],
  },
};

const INVALID = { status: 422, json: { message: 'Invalid request' } };

/** https://docs.github.com/en/rest/checks/runs */
function isFitting({ annotations }: Pick<FakeCheck, 'annotations'>): boolean {
  const fits = ({ path, start_line, annotation_level, title, message }: FakeAnnotation): boolean =>
    path !== '' &&
    !path.startsWith('/') &&
    start_line >= 1 &&
    ['notice', 'warning', 'failure'].includes(annotation_level) &&
    title.length <= 255 &&
    message !== '' &&
    Buffer.byteLength(message) <= 65_536;
  return annotations.length <= 50 && annotations.every(fits);
}

function routesOf(fake: FakeGitHub, next: () => number): Route[] {
  const root = `/repos/${REPOSITORY.owner}/${REPOSITORY.repo}`;
  const route = (pattern: string, reply: Route[1]): Route => [
    new RegExp(`^${pattern.replace(' /', ` ${root}/`).replace(/ $/, ` ${root}`)}$`),
    reply,
  ];
  const comment = ({ id, body, login }: FakeComment) => ({ id, body, user: { login } });
  const issue = ({ number, body, state, login, title }: FakeIssue) => ({ number, title, body, state, user: { login } });
  return [
    route('GET ', () => ({
      json: { id: REPOSITORY.id, default_branch: 'main', ...(fake.visibility && { visibility: fake.visibility }) },
    })),
    route('GET /git/ref/heads/main', () => ({ json: { object: { sha: fake.mainTip } } })),
    route('GET /issues/(\\d+)/comments', ([, n]) => ({
      list: fake.comments.filter(({ on }) => on === Number(n)).map(comment),
    })),
    route('POST /issues/(\\d+)/comments', ([, n], _, { body }) => {
      if (String(body).length > 65_536) return TOO_LONG;
      const made = { id: next(), on: Number(n), body: String(body), login: BOT };
      fake.comments.push(made);
      return { status: 201, json: comment(made) };
    }),
    route('PATCH /issues/comments/(\\d+)', ([, id], _, { body }) => {
      if (String(body).length > 65_536) return TOO_LONG;
      const found = fake.comments.find((one) => one.id === Number(id));
      if (!found) return { status: 404 };
      found.body = String(body);
      return { json: comment(found) };
    }),
    route('GET /issues/(\\d+)/events', ([, n]) => {
      const pull = fake.pulls.find(({ number }) => number === Number(n));
      const changed = pull?.retargeted ?? [];
      return { list: changed.map(({ at, event = 'base_ref_changed' }) => ({ event, created_at: at })) };
    }),
    route('GET /issues', (_, query) => {
      const pulls = fake.pulls.map(({ number, login }) => ({
        number,
        title: '',
        body: null,
        state: 'open',
        user: { login },
        pull_request: {},
      }));
      const all = [...pulls, ...fake.issues.map(issue)];
      return { list: all.filter(({ user }) => user.login === query.get('creator')) };
    }),
    route('POST /issues', (_, __, body) => {
      if (String(body.body).length > 65_536 || String(body.title).length > 256) return TOO_LONG;
      const made: FakeIssue = {
        number: next(),
        title: String(body.title),
        body: String(body.body),
        state: 'open',
        login: BOT,
      };
      fake.issues.push(made);
      return { status: 201, json: issue(made) };
    }),
    route('PATCH /issues/(\\d+)', ([, n], _, body) => {
      if (String(body.body).length > 65_536 || String(body.title).length > 256) return TOO_LONG;
      if (body.state_reason !== undefined && !['completed', 'reopened'].includes(body.state_reason)) return INVALID;
      const found = fake.issues.find(({ number }) => number === Number(n));
      if (!found) return { status: 404 };
      Object.assign(found, {
        title: body.title ?? found.title,
        body: body.body ?? found.body,
        state: body.state ?? found.state,
      });
      return { json: issue(found) };
    }),
    route('POST /check-runs', (_, __, body) => {
      const {
        name,
        head_sha: sha,
        conclusion,
        output,
      } = body as unknown as { name: string; head_sha: string; conclusion: string; output: FakeCheck };
      if (!isFitting(output) || output.summary.length > 65_535 || output.title.length > 255) return INVALID;
      const made = { ...output, id: next(), name, sha, conclusion };
      fake.checks.push(made);
      return { status: 201, json: { id: made.id } };
    }),
    route('PATCH /check-runs/(\\d+)', ([, id], _, body) => {
      const { output } = body as unknown as { output: FakeCheck };
      if (!isFitting(output)) return INVALID;
      fake.checks.find((one) => one.id === Number(id))?.annotations.push(...output.annotations);
      return { json: { id: Number(id) } };
    }),
    route('GET /compare/(\\w+)\\.\\.\\.(\\w+)', async ([, since = '', tip = '']) => {
      const commits = await fake.history(since, tip);
      if (commits === 'diverged') return { json: { status: 'diverged', commits: [] } };
      const status = commits.length === 0 ? 'identical' : 'ahead';
      const list = commits.map(({ sha, parents }) => ({ sha, parents: parents.map((parent) => ({ sha: parent })) }));
      return { json: { status }, list, field: 'commits' };
    }),
    route('GET /commits/(\\w+)/pulls', ([, sha = '']) => {
      if (fake.lag > 0) {
        fake.lag -= 1;
        return { list: [] };
      }
      return { list: fake.pulls.filter(({ commits }) => commits.includes(sha)).map(pullOf) };
    }),
    route('GET /pulls', (_, query) => ({
      list: fake.pulls
        .filter(({ closedAt }) => query.get('state') === 'all' || closedAt === undefined)
        .filter(({ head }) => [null, `${REPOSITORY.owner}:${head.ref}`].includes(query.get('head')))
        .map(pullOf),
    })),
    route('GET /pulls/(\\d+)/files', ([, n]) => {
      const { files = [], renamed = {} } = fake.pulls.find(({ number }) => number === Number(n)) ?? {};
      return {
        list: files.map((filename) => ({
          filename,
          ...(renamed[filename] !== undefined && { status: 'renamed', previous_filename: renamed[filename] }),
        })),
      };
    }),
    route('GET /pulls/(\\d+)/reviews', ([, n]) => ({
      list: (fake.pulls.find(({ number }) => number === Number(n))?.reviews ?? []).map(
        ({ login, state, commit, at }) => ({ user: { login }, state, commit_id: commit, submitted_at: at }),
      ),
    })),
    route('GET /collaborators/([^/]+)/permission', ([, login = '']) =>
      // A bot is no user.
      decodeURIComponent(login).endsWith('[bot]')
        ? { status: 404, json: { message: 'Not Found' } }
        : { json: { permission: fake.permissions.get(login) ?? 'read' } },
    ),
    route('GET /actions/runs', (_, query) => ({
      list: (fake.runLag-- > 0 ? [] : fake.runs)
        .filter(({ sha, event }) => sha === query.get('head_sha') && event === query.get('event'))
        .map((run) => runOf(run))
        .reverse(),
      field: 'workflow_runs',
    })),
    route('GET /actions/workflows/([\\w.-]+)/runs', ([, file], query) => ({
      list: fake.runs
        .filter(({ path, branch }) => path.endsWith(`/${file}`) && branch === query.get('branch'))
        .map((run) => runOf(run))
        .reverse(),
      field: 'workflow_runs',
    })),
    route('GET /actions/runs/(\\d+)/artifacts', ([, id]) => ({
      list: fake.artifacts.filter(({ run }) => run.id === Number(id)).map(artifactOf),
      field: 'artifacts',
    })),
    route('GET /actions/runs/(\\d+)/attempts/(\\d+)', ([, id, attempt]) => {
      const run = fake.runs.find((one) => one.id === Number(id));
      return run ? { json: runOf(run, Number(attempt)) } : { status: 404 };
    }),
    route('GET /actions/runs/(\\d+)', ([, id]) => {
      const run = fake.runs.find((one) => one.id === Number(id));
      return run ? { json: runOf(run) } : { status: 404 };
    }),
    route('GET /actions/artifacts', (_, query) => ({
      list: fake.artifacts
        .filter(({ name }) => name === query.get('name'))
        .map(artifactOf)
        .reverse(),
      field: 'artifacts',
    })),
    route('GET /actions/artifacts/(\\d+)/zip', ([, id]) => {
      const found = fake.artifacts.find((one) => one.id === Number(id));
      return !found || found.expired
        ? { status: 410, json: { message: 'Artifact has expired' } }
        : { location: `${fake.url}/blob/${id}` };
    }),
    [
      /^GET \/blob\/(\d+)$/,
      ([, id]) => ({ bytes: fake.artifacts.find((one) => one.id === Number(id))?.archive ?? Buffer.alloc(0) }),
    ],
  ];
}

function pullOf({ number, head, base, login, mergedAt, mergeCommit, createdAt, closedAt }: FakePull) {
  return {
    number,
    state: closedAt === undefined ? 'open' : 'closed',
    created_at: createdAt,
    closed_at: closedAt ?? null,
    head: { ...head, repo: { id: REPOSITORY.id } },
    base: { ref: base, repo: { id: REPOSITORY.id } },
    user: { login },
    merged_at: mergedAt,
    merge_commit_sha: mergeCommit,
  };
}

function runOf(run: FakeRun, attempt = run.attempts?.length ?? 1) {
  const { id, path, event, sha, branch, repository, headRepository, conclusion, createdAt, attempts } = run;
  return {
    id,
    status: conclusion === undefined ? 'in_progress' : 'completed',
    created_at: createdAt,
    run_started_at: attempts?.[attempt - 1] ?? createdAt,
    run_attempt: attempt,
    path,
    event,
    conclusion: conclusion ?? null,
    head_sha: sha,
    head_branch: branch,
    repository: { id: repository },
    head_repository: { id: headRepository },
  };
}

function artifactOf({ id, name, archive, at, expired, run }: FakeArtifact) {
  return {
    id,
    name,
    expired,
    created_at: at,
    digest: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
    workflow_run: {
      id: run.id,
      repository_id: run.repository,
      head_repository_id: run.headRepository,
      head_branch: run.branch,
      head_sha: run.sha,
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, never>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

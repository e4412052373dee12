/** A repository with a state, on a GitHub and an AWS of this machine; the action runs in it as a runner would run it. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import type { Files } from '../support/cli.ts';
import { openGit } from '../support/git.ts';
import { type FakeGitHub, type FakePull, type FakeRun, REPOSITORY, startGitHub, TOKEN } from '../support/github.ts';
import { SMALL_SEED, STATE } from '../support/small.ts';
import { type How, run as runAction } from './run-step.ts';

const DEFINITION = resolve(import.meta.dirname, '../../action.yml');

export type Ran = {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: { readonly [name: string]: string };
  readonly summary: string;
  readonly run: FakeRun;
};
export type Settings = How & {
  readonly inputs?: { readonly [name: string]: string };
  readonly env?: { readonly [name: string]: string | undefined };
};
export type MergeStyle = 'merge' | 'squash' | 'rebase';

/** Some of these tests start programs: on a busy machine that takes its time. */
export const PROCESSES = { timeout: 240_000 };

/** The small organisation, whose roles let the source identity of a pipeline through. */
export const SEED = SMALL_SEED.replace('"sts:AssumeRole"', '"sts:AssumeRole", "sts:SetSourceIdentity"');

/** A project of its own for each test, so that tests may run side by side. */
export async function withProject(
  work: (project: Project) => Promise<void>,
  files: Files = STATE,
  settings: Settings = {},
  seed = SEED,
): Promise<void> {
  const project = await openProject(seed, files, settings);
  try {
    await work(project);
    if (project.github.offences.length > 0) throw new Error(`offences: ${project.github.offences.join(', ')}`);
  } finally {
    await project.close();
  }
}

export type Project = {
  readonly github: FakeGitHub;
  readonly sandbox: Sandbox;
  /** A pull request with these files changed, in one commit each. */
  open(files: Files, more?: { readonly base?: string; readonly branch?: string }): Promise<FakePull>;
  /** One more commit on its branch. */
  push(pull: FakePull, files: Files): Promise<void>;
  /** Runs the plan for it, and keeps what it leaves as the workflow would. */
  plan(
    pull: FakePull,
    settings?: Settings & { readonly fork?: boolean; readonly workflow?: string; readonly base?: string },
  ): Promise<Ran>;
  merge(pull: FakePull, style?: MergeStyle): Promise<void>;
  /** A commit on main without a pull request. */
  pushDirectly(files: Files): Promise<void>;
  /** Runs the apply for main's tip, or for an older commit. */
  apply(settings?: Settings & { readonly event?: string; readonly at?: string }): Promise<Ran>;
  /** Runs the action on an event of the caller's own. */
  act(event: string, payload: object, where: Where, settings?: Settings): Promise<Ran>;
  /** The same, and keeps nothing of what it leaves. */
  actOnly(event: string, payload: object, where: Where, settings?: Settings): Promise<Ran>;
  /** What GitHub starts a workflow with: for a pull request, and for the tip of main. */
  arrivalOf(pull: FakePull, more?: { readonly fork?: boolean; readonly base?: string }): Promise<Arrival>;
  pushOf(event?: 'push' | 'workflow_dispatch'): Arrival;
  /** Begins a run of a workflow, which several jobs may belong to. */
  begin(arrival: Arrival): FakeRun;
  git(...words: string[]): Promise<string>;
  now(): string;
  close(): Promise<void>;
};
export type Arrival = { readonly event: string; readonly payload: object; readonly where: Where };
export type Where = {
  /** Absent when it is a run of its own. */
  readonly run?: FakeRun;
  readonly sha: string;
  readonly ref: string;
  readonly workflow: string;
  readonly headSha?: string;
  readonly branch?: string;
  readonly headRepository?: number;
};

const PLAN = '.github/workflows/trueup-plan.yml';
const APPLY = '.github/workflows/trueup-apply.yml';
const DRIFT = '.github/workflows/trueup-drift.yml';

export async function openProject(seed: string, files: Files, settings: Settings = {}): Promise<Project> {
  const [github, sandbox, directory] = await Promise.all([
    startGitHub(),
    startSandbox({ seed }),
    mkdtemp(join(tmpdir(), 'trueup-action-')),
  ]);
  const checkout = join(directory, 'checkout');
  await mkdir(checkout);
  const defaults = await inputDefaults();
  let minutes = 0;
  const now = (): string => new Date(Date.UTC(2026, 10, 21, 8, ++minutes)).toISOString().replace('.000Z', 'Z');
  const shell = openGit(checkout);
  /** What is checked out, where that is known. */
  let standing: string | undefined;
  const git = (...words: string[]): Promise<string> => {
    standing = undefined;
    return shell.git(...words);
  };
  const stand = async (sha: string): Promise<void> => {
    if (standing !== sha) await git('checkout', '-q', '--detach', sha);
    standing = sha;
  };
  const write = async (some: Files): Promise<void> => {
    for (const [name, text] of Object.entries(some)) {
      await mkdir(dirname(join(checkout, name)), { recursive: true });
      await writeFile(join(checkout, name), text);
    }
  };
  const commit = async (some: Files, message: string): Promise<string> => {
    await write(some);
    await git('add', '-A');
    await git('commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  await git('init', '-q', '-b', 'main');
  github.mainTip = await commit(files, 'start');
  let before = github.mainTip;
  github.history = remembered(async (since, tip) => {
    const base = await shell.git('merge-base', since, tip).catch(() => '');
    if (base !== since) return 'diverged';
    const lines = (await shell.git('rev-list', '--reverse', '--parents', `${since}..${tip}`))
      .split('\n')
      .filter(Boolean);
    return lines.map((line) => {
      const [sha = '', ...parents] = line.split(' ');
      return { sha, parents };
    });
  });

  function begin({ event, where }: Arrival): FakeRun {
    const run: FakeRun = {
      id: 5000 + github.runs.length,
      path: where.workflow,
      event,
      sha: where.headSha ?? where.sha,
      branch: where.branch ?? where.ref.replace('refs/heads/', ''),
      repository: REPOSITORY.id,
      headRepository: where.headRepository ?? REPOSITORY.id,
      createdAt: now(),
    };
    github.runs.push(run);
    return run;
  }

  let jobs = 0;
  async function actOnly(event: string, payload: object, where: Where, more: Settings = {}): Promise<Ran> {
    const run = where.run ?? begin({ event, payload, where });
    const { id } = run;
    const temp = join(directory, `job-${++jobs}`);
    await mkdir(temp);
    await stand(where.sha);
    for (const name of ['output', 'summary', 'env', 'state', 'path']) await writeFile(join(temp, name), '');
    await writeFile(join(temp, 'event.json'), JSON.stringify(payload));
    const inputs = { ...defaults, token: TOKEN, ...settings.inputs, ...more.inputs };
    const repository = `${REPOSITORY.owner}/${REPOSITORY.repo}`;
    const env = {
      PATH: process.env.PATH,
      HOME: directory,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_TEMP: temp,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: join(temp, 'event.json'),
      GITHUB_REPOSITORY: repository,
      GITHUB_REPOSITORY_ID: String(REPOSITORY.id),
      GITHUB_SHA: where.sha,
      GITHUB_REF: where.ref,
      GITHUB_RUN_ID: String(id),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_WORKFLOW_REF: `${repository}/${where.workflow}@${where.ref}`,
      GITHUB_ACTION_REPOSITORY: 'trueup/trueup',
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_OUTPUT: join(temp, 'output'),
      GITHUB_STEP_SUMMARY: join(temp, 'summary'),
      GITHUB_ENV: join(temp, 'env'),
      GITHUB_STATE: join(temp, 'state'),
      GITHUB_PATH: join(temp, 'path'),
      TRUEUP_SANDBOX: sandbox.url,
      TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      ...settings.env,
      ...more.env,
    };
    const { code, log } = await runAction({ env, directory: checkout, git: shell.ask }, { ...settings, ...more });
    run.conclusion = code === 0 ? 'success' : 'failure';
    const outputs = readOutputs(await readFile(join(temp, 'output'), 'utf8'));
    return { code, log, outputs, summary: await readFile(join(temp, 'summary'), 'utf8'), run };
  }

  async function act(event: string, payload: object, where: Where, more: Settings = {}): Promise<Ran> {
    const ran = await actOnly(event, payload, where, more);
    const { outputs, run } = ran;
    for (const kind of ['artifact', 'pending'])
      if (outputs[`${kind}-path`])
        github.upload(run, outputs[`${kind}-name`] ?? '', await readFiles(outputs[`${kind}-path`] ?? ''), now());
    if (outputs['journal-path'])
      github.upload(run, `trueup-journal-${run.id}-1`, await readFiles(outputs['journal-path']), now());
    return ran;
  }

  const open: Project['open'] = async (some, { base = 'main', branch } = {}) => {
    const number = 1 + github.pulls.length;
    const ref = branch ?? `change-${number}`;
    await git('checkout', '-q', '-B', ref, base);
    const sha = await commit(some, `change ${number}`);
    const pull: FakePull = {
      number,
      head: { sha, ref },
      base,
      login: 'dana',
      mergedAt: null,
      mergeCommit: null,
      files: Object.keys(some),
      commits: [sha],
      reviews: [],
      retargeted: [],
      createdAt: now(),
    };
    github.pulls.push(pull);
    return pull;
  };

  const arrivalOf: Project['arrivalOf'] = async (pull, more = {}) => {
    const base = await git('rev-parse', more.base ?? pull.base);
    await stand(base);
    await git('merge', '-q', '--no-ff', '-m', `merge ${pull.number}`, pull.head.sha);
    const sha = await git('rev-parse', 'HEAD');
    standing = sha;
    const repo = { id: more.fork ? 777 : REPOSITORY.id };
    const payload = {
      repository: { id: REPOSITORY.id },
      pull_request: {
        number: pull.number,
        head: { ...pull.head, repo },
        base: { sha: base, ref: pull.base, repo: { id: REPOSITORY.id } },
      },
    };
    const where = {
      sha,
      ref: `refs/pull/${pull.number}/merge`,
      workflow: PLAN,
      headSha: pull.head.sha,
      branch: pull.head.ref,
      headRepository: repo.id,
    };
    return { event: 'pull_request', payload, where };
  };

  const plan: Project['plan'] = async (pull, more = {}) => {
    const { event, payload, where } = await arrivalOf(pull, more);
    return act(event, payload, { ...where, ...(more.workflow && { workflow: more.workflow }) }, more);
  };

  const merge: Project['merge'] = async (pull, style = 'squash') => {
    await git('checkout', '-q', 'main');
    const old = await git('rev-parse', 'HEAD');
    if (style === 'merge') await git('merge', '-q', '--no-ff', '-m', `merge ${pull.number}`, pull.head.sha);
    if (style === 'squash') {
      await git('merge', '-q', '--squash', pull.head.sha);
      await git('commit', '-q', '-m', `squash ${pull.number}`);
    }
    if (style === 'rebase')
      await git('cherry-pick', `${await git('merge-base', old, pull.head.sha)}..${pull.head.sha}`);
    const added = (await git('rev-list', `${old}..HEAD`)).split('\n');
    github.mainTip = added[0] ?? '';
    const mergedAt = now();
    Object.assign(pull, { mergedAt, closedAt: mergedAt, mergeCommit: github.mainTip });
    pull.commits.push(...added);
  };

  const pushOf: Project['pushOf'] = (event = 'push') => {
    const where = { sha: github.mainTip, ref: 'refs/heads/main', workflow: APPLY };
    const arrival = { event, payload: event === 'push' ? { before, ref: 'refs/heads/main' } : {}, where };
    before = github.mainTip;
    return arrival;
  };

  const apply: Project['apply'] = async (more = {}) => {
    const event = more.event ?? 'push';
    const sha = more.at ?? github.mainTip;
    const payload = event === 'push' ? { before, ref: 'refs/heads/main' } : {};
    const ran = await act(
      event,
      payload,
      { sha, ref: 'refs/heads/main', workflow: event === 'schedule' ? DRIFT : APPLY },
      { ...more, inputs: { journal: join(directory, 'journal'), ...more.inputs } },
    );
    // Who finds a job killed runs it again: for the same push.
    if (ran.code !== null) before = sha;
    return ran;
  };

  return {
    github,
    sandbox,
    open,
    plan,
    merge,
    apply,
    act,
    actOnly,
    arrivalOf,
    pushOf,
    begin,
    git,
    now,
    push: async (pull, some) => {
      await git('checkout', '-q', pull.head.ref);
      pull.head.sha = await commit(some, `more for ${pull.number}`);
      pull.commits.push(pull.head.sha);
    },
    pushDirectly: async (some) => {
      await git('checkout', '-q', 'main');
      github.mainTip = await commit(some, 'directly');
    },
    close: async () => {
      await Promise.all([github.close(), sandbox.close(), shell.close()]);
      await rm(directory, { recursive: true });
    },
  };
}

type History = FakeGitHub['history'];

/** What came before a commit stays the same, and is asked for again and again. */
function remembered(history: History): History {
  const known = new Map<string, ReturnType<History>>();
  return (since, tip) => {
    const key = `${since} ${tip}`;
    const found = known.get(key) ?? history(since, tip);
    known.set(key, found);
    return found;
  };
}

async function inputDefaults(): Promise<Record<string, string>> {
  const { inputs } = parse(await readFile(DEFINITION, 'utf8')) as { inputs: Record<string, { default?: string }> };
  return Object.fromEntries(Object.entries(inputs).map(([name, { default: text = '' }]) => [name, text]));
}

/** As the runner reads the file: `name<<delimiter`, lines, `delimiter`. */
function readOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n?^\2$/gm);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

export async function readFiles(path: string): Promise<Record<string, string>> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [relative(path, file), await readFile(file, 'utf8')] as const)),
  );
}

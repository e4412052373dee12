/**
 * Runs a workflow as "trueup init" writes it, on this machine: its jobs in their order, with their matrix, conditions and
 * artifacts, each with no more than its permissions; AWS is out of reach for a job that does not take a role.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workflows } from '../../src/commands/workflows.ts';
import type { FakeRun } from '../support/github.ts';
import { type Context, fillIn, holds, resultOf } from './expressions.ts';
import { type Arrival, type Project, type Ran, readFiles, type Settings } from './project.ts';

type Step = {
  readonly id?: string;
  readonly if?: string;
  readonly uses: string;
  readonly with?: { readonly [name: string]: unknown };
  readonly env?: { readonly [name: string]: string };
};
type Job = {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions: { readonly [name: string]: string };
  readonly strategy?: { readonly matrix: { readonly shard: unknown } };
  readonly outputs?: { readonly [name: string]: string };
  readonly steps: readonly Step[];
};

export type RanJob = { readonly name: string; readonly shard?: string; readonly ran: Ran };
export type WorkflowRun = {
  /** In the order in which they ran; what was skipped is not there. */
  readonly jobs: readonly RanJob[];
  readonly run: FakeRun;
  /** The one of that name, and of that shard. */
  of(name: string, shard?: string): Ran;
};

export type WorkflowSettings = Settings & {
  readonly shards: number;
  /** Inputs of the dispatch. */
  readonly given?: { readonly [name: string]: string };
  /** An earlier attempt of the same run. */
  readonly again?: FakeRun;
  /** Called before each job: its machine may not come up, or its process be killed once something has happened. */
  readonly before?: (job: { readonly name: string; readonly shard?: string }) => 'lost' | Promise<unknown> | undefined;
};

const ACTION = 'octo/trueup@0123456789012345678901234567890123456789';

export async function runWorkflow(
  project: Project,
  { event, payload, where }: Arrival,
  settings: WorkflowSettings,
): Promise<WorkflowRun> {
  const text = workflows({ action: ACTION, state: 'state', shards: settings.shards })[where.workflow] ?? '';
  const { jobs } = parse(text) as { readonly jobs: { readonly [name: string]: Job } };
  const run = settings.again ?? project.begin({ event, payload, where });
  const arrival = { event, payload, where: { ...where, run } };
  const ran: RanJob[] = [];
  const needs: { [name: string]: { result: string; outputs: object } } = {};
  const github = { event_name: event, event: payload, run_id: String(run.id), run_attempt: '1', ref: where.ref };
  for (const [name, job] of Object.entries(jobs)) {
    const needed = [job.needs ?? []].flat();
    const failed = needed.some((one) => needs[one]?.result !== 'success');
    const common = { github, inputs: settings.given ?? {}, needs, failed };
    needs[name] = { result: 'skipped', outputs: {} };
    if (!holds(job.if, common)) continue;
    const shards = resultOf(job.strategy?.matrix.shard, common) as readonly string[] | undefined;
    const results = [];
    for (const [index, shard] of (shards ?? [undefined]).entries()) {
      const kill = settings.before?.({ name, ...(shard && { shard }) });
      if (kill === 'lost') {
        results.push({ result: 'failure', outputs: {} });
        continue;
      }
      const context = { ...common, failed: false, matrix: { shard }, strategy: { 'job-index': index } };
      const done = await runJob(project, job, arrival, context, { ...settings, ...(kill && { kill }) });
      ran.push({ name, ...(shard && { shard }), ran: done.ran });
      results.push(done);
    }
    const result = results.every((one) => one.result === 'success') ? 'success' : 'failure';
    needs[name] = { result, outputs: results[0]?.outputs ?? {} };
  }
  run.conclusion = Object.values(needs).some((one) => one.result === 'failure') ? 'failure' : 'success';
  return { jobs: ran, run, of: (name, shard) => find(ran, name, shard) };
}

function find(ran: readonly RanJob[], name: string, shard: string | undefined): Ran {
  const found = ran.find((one) => one.name === name && (shard === undefined || one.shard === shard));
  if (!found) throw new Error(`${name} ${shard ?? ''} did not run; these did: ${ran.map((one) => one.name).join(' ')}`);
  return found.ran;
}

const FILLED = { vars: {}, secrets: { TRUEUP_EXTERNAL_ID: 'trueup-demo' } };

async function runJob(
  project: Project,
  job: Job,
  { event, payload, where }: Arrival,
  outer: Context,
  settings: Settings,
): Promise<{ ran: Ran; result: string; outputs: object }> {
  const { github } = project;
  const temp = await mkdtemp(join(tmpdir(), 'trueup-runner-'));
  const steps: { [id: string]: { outputs: object } } = {};
  const context = { ...outer, ...FILLED, runner: { temp }, steps, failed: false };
  const from = github.requests.length;
  let ran: Ran | undefined;
  let trusted = false;
  const filled = (values: Step['with'] = {}): { [name: string]: string } =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fillIn(String(value), context)]));
  for (const step of job.steps) {
    if (!holds(step.if, context)) continue;
    const [uses = ''] = step.uses.split('@');
    const words = filled(step.with);
    if (uses.endsWith('/configure-aws-credentials')) trusted = true;
    if (uses.endsWith('/download-artifact')) await fetchArtifacts(project, where.run, words);
    if (uses.endsWith('/upload-artifact') && where.run)
      github.upload(where.run, words.name ?? '', await readFiles(words.path ?? ''), project.now());
    if (!ACTION.startsWith(uses)) continue;
    ran = await project.actOnly(event, payload, where, {
      inputs: { ...words, ...settings.inputs },
      env: { ...(!trusted && { TRUEUP_SANDBOX: undefined }), ...filled(step.env), ...settings.env },
      ...(settings.kill && { kill: settings.kill }),
    });
    steps[step.id ?? ''] = { outputs: ran.outputs };
    context.failed = ran.code !== 0;
  }
  await rm(temp, { recursive: true });
  if (!ran) throw new Error('the job has no step of the action');
  const refused = github.requests.slice(from).filter((request) => !isPermitted(request, job.permissions));
  if (refused.length > 0) throw new Error(`without permission: ${refused.join(', ')}`);
  return { ran, result: context.failed ? 'failure' : 'success', outputs: filled(job.outputs) };
}

/** Each in a directory of its own name, as the action of GitHub has it for a pattern. */
async function fetchArtifacts(
  { github }: Project,
  run: FakeRun | undefined,
  { pattern = '', path = '' }: { readonly [name: string]: string },
): Promise<void> {
  const wanted = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  for (const artifact of github.artifacts.filter((one) => one.run.id === run?.id && wanted.test(one.name))) {
    await mkdir(join(path, artifact.name), { recursive: true });
    for (const [name, text] of Object.entries(artifact.files)) await writeFile(join(path, artifact.name, name), text);
  }
}

/** Any one of these is enough. https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens */
const DEMANDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^GET \/blob\//, ['contents']],
  [/ \/repos\/\w+\/\w+$/, ['contents']],
  [/\/(?:git\/ref|compare)\//, ['contents']],
  [/\/collaborators\//, ['contents']],
  [/\/actions\//, ['actions']],
  [/\/check-runs/, ['checks']],
  [/\/commits\/\w+\/pulls$|\/pulls(?:$|\/)/, ['pull-requests']],
  [/\/issues\/(?:comments\/)?\d+(?:\/comments|\/events)?$/, ['issues', 'pull-requests']],
  [/\/issues$/, ['issues']],
];

function isPermitted(request: string, permissions: Job['permissions']): boolean {
  const [, names = []] = DEMANDS.find(([pattern]) => pattern.test(request)) ?? [];
  return names.some(
    (name) => permissions[name] === 'write' || (request.startsWith('GET ') && permissions[name] === 'read'),
  );
}

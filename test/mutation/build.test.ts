/**
 * A build whose executor sends something else than was planned, run as a program: is it refused in every case? It is
 * broken in the source, and the closed table of its client is opened as well, so that AWS alone can refuse.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, SEED, stateYaml } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** How the executor is broken, in the environment of the process: what replaces the planned call, and its place. */
type Mutation = {
  readonly place?: { readonly account?: string; readonly region?: string };
  readonly swap?: readonly [from: string, to: string];
  readonly operation?: string;
  readonly input?: object;
};

const MUTATED = `
function mutated(call) {
  const { operation, input, swap: [from, to] = ["", ""] } = JSON.parse(process.env.MUTATION ?? "{}");
  if (operation) return { ...call, operation, input };
  return { ...call, operation: call.operation.replace(from, to), input: { ...call.input, ...input } };
}`;

/** File → what stands in it → what stands there in this build. A place that is not there any more is an error. */
const BROKEN: { readonly [file: string]: readonly [good: string, bad: string] } = {
  'execute/run-cell.ts': ['run.session.send(call)', 'run.session.send(mutated(call))'],
  'execute/open-writer.ts': [
    'writers.openWriter({ account, region, ...request })',
    `writers.openWriter({
      account, region, ...request, ...JSON.parse(process.env.MUTATION ?? "{}").place,
      operations: [...request.operations, ...[...writers.resources.values()].flatMap((one) => one.writes)],
    })`,
  ],
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-mutant-'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
  const broken: string[] = [];
  const bundle = await rolldown({
    input: { cli: join(ROOT, 'src/cli.ts') },
    platform: 'node',
    resolve: { mainFields: ['module', 'main'] },
    plugins: [
      {
        name: 'mutation',
        transform(code, id) {
          const found = Object.entries(BROKEN).find(([file]) => id.replaceAll('\\', '/').endsWith(`/src/${file}`));
          if (!found) return null;
          const [file, [good, bad]] = found;
          if (!code.includes(good)) throw new Error(`${file} has no ${good}`);
          broken.push(file);
          return `${code.replace(good, () => bad)}${file === 'execute/run-cell.ts' ? MUTATED : ''}`;
        },
      },
    ],
  });
  await bundle.write({ dir: directory, format: 'esm' });
  await bundle.close();
  expect(broken.sort()).toEqual(Object.keys(BROKEN).sort());
}, 120_000);
afterAll(() => rm(directory, { recursive: true }));

/** Applies what is planned for one account and region. @returns how it ended, and what AWS holds before and after */
async function apply(mutation: Mutation, guardrail: string) {
  const sandbox = await startSandbox({ seed: SEED });
  const state = await mkdtemp(join(directory, 'state-'));
  await mkdir(join(state, 'state'));
  await writeFile(join(state, 'state', 'all.yaml'), stateYaml());
  const held = async (): Promise<unknown> => (await fetch(`${sandbox.url}/_sandbox/state`)).json();
  const before = await held();
  const region = guardrail === 'password-policy' ? 'global' : REGION;
  const only = `account=${ACCOUNT},region=${region},guardrail=${guardrail}`;
  const env = { PATH: process.env.PATH, TRUEUP_SANDBOX: sandbox.url, MUTATION: JSON.stringify(mutation) };
  const words = [join(directory, 'cli.js'), 'apply', '--yes', '--json', '--journal', 'runs', '--only', only];
  const child = spawn(process.execPath, words, { cwd: state, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.resume();
  const code = await new Promise((done) => child.on('close', done));
  const after = await held();
  await sandbox.close();
  const { outcomes } = JSON.parse(stdout) as { outcomes: readonly { result: string; reason?: { code: string } }[] };
  return { code, ends: outcomes.map(({ result, reason }) => reason?.code ?? result), unchanged: { before, after } };
}

/** The default group is not planned in any of these: its id is the sandbox's own. */
async function defaultGroup(): Promise<string> {
  const sandbox = await startSandbox({ seed: SEED });
  const groups = [...(sandbox.world.accounts.get(ACCOUNT)?.place(REGION).groups.values() ?? [])];
  await sandbox.close();
  return groups.find(({ name }) => name === 'default')?.id ?? '';
}

const MUTATIONS: readonly (readonly [what: string, guardrail: string, mutation: () => Promise<Mutation> | Mutation])[] =
  [
    ['another group', 'allowed-ingress', async () => ({ input: { GroupId: await defaultGroup() } })],
    ['another region', 'allowed-ingress', () => ({ place: { region: OTHER_REGION } })],
    ['another account', 'allowed-ingress', () => ({ place: { account: OTHER_ACCOUNT } })],
    ['egress instead of ingress', 'allowed-ingress', () => ({ swap: ['Ingress', 'Egress'] })],
    ['a wider action', 'password-policy', () => ({ operation: 'iam:DeleteAccountPasswordPolicy', input: {} })],
  ];

it.concurrent.each(MUTATIONS)('sends %s: refused, and nothing has changed', { timeout: 120_000 }, async (...each) => {
  const [, guardrail, mutation] = each;
  const { code, ends, unchanged } = await apply(await mutation(), guardrail);
  expect(code).toBe(1);
  expect(new Set(ends)).toEqual(new Set(['access-denied']));
  expect(unchanged.after).toEqual(unchanged.before);
});

it.concurrent('sends what was planned, where nothing is mutated: applied', { timeout: 120_000 }, async () => {
  const { code, ends, unchanged } = await apply({}, 'allowed-ingress');
  expect([code, ...new Set(ends)]).toEqual([0, 'applied']);
  expect(unchanged.after).not.toEqual(unchanged.before);
});

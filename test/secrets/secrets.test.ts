/** Does anything that must stay secret come out anywhere: on a stream, in a plan, a snapshot, a journal, an error? */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import { FIRST, HUB, STATE } from '../support/small.ts';
import { DEBUGGING, EXTERNAL_ID, leaksIn, PLANTED, SEED, secretsOf } from './planted.ts';

const AROUND = { ...PLANTED, ...DEBUGGING };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SEED, STATE);
  // What runs inside of this process, the SDK say, finds around it what it would find in a process of its own.
  for (const [name, value] of Object.entries(AROUND)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await desk.close();
});

/** As a process, of which all is seen that it says, whoever says it: every command once. */
const spawned = (...words: string[]): Promise<Ended> => desk.spawn(words, AROUND);
const inside = (...words: string[]): Promise<Ended> => desk.trueup(words, AROUND);

const secrets = (): string[] => secretsOf(desk.sandbox);
const leaks = (text: string): string[] => leaksIn(text, secrets());

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('nothing secret comes out of', () => {
  it.each([
    ['validate', ['validate'], spawned],
    ['targets', ['targets', '--json'], spawned],
    ['a snapshot', ['snapshot', '--out', 'snapshot.json'], spawned],
    ['a plan', ['plan', '--out', 'plan.json', '--format', 'json'], spawned],
    ['a plan as text', ['plan'], inside],
    ['a plan as Markdown', ['plan', '--format', 'markdown', '--base', 'state'], inside],
    ['an apply', ['apply', '--yes', '--journal', 'runs', '--identity', 'pr7'], spawned],
    ['the journal', ['journal', 'list', '--journal', 'runs', '--json'], spawned],
    ['roles', ['iam', '--hub-account', HUB], spawned],
    ['roles as a template', ['iam', '--format', 'cloudformation'], inside],
    ['roles as a module', ['iam', '--format', 'terraform'], inside],
    ['a comparison of roles', ['iam', '--diff', '--hub-account', HUB], spawned],
    ['a doctor', ['doctor', '--json'], spawned],
  ] as const)('%s', async (_what, words, run) => {
    const { code, stdout, stderr } = await run(...words);
    expect(leaks(stdout + stderr)).toEqual([]);
    expect(`${code} ${stdout}${stderr}`.length).toBeGreaterThan(20);
  });

  it.each([
    ['a plan as a page', ['plan', '--format', 'html']],
    ['an explanation', ['explain', `${FIRST}/eu-west-1`]],
    ['a report', ['report', '--format', 'markdown']],
    ['a report as a page', ['report', '--format', 'html']],
    ['a report as a table', ['report', '--format', 'csv']],
    ['a report as JSON', ['report', '--json']],
    ['the accounts as a file', ['targets', '--out', 'TARGETS']],
    ['roles of the hub', ['iam', '--part', 'hub', '--hub-account', HUB, '--repository', 'o/r']],
    ['an examination as a table', ['doctor']],
    ['a check of the journal', ['journal', 'verify', '--journal', 'RUNS']],
    ['the way back', ['revert', 'RUN', '--yes', '--journal', 'RUNS']],
  ] as const)('%s', async (_what, words) => {
    const [run = ''] = await readdir(desk.path('runs'));
    const places: { readonly [word: string]: string } = { TARGETS: desk.path('targets.json'), RUNS: desk.path('runs') };
    const given = words.map((word) => (word === 'RUN' ? run.replace(/\.jsonl$/, '') : (places[word] ?? word)));
    const { stdout, stderr } = await inside(...given);
    expect(leaks(stdout + stderr)).toEqual([]);
    expect(`${stdout}${stderr}`.length).toBeGreaterThan(20);
    expect(stderr).not.toContain('error:');
  });

  it('any file that these have left', async () => {
    const files = await filesUnder(desk.directory);
    expect(files.filter((path) => path.endsWith('.jsonl'))).not.toEqual([]);
    expect(files.map((path) => path.split('/').at(-1))).toEqual(expect.arrayContaining(['plan.json', 'snapshot.json']));
    for (const path of files) expect([path, leaks(await readFile(path, 'utf8'))]).toEqual([path, []]);
  });

  it('is looked for where it is: the roles were assumed with the planted external id', () => {
    const asked = desk.sandbox.requests.filter(({ action }) => action === 'AssumeRole');
    expect(asked.some(({ input }) => input.ExternalId === EXTERNAL_ID)).toBe(true);
    expect(secrets().length).toBeGreaterThan(Object.keys(PLANTED).length + 6);
  });
});

const EVERYWHERE = [
  [inside, ['plan']],
  [inside, ['doctor']],
  [spawned, ['apply', '--yes', '--journal', 'runs']],
] as const;

describe('nothing secret comes out of what goes wrong', () => {
  const fromEnvironment = (name: string): string => `\${env:${name}}`;

  it.each([
    ['a role that cannot be assumed', 'role: { read: trueup-nobody, write: trueup-nobody }'],
    ['a role whose name comes from the environment', `role: { read: "${fromEnvironment('TRUEUP_UNRELATED')}/x y" }`],
    ['an endpoint from there', `endpoints: { ec2: { "*": "https://${fromEnvironment('TRUEUP_UNRELATED')}" } }`],
    ['an external id that AWS does not take', `externalId: "${fromEnvironment('TRUEUP_EXTERNAL_ID')} !"`],
    ['a secret where nothing is substituted', `homeRegion: "${fromEnvironment('TRUEUP_UNRELATED')}"`],
  ])('%s', async (_what, line) => {
    const field = line.slice(0, line.indexOf(':') + 1);
    const kept = STATE['state/fleet.yaml'].split('\n').filter((other) => !other.startsWith(field));
    await desk.write({
      'broken/fleet.yaml': [...kept, line, ''].join('\n'),
      'broken/policy.yaml': STATE['state/baseline.yaml'],
    });
    await searchEverywhere('--state', 'broken');
  });

  it.each([
    ['a refusal that quotes the request', 'ValidationError', `Value '${EXTERNAL_ID}' at 'externalId'`],
    ['an answer that quotes a key', 'AccessDenied', `The key ${PLANTED.AWS_ACCESS_KEY_ID} is not known`],
  ])('%s', async (_what, code, message) => {
    const match = { service: 'sts', action: 'AssumeRole', account: FIRST };
    const mend = desk.sandbox.fault({ match, do: { code, status: 400, message } });
    await searchEverywhere();
    mend();
    for (const path of await filesUnder(desk.directory)) expect(leaks(await readFile(path, 'utf8'))).toEqual([]);
  });

  async function searchEverywhere(...more: string[]): Promise<void> {
    for (const { stdout, stderr } of await Promise.all(EVERYWHERE.map(([run, words]) => run(...words, ...more)))) {
      expect(leaks(stdout + stderr)).toEqual([]);
      expect(`${stdout}${stderr}`).not.toBe('');
    }
  }
});

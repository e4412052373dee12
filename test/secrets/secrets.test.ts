/** Does anything that must stay secret come out anywhere: on a stream, in a plan, a snapshot, a journal, an error? */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import { FIRST, HUB, SMALL_SEED, STATE } from '../support/small.ts';

const EXTERNAL_ID = 'planted-external-id-4711';

/** What a process may find around it, each with a text that stands nowhere else. */
const PLANTED = {
  AWS_ACCESS_KEY_ID: 'AKIAPLANTEDKEY000001',
  AWS_SECRET_ACCESS_KEY: 'planted-secret-access-key-4712',
  AWS_SESSION_TOKEN: 'planted-session-token-4713',
  GITHUB_TOKEN: 'planted-github-token-4714',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'planted-oidc-request-token-4715',
  TRUEUP_EXTERNAL_ID: EXTERNAL_ID,
  TRUEUP_UNRELATED: 'planted-unrelated-variable-4716',
} as const;

const SEED = SMALL_SEED.replace('externalId: trueup-demo', `externalId: ${EXTERNAL_ID}`).replace(
  '"sts:AssumeRole"',
  '"sts:AssumeRole", "sts:SetSourceIdentity"',
);

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(SEED, STATE);
});
afterAll(() => desk.close());

const trueup = (...words: string[]): Promise<Ended> => desk.trueup(words, PLANTED);

/** Everything that was planted, and every credential that the sandbox has given out so far. */
function secrets(): string[] {
  const issued = [...desk.sandbox.world.sessions.values()].flatMap(({ secret, token, expiresAt, accessKeyId }) => [
    secret,
    ...(token === undefined ? [] : [token]),
    // The caller of the sandbox is a public constant; what is issued to it is not.
    ...(expiresAt === undefined ? [] : [accessKeyId]),
  ]);
  return [...Object.values(PLANTED), ...issued];
}

/** Also in the forms that a text takes on its way. */
function leaksIn(text: string): string[] {
  return secrets().filter((secret) =>
    [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) => text.includes(form)),
  );
}

async function filesUnder(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

describe('nothing secret comes out of', () => {
  it.each([
    ['validate', ['validate']],
    ['targets', ['targets', '--json']],
    ['a snapshot', ['snapshot', '--out', 'snapshot.json']],
    ['a plan', ['plan', '--out', 'plan.json', '--format', 'json']],
    ['a plan as text', ['plan']],
    ['a plan as Markdown', ['plan', '--format', 'markdown', '--base', 'state']],
    ['an apply', ['apply', '--yes', '--journal', 'runs', '--identity', 'pr7']],
    ['the journal', ['journal', 'list', '--journal', 'runs', '--json']],
    ['roles', ['iam', '--hub-account', HUB]],
    ['roles as a template', ['iam', '--format', 'cloudformation']],
    ['roles as a module', ['iam', '--format', 'terraform']],
    ['a comparison of roles', ['iam', '--diff', '--hub-account', HUB]],
    ['a doctor', ['doctor', '--json']],
  ] as const)('%s', async (_what, words) => {
    const { code, stdout, stderr } = await trueup(...words);
    expect(leaksIn(stdout + stderr)).toEqual([]);
    expect(`${code} ${stdout}${stderr}`.length).toBeGreaterThan(20);
  });

  it('any file that these have left', async () => {
    const files = await filesUnder(desk.directory);
    expect(files.filter((path) => path.endsWith('.jsonl'))).not.toEqual([]);
    expect(files.map((path) => path.split('/').at(-1))).toEqual(expect.arrayContaining(['plan.json', 'snapshot.json']));
    for (const path of files) expect([path, leaksIn(await readFile(path, 'utf8'))]).toEqual([path, []]);
  });

  it('is looked for where it is: the roles were assumed with the planted external id', () => {
    const asked = desk.sandbox.requests.filter(({ action }) => action === 'AssumeRole');
    expect(asked.some(({ input }) => input.ExternalId === EXTERNAL_ID)).toBe(true);
    expect(secrets().length).toBeGreaterThan(Object.keys(PLANTED).length + 6);
  });
});

const EVERYWHERE = [['plan'], ['doctor'], ['apply', '--yes', '--journal', 'runs']] as const;

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
    for (const path of await filesUnder(desk.directory)) expect(leaksIn(await readFile(path, 'utf8'))).toEqual([]);
  });

  async function searchEverywhere(...more: string[]): Promise<void> {
    for (const { stdout, stderr } of await Promise.all(EVERYWHERE.map((words) => trueup(...words, ...more)))) {
      expect(leaksIn(stdout + stderr)).toEqual([]);
      expect(`${stdout}${stderr}`).not.toBe('');
    }
  }
});

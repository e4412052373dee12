/**
 * "From nothing to the first merge" of docs/action.md, as it is written there: with the files of "trueup init", the roles
 * that "trueup iam" prints for them, enforced, and each job with the credentials of its own role.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SANDBOX_CALLER_KEY } from '../../src/sandbox/caller.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import type { PrintedRole } from '../support/printed-roles.ts';
import { HUB, SMALL_SEED } from '../support/small.ts';
import { commentOn, writesOf } from './arrange.ts';
import { PROCESSES, type Project, readFiles, withProject } from './project.ts';

const ACCOUNT = ['--hub-account', HUB];
const REPOSITORY = ['--repository', 'octo/guardrails', '--owner-id', '12', '--repository-id', '4242'];
/** One account, in which somebody is signed in who may look, and nothing of Trueup. */
const NOTHING_YET = SMALL_SEED.replace(
  /^caller: .*$/m,
  `caller: { account: "${HUB}", role: dana, session: dana, policies: [read] }`,
)
  .replace(/^ {2}- \{ id: "(?:1|4).*\n/gm, '')
  .replace('name: hub }', 'name: alone, like: open }')
  // The region that a fleet begins in, unless it says another; enabled in every account of AWS.
  .replace('regions: [eu-west-1]', 'regions: [us-east-1, eu-west-1]');

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(NOTHING_YET.replace('trueup: true', 'trueup: false'), {});
});
afterAll(() => desk.close());

async function goesWell(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await desk.trueup(words, { AWS_REGION: 'eu-west-1' });
  expect({ words, code, stderr: code === 0 ? '' : stdout + stderr }).toEqual({ words, code: 0, stderr: '' });
  return stdout;
}

/** From now on the workflows take this role. */
function signIn({ sandbox: { world } }: Project, name: string): void {
  const session = world.sessions.get(SANDBOX_CALLER_KEY);
  const role = world.accounts.get(HUB)?.roles.get(name);
  if (!session || !role) throw new Error(`no role ${name}`);
  world.sessions.set(SANDBOX_CALLER_KEY, { ...session, role });
}

it(
  'leads from nothing to a merge that is applied, with no more than the printed roles',
  async () => {
    await goesWell('init');
    await goesWell('validate');
    expect(await goesWell('plan')).toMatch(/\d+ to change/);
    const fleet = await readFile(desk.path('state/fleet.yaml'), 'utf8');
    await desk.write({ 'state/fleet.yaml': fleet.replace('# role:', 'role:') });
    await goesWell('validate');
    const rolesOf = async (...words: string[]): Promise<PrintedRole[]> =>
      JSON.parse(await goesWell('iam', ...ACCOUNT, ...words)).roles;
    const members = await rolesOf();
    const hub = await rolesOf('--part', 'hub', ...REPOSITORY);
    expect([...members, ...hub].map(({ name }) => name).sort()).toEqual([
      'trueup-apply',
      'trueup-heal',
      'trueup-plan',
      'trueup-read',
      'trueup-write',
    ]);
    const roles = [...members, ...hub].map(({ name, trust, policies }) => ({
      name,
      trust,
      policies: [policies.trueup],
    }));
    const seed = NOTHING_YET.replace(/^ {2}roles:\n(?: {4}.*\n)+/m, `  roles: ${JSON.stringify(roles)}\n`);
    const files = await filesOf(desk);
    await withProject(
      async (project) => {
        const { github, open, plan, merge, apply, sandbox } = project;
        signIn(project, 'trueup-plan');
        const first = await open(files);
        expect(await plan(first)).toMatchObject({ code: 0, outputs: { result: 'unplanned' } });
        expect(commentOn(github, 'plan')).toContain('only after the merge');
        await merge(first);
        signIn(project, 'trueup-apply');
        const waiting = await apply();
        expect(waiting).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', unread: '0' } });
        expect(writesOf(project)).toBe(0);
        const digest = waiting.outputs['pending-digest'] ?? '';
        expect(github.issues[0]?.body).toContain(`-f approved=${digest}`);
        const approved = await apply({ event: 'workflow_dispatch', inputs: { approved: digest } });
        expect(approved).toMatchObject({ code: 0, outputs: { result: 'applied', changes: '0' } });

        signIn(project, 'trueup-plan');
        const baseline = files['state/baseline.yaml'] ?? '';
        const second = await open({
          'state/baseline.yaml': baseline.replace('otherwise: report', 'otherwise: narrow'),
        });
        expect(await plan(second)).toMatchObject({
          code: 0,
          outputs: { result: 'planned', changes: '2', unread: '0' },
        });
        await merge(second);
        signIn(project, 'trueup-apply');
        expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '2', changes: '0' } });
        expect(commentOn(github, 'apply', 2)).toContain('✅ Apply: 2 applied');

        signIn(project, 'trueup-heal');
        expect(await apply({ event: 'schedule' })).toMatchObject({
          code: 0,
          outputs: { result: 'clean', unread: '0' },
        });
        expect(sandbox.requests.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
      },
      { 'README.md': '# guardrails\n' },
      { env: { AWS_REGION: 'eu-west-1' }, bundle: true },
      seed,
    );
  },
  PROCESSES.timeout,
);

/** What "init" wrote. */
async function filesOf({ path }: Desk): Promise<Record<string, string>> {
  const [state, workflows] = await Promise.all(['state', '.github'].map((name) => readFiles(path(name))));
  const under = (directory: string, some: Record<string, string> = {}) =>
    Object.entries(some).map(([name, text]) => [`${directory}/${name}`, text] as const);
  return Object.fromEntries([...under('state', state), ...under('.github', workflows)]);
}

it('is written in the documents with commands that there are', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/action.md'), 'utf8');
  const section = page.slice(page.indexOf('## From nothing'), page.indexOf('## What is approved by what'));
  for (const word of [
    'trueup init',
    ...ACCOUNT.slice(0, 1),
    '--part hub',
    '--repository',
    '--owner-id',
    '--repository-id',
  ])
    expect(section).toContain(word);
});

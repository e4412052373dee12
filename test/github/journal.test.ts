/** The journal of the action, in a bucket and as an artifact: two applies at a time, killed ones, and what comes after. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../src/github/api.ts';
import type { Job } from '../../src/github/event.ts';
import { journalsOfRuns } from '../../src/github/journals.ts';
import { lockText, parseLock } from '../../src/journal/lock-text.ts';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import { etagOf } from '../../src/sandbox/world/buckets.ts';
import { BUCKET, SEED as BUCKET_SEED } from '../journal/bucket.ts';
import { type FakeRun, REPOSITORY, startGitHub, TOKEN } from '../support/github.ts';
import { FIRST, FLEET } from '../support/small.ts';
import { commentOn, openGroup, rulesOf, useGroup, writesOf } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';

const SEED = BUCKET_SEED.replace('"sts:AssumeRole"', '"sts:AssumeRole", "sts:SetSourceIdentity"');
/** One account, so that nothing goes on beside what is stopped. */
const EMPTY = { 'state/fleet.yaml': FLEET.replace(/ {2}- \{ id: "444455556666".*\n/, '') };
/** Two calls for the group: one that adds, and one that narrows in place. */
const WEB = {
  'state/web.yaml':
    'kind: Policy\nname: web\ntargets: { accounts: [all] }\nguardrails:\n  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24, 203.0.113.0/24], otherwise: narrow }]\n',
};
const PLACE = `s3://${BUCKET}/journals`;
const S3 = { inputs: { journal: PLACE } };

async function merged(project: Project): Promise<void> {
  const pull = await project.open(WEB);
  await project.plan(pull);
  await project.merge(pull);
}

/** Kills an apply at its second call for the first account, which never gets through. */
function killed(project: Project, settings = {}) {
  const call = project.sandbox.hold({ action: 'ModifySecurityGroupRules', account: FIRST, times: 1 });
  return project.apply({ ...settings, kill: call.arrived });
}

const lockOf = ({ sandbox }: Project) => sandbox.world.buckets.get(BUCKET)?.objects;
const ownersOf = (project: Project): string[] => {
  const text = lockOf(project)?.get('journals/lock-default.json')?.body ?? '';
  return (parseLock(text) ?? []).map(({ owner }) => owner);
};

/** The command line, in the same checkout. */
async function trueup({ sandbox, git }: Project, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [resolve(import.meta.dirname, '../../dist/cli.js'), ...words],
    {
      cwd: await git('rev-parse', '--show-toplevel'),
      env: { PATH: process.env.PATH, TRUEUP_SANDBOX: sandbox.url, TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID },
    },
  );
  return stdout;
}

describe.concurrent('with its journal in a bucket', PROCESSES, () => {
  it('a second apply is told who is at it, and does nothing; the journal can be read with the command line', () =>
    withProject(
      async (project) => {
        await merged(project);
        const call = project.sandbox.hold({ action: 'ModifySecurityGroupRules', account: FIRST });
        const first = project.apply(S3);
        await call.arrived;
        const [owner = ''] = ownersOf(project);
        expect(owner).toMatch(/^octo\.guardrails-run\d+-/);
        const before = writesOf(project);
        const second = await project.apply(S3);
        expect(second).toMatchObject({ code: 1, outputs: { result: 'failed', 'failure-reason': 'locked' } });
        expect(second.log).toContain(`${owner} is applying since`);
        expect(writesOf(project)).toBe(before);
        call.release();
        expect(await first).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '1', changes: '0' } });
        expect(ownersOf(project)).toEqual([]);
        const list = await trueup(project, 'journal', 'list', '--json', '--journal', PLACE);
        expect(JSON.parse(list)).toMatchObject([{ cells: 1, closed: true }]);
        const [{ run }] = JSON.parse(list) as [{ run: string }];
        expect(await trueup(project, 'journal', 'verify', '--journal', PLACE)).toBe(`${run}: holds together\n`);
      },
      EMPTY,
      {},
      SEED,
    ));

  it('that breaks off in the middle is told with what was done by then', () =>
    withProject(
      async (project) => {
        await merged(project);
        const modify = project.sandbox.hold({ action: 'ModifySecurityGroupRules', account: FIRST });
        const applying = project.apply(S3);
        await modify.arrived;
        project.sandbox.fault({ match: { action: 'PutObject' }, do: 'deny' });
        modify.release();
        const { code, outputs } = await applying;
        expect({ code, reason: outputs['failure-reason'], applied: outputs.applied }).toEqual({
          code: 1,
          reason: 'journal-failed',
          applied: '0',
        });
        expect(outputs['artifact-name']).toContain('attempted');
        expect(commentOn(project.github, 'apply')).toMatch(/interrupted[\s\S]*cannot be written/i);
      },
      EMPTY,
      {},
      SEED,
    ));

  it('nothing is healed while somebody else is at it; what drifted is told all the same', () =>
    withProject(
      async (project) => {
        const times = { since: '2026-11-21T08:00:00.000Z', renewedAt: '2026-11-21T08:00:00.000Z' };
        const body = lockText([{ owner: 'somebody-run1', ...times, beat: '1', leaseMs: 30_000 }]);
        lockOf(project)?.set('journals/lock-default.json', { body, etag: etagOf(body), at: 0 });
        const looked = await project.apply({ ...S3, event: 'schedule' });
        expect(looked).toMatchObject({ code: 1, outputs: { applied: '0', changes: '1', 'failure-reason': 'locked' } });
        expect(looked.log).toContain('somebody-run1 is applying since');
        expect(project.github.issues).toMatchObject([{ body: expect.stringContaining('another run holds the lock') }]);
        expect(writesOf(project)).toBe(0);
      },
      { ...WEB, 'state/fleet.yaml': `${EMPTY['state/fleet.yaml']}heal: [allowed-ingress]\n` },
      {},
      SEED,
    ));

  it('a killed apply keeps the lock until it is broken by name; then the rest of what was approved is carried out', () =>
    withProject(
      async (project) => {
        await merged(project);
        expect(await killed(project, S3)).toMatchObject({ code: null });
        const [owner = ''] = ownersOf(project);
        const lock = lockOf(project)?.get('journals/lock-default.json');
        // The lease of the dead is half a minute; nobody waits that long in a test.
        if (lock) Object.assign(lock, { body: lock.body.replace(/"leaseMs":\d+/, '"leaseMs":200') });
        const inputs = { ...S3.inputs, 'break-lock': owner };
        const next = await project.apply({ inputs });
        expect(next.log).toContain(`watching ${owner}`);
        expect(next).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '1', changes: '0' } });
        expect(commentOn(project.github, 'apply')).toContain('1 applied');
      },
      EMPTY,
      {},
      SEED,
    ));
});

describe.concurrent('with its journal as an artifact', PROCESSES, () => {
  /** Every run on a machine of its own. */
  const onNewMachine = async ({ git }: Project, name: string) => ({
    inputs: { journal: join(await git('rev-parse', '--show-toplevel'), '..', name) },
  });

  it('a killed apply is continued by the next: what it began is approved still', () =>
    withProject(async (project) => {
      await merged(project);
      const dead = await killed(project, await onNewMachine(project, 'one'));
      expect(dead).toMatchObject({ code: null, outputs: { 'journal-path': expect.any(String) } });
      const between = rulesOf(project, FIRST, 'web');
      expect(between).toEqual(['0.0.0.0/0', '0.0.0.0/0', '203.0.113.0/24']);
      const next = await project.apply(await onNewMachine(project, 'two'));
      expect(next).toMatchObject({ code: 0, outputs: { result: 'applied', applied: '1', changes: '0' } });
      expect(commentOn(project.github, 'apply')).toContain('1 applied');
      expect(rulesOf(project, FIRST, 'web')).toEqual(['0.0.0.0/0', '198.51.100.0/24', '203.0.113.0/24']);
    }, EMPTY));

  it.each<readonly [string, string, (project: Project) => void]>([
    ['has changed it since', 'moved', (project) => openGroup(project, FIRST, 'web', 8080, '0.0.0.0/0')],
    ['uses it since', 'new-user', (project) => void useGroup(project, FIRST, 'web', 'eni-0123456789abcdef0')],
  ])('the rest waits when somebody %s', (_, reason, since) =>
    withProject(async (project) => {
      await merged(project);
      await killed(project, await onNewMachine(project, 'one'));
      since(project);
      const next = await project.apply(await onNewMachine(project, 'two'));
      expect(next).toMatchObject({ code: 1, outputs: { applied: '0', changes: '1', 'failure-reason': reason } });
      expect(rulesOf(project, FIRST, 'web')).not.toContain('198.51.100.0/24');
    }, EMPTY),
  );
});

describe('of the artifacts of earlier runs', () => {
  const run: FakeRun = {
    id: 7,
    path: '.github/workflows/trueup-apply.yml',
    event: 'push',
    sha: 'a'.repeat(40),
    branch: 'main',
    repository: REPOSITORY.id,
    headRepository: REPOSITORY.id,
    conclusion: 'failure',
    createdAt: '2026-11-21T07:00:00Z',
  };
  const FILES = { 'run-1/run.json': '{}', 'run-1/111122223333.eu-west-1.jsonl': '' };

  it.each<readonly [string, { readonly [field in keyof FakeRun]?: FakeRun[field] | undefined }, number]>([
    ['a run that failed', {}, 1],
    ['this very run, that was started again', { id: 9, conclusion: undefined }, 1],
    ['a run that ended well', { conclusion: 'success' }, 0],
    ['a run that is under way', { conclusion: undefined }, 0],
    ['another workflow', { path: '.github/workflows/other/trueup-apply.yml' }, 0],
    ['a pull request', { event: 'pull_request' }, 0],
    ['another branch', { branch: 'mine' }, 0],
    ['a fork', { headRepository: 777 }, 0],
  ])('the journal of %s is read, or not', async (_, other, number) => {
    const github = await startGitHub();
    try {
      const made = { ...run, ...other } as FakeRun;
      github.runs.push(made);
      github.upload(made, `trueup-journal-${made.id}-1`, FILES, '2026-11-21T08:00:00Z');
      github.upload(made, 'trueup-applied-x', { 'applied.json': '{}' }, '2026-11-21T08:00:00Z');
      const api = openApi({ url: github.url, token: TOKEN, wait: async () => {} });
      const job = { ...REPOSITORY, repositoryId: REPOSITORY.id, workflow: run.path, run: 9 } as unknown as Job;
      const found = await journalsOfRuns(api, job, 'main');
      expect(found.map((files) => Object.fromEntries(files))).toEqual(Array.from({ length: number }, () => FILES));
    } finally {
      await github.close();
    }
  });
});

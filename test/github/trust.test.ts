/** Whom the action trusts: not a forged artifact, not a fork, not a pull request that says where credentials go. */
import { describe, expect, it } from 'vitest';
import { readEntry } from '../../src/github/zip.ts';
import type { FakeGitHub, FakeRun } from '../support/github.ts';
import { FIRST, FLEET, POLICY, SECOND, STATE } from '../support/small.ts';
import { zip } from '../support/zip.ts';
import { commentOn, relaxPasswords, writesOf } from './arrange.ts';
import { type Project, withProject } from './project.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};

const disguise = (github: FakeGitHub, as: Partial<FakeRun>): void => {
  for (const run of github.runs) Object.assign(run, as);
};

/** Plans properly for another change, and passes that plan off as the one of `pull`. */
async function forge(project: Project, how: (project: Project) => Promise<void>): Promise<string> {
  const { github, open, plan, merge, apply } = project;
  const pull = await open(PASSWORDS);
  await plan(pull);
  await how(project);
  await merge(pull);
  expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '2' } });
  expect(writesOf(project)).toBe(0);
  return commentOn(github, 'apply');
}

describe.concurrent('a plan approves nothing when it', () => {
  const cases: readonly [string, (project: Project) => Promise<void> | void, RegExp][] = [
    [
      'comes from another workflow',
      ({ github }) => disguise(github, { path: '.github/workflows/mine.yml' }),
      /another workflow/,
    ],
    [
      'comes from a run of a fork',
      ({ github }) => disguise(github, { headRepository: 777 }),
      /another workflow, branch or repository/,
    ],
    [
      'comes from another branch with the same commit',
      ({ github }) => disguise(github, { branch: 'twin' }),
      /another workflow, branch or repository/,
    ],
    ['was made for another head', ({ github }) => disguise(github, { sha: 'a'.repeat(40) }), /has no plan/],
    [
      'was made before the pull request changed its base',
      ({ github, now }) => void github.pulls[0]?.retargeted.push(now()),
      /only plans came after|has no plan/,
    ],
    [
      'says another number of pull request',
      async (project) => {
        const { github, open, plan } = project;
        const other = await open(PASSWORDS, { branch: 'other' });
        await plan(other);
        const [mine, theirs] = github.artifacts;
        if (mine && theirs) mine.archive = theirs.archive;
      },
      /not to be trusted/,
    ],
    [
      'was changed after it was made',
      ({ github }) => {
        const [artifact] = github.artifacts;
        if (!artifact) return;
        const record = JSON.parse(readEntry(artifact.archive, 'reviewed.json', 1e6).toString());
        artifact.archive = zip({ 'reviewed.json': JSON.stringify({ ...record, breaches: 0, cells: [] }) });
      },
      /not to be trusted/,
    ],
  ];

  it.each(cases)('%s', (_, how, told) =>
    withProject(async (project) => {
      expect(await forge(project, async (with_) => how(with_))).toMatch(told);
    }, EMPTY),
  );
});

describe.concurrent('the fleet of a pull request', () => {
  it('says nothing about where credentials go: its plan is made with the fleet of the base', () =>
    withProject(async ({ github, open, plan, sandbox }) => {
      const fleet = FLEET.replace('trueup-read', 'attacker').replace(
        /accounts:[\s\S]*?homeRegion/,
        'accounts: [{ id: "666666666666" }]\nhomeRegion',
      );
      const endpoints =
        'endpoints: { ec2: { eu-west-1: https://ec2.evil.example } }\nsafety: { limits: { perAccount: 999 } }\n';
      const pull = await open({ 'state/fleet.yaml': `${fleet}${endpoints}` });
      expect(await plan(pull)).toMatchObject({ code: 0, outputs: { unread: '0', changes: '6' } });
      const body = commentOn(github, 'plan');
      for (const part of ['accounts', 'role.read', 'endpoints', 'safety.limits'])
        expect(body).toContain(`fleet "default" ${part}`);
      expect(body.indexOf('#### ')).toBe(body.indexOf('#### 🔴 Trust'));
      expect(body).not.toContain('evil.example');
      expect(JSON.stringify(sandbox.requests)).not.toMatch(/attacker|666666666666/);
    }, STATE));

  it('loosens nothing for the apply of its own merge', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const strict = `${FLEET}safety: { neverTouch: ["${FIRST}"] }\n`;
      await project.pushDirectly({ 'state/fleet.yaml': strict });
      await apply();
      const pull = await open({ 'state/fleet.yaml': FLEET, ...PASSWORDS });
      expect(await plan(pull)).toMatchObject({ outputs: { changes: '1', held: '1' } });
      await merge(pull);
      expect(await apply()).toMatchObject({ outputs: { applied: '1', held: '1' } });
      expect(commentOn(github, 'apply')).toContain('1 applied');
    }, EMPTY));

  it('that is new is planned only after the merge', () =>
    withProject(
      async (project) => {
        const { github, open, plan, merge, apply, sandbox } = project;
        const pull = await open(STATE);
        expect(await plan(pull)).toMatchObject({ code: 0, outputs: { result: 'unplanned' } });
        expect(commentOn(github, 'plan')).toContain('only after the merge');
        expect(sandbox.requests).toEqual([]);
        await merge(pull);
        const waiting = await apply();
        expect(waiting).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '6' } });
      },
      { 'README.md': 'nothing yet' },
    ));
});

describe.concurrent('a fork', () => {
  it('is validated, without a word to AWS or a write to GitHub', () =>
    withProject(async ({ github, open, plan, sandbox }) => {
      const env = { TRUEUP_EXTERNAL_ID: undefined };
      const good = await plan(await open({ 'state/baseline.yaml': POLICY }), { fork: true, env });
      expect(good).toMatchObject({
        code: 0,
        outputs: { result: 'valid' },
        summary: expect.stringContaining('From a fork'),
      });
      const bad = await plan(await open({ 'state/baseline.yaml': POLICY.replace('[22]', '[22222222]') }), {
        fork: true,
        env,
      });
      expect(bad).toMatchObject({ code: 1, outputs: { result: 'invalid', 'failure-reason': 'invalid-state' } });
      expect(bad.log).toMatch(/^::error file=state\/baseline.yaml,line=7,/m);
      expect(sandbox.requests).toEqual([]);
      expect(github.requests.filter((name) => !name.startsWith('GET '))).toEqual([]);
    }));

  it.each(['pull_request_target', 'workflow_run'])('never runs with secrets on %s', (event) =>
    withProject(async ({ act, github, sandbox }) => {
      const where = { sha: github.mainTip, ref: 'refs/heads/main', workflow: '.github/workflows/x.yml' };
      expect(await act(event, {}, where)).toMatchObject({
        code: 1,
        outputs: { 'failure-reason': 'pull-request-target' },
      });
      expect(sandbox.requests).toEqual([]);
    }),
  );
});

describe.concurrent('a plan', () => {
  it('tells drift from what the pull request causes', () =>
    withProject(
      async (project) => {
        const { github, open, plan } = project;
        for (const account of [FIRST, SECOND]) relaxPasswords(project, account, 6);
        const pull = await open({
          'state/groups.yaml':
            'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
        });
        await plan(pull);
        const body = commentOn(github, 'plan');
        expect(body.indexOf('Changes')).toBeLessThan(body.indexOf('Drift'));
        expect(body.slice(body.indexOf('Drift'))).toContain('password policy');
        expect(body.slice(0, body.indexOf('Drift'))).not.toContain('password policy');
      },
      { ...EMPTY, ...PASSWORDS },
    ));
});

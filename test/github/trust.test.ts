/** Whom the action trusts: not a forged artifact, not a fork, not a pull request that says where credentials go. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readEntry } from '../../src/github/zip.ts';
import { canonical } from '../../src/model/json.ts';
import type { FakeGitHub, FakePull, FakeRun } from '../support/github.ts';
import { FIRST, FLEET, POLICY, SECOND, STATE } from '../support/small.ts';
import { zip } from '../support/zip.ts';
import { commentOn, setPasswords, writesOf } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';
import { runWorkflow } from './workflow.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};

type Forgery = readonly [name: string, how: (project: Project, pull: FakePull, run: FakeRun) => void, told: RegExp];

const FORGERIES: readonly Forgery[] = [
  ['another workflow', (_, __, run) => Object.assign(run, { path: '.github/workflows/mine.yml' }), /another workflow/],
  ['a run of a fork', (_, __, run) => Object.assign(run, { headRepository: 777 }), /branch or repository/],
  [
    'another branch with the same commit',
    (_, __, run) => Object.assign(run, { branch: 'twin' }),
    /branch or repository/,
  ],
  ['another head', (_, __, run) => Object.assign(run, { sha: 'a'.repeat(40) }), /has no plan/],
  ['before it changed its base', ({ now }, pull) => pull.retargeted.push({ at: now() }), /before its base changed/],
  ['another pull request', ({ github }, _, run) => swap(github, run, { pull: 99 }), /not to be trusted/],
  [
    'who changed it afterwards',
    ({ github }, _, run) => swap(github, run, { breaches: 0, cells: [] }),
    /not to be trusted/,
  ],
];

/** Other content under the same artifact; it seals itself anew only where a forger would. */
function swap(github: FakeGitHub, run: FakeRun, other: object): void {
  const artifact = github.artifacts.find((one) => one.run === run);
  if (!artifact) throw new Error('no artifact');
  const { digest: _, ...record } = {
    ...JSON.parse(readEntry(artifact.archive, 'reviewed.json', 1e6).toString()),
    ...other,
  };
  const digest = 'pull' in other ? `sha256:${createHash('sha256').update(canonical(record)).digest('hex')}` : _;
  artifact.archive = zip({ 'reviewed.json': JSON.stringify({ ...record, digest }) });
}

describe.concurrent('a plan', PROCESSES, () => {
  it('approves nothing when it is forged, in whichever way', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      const pulls: FakePull[] = [];
      for (const [name, how] of FORGERIES) {
        const pull = await open({
          [`state/${pulls.length}.yaml`]: PASSWORDS['state/passwords.yaml'].replace(
            'name: passwords',
            `name: p${pulls.length}`,
          ),
        });
        const { run } = await plan(pull);
        how(project, pull, run);
        expect(github.artifacts, name).toHaveLength(pulls.push(pull));
      }
      for (const pull of pulls) await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { result: 'pending', applied: '0', changes: '2' } });
      expect(writesOf(project)).toBe(0);
      for (const [i, [name, , told]] of FORGERIES.entries())
        expect(commentOn(github, 'apply', i + 1), name).toMatch(told);
    }, EMPTY));
});

describe.concurrent('the fleet of a pull request', PROCESSES, () => {
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

describe.concurrent('a fork', PROCESSES, () => {
  it('is validated, without a word to AWS or a write to GitHub', () =>
    withProject(
      async ({ github, open, plan, sandbox }) => {
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
      },
      STATE,
      { bundle: true },
    ));

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

describe.concurrent('the plan of a pull request', PROCESSES, () => {
  it('tells drift from what the pull request causes', () =>
    withProject(
      async (project) => {
        const { github, open, plan } = project;
        for (const account of [FIRST, SECOND]) setPasswords(project, account, 6);
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

  const GROUPS = {
    'state/groups.yaml':
      'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
  };
  const WAITING = { 'state/fleet.yaml': `${FLEET}drift: pending\n` };

  it.each([
    ['one machine', 1],
    ['two', 2],
  ])('lets drift wait where the fleet says so, and applies what the pull request causes: on %s', (_, shards) =>
    withProject(
      async (project) => {
        const { github, open, plan, merge, apply, pushOf } = project;
        await apply();
        const pull = await open(GROUPS);
        await plan(pull);
        expect(commentOn(github, 'plan')).toMatch(/Drift · 2[\s\S]*merging does not approve it[\s\S]*password policy/);
        await merge(pull);
        const ran = shards === 1 ? await apply() : (await runWorkflow(project, pushOf(), { shards })).jobs.at(-1)?.ran;
        expect(ran).toMatchObject({ code: 0, outputs: { applied: '2', changes: '2' } });
        expect(commentOn(github, 'apply')).toContain('✅ Apply: 2 applied');
        const digest = ran?.outputs['pending-digest'] ?? '';
        const approved = await apply({ event: 'workflow_dispatch', inputs: { approved: digest } });
        expect(approved).toMatchObject({ code: 0, outputs: { applied: '2', changes: '0' } });
      },
      { ...WAITING, ...PASSWORDS },
    ),
  );

  it('is made with the stricter of both fleets: no pull request makes its own drift approved, or keeps an older one so', () =>
    withProject(
      async ({ open, plan, merge, apply }) => {
        await apply();
        const [older, stricter] = [await open({ 'README.md': 'x' }), await open(WAITING)];
        await plan(older);
        await plan(stricter);
        await merge(stricter);
        await merge(older);
        expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '0', changes: '2' } });
        const looser = await open({ 'state/fleet.yaml': FLEET });
        await plan(looser);
        await merge(looser);
        expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '0', changes: '2' } });
      },
      { ...EMPTY, ...PASSWORDS },
    ));
});

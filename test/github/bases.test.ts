/**
 * Whoever may push can open a second pull request of the same branch onto a base of their own: its runs have the same
 * workflow path, head and branch, and do what the workflow of that base says. Nothing of what they leave is believed.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/model/json.ts';
import type { FakePull, FakeRun } from '../support/github.ts';
import { FLEET } from '../support/small.ts';
import { commentOn, writesOf } from './arrange.ts';
import { PROCESSES, type Project, withProject } from './project.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
const HARMLESS = { 'state/ranges.yaml': 'kind: Ranges\nranges: { office: [10.0.0.0/8] }\n' };

/** A record as the workflow of the other base would write it; here, of what is to be done anyway. */
async function forge({ github, now }: Project, pull: FakePull, run: FakeRun): Promise<void> {
  const honest = github.artifacts.find((one) => one.run.sha === pull.head.sha);
  const { digest: _, ...record } = JSON.parse(honest?.files['reviewed.json'] ?? '{}');
  const forged = { ...record, pull: pull.number, head: pull.head.sha, run: run.id };
  const digest = `sha256:${createHash('sha256').update(canonical(forged)).digest('hex')}`;
  const name = (honest?.name ?? '').replace(/\d+$/, String(run.attempts?.length ?? 1));
  github.upload(run, name, { 'reviewed.json': JSON.stringify({ ...forged, digest }) }, now());
}

/** Of the same branch and head, onto another base. */
function twinOf({ github, now }: Project, pull: FakePull, base = 'evil'): FakePull {
  const other = { number: 1 + github.pulls.length, base, retargeted: [], reviews: [], commits: [], files: [] };
  const twin = { ...pull, ...other, createdAt: now() };
  github.pulls.push(twin);
  return twin;
}

type Attack = (project: Project, pull: FakePull) => Promise<void>;

const ATTACKS: readonly (readonly [name: string, attack: Attack, told: RegExp])[] = [
  [
    'a second pull request of its branch, onto another base',
    async (project, pull) => {
      twinOf(project, pull);
      await forge(project, pull, project.begin(await project.arrivalOf(pull)));
    },
    /of the same branch and has or had another base/,
  ],
  [
    'one that is closed by now',
    async (project, pull) => {
      const twin = twinOf(project, pull);
      await forge(project, pull, project.begin(await project.arrivalOf(pull)));
      twin.closedAt = project.now();
    },
    /of the same branch and has or had another base/,
  ],
  [
    'one that was given the same base afterwards',
    async (project, pull) => {
      const twin = twinOf(project, pull);
      await forge(project, pull, project.begin(await project.arrivalOf(pull)));
      Object.assign(twin, { base: 'main', retargeted: [{ at: project.now() }], closedAt: project.now() });
    },
    /of the same branch and has or had another base/,
  ],
  [
    'a run from before its base changed, that was started again',
    async (project, pull) => {
      const run = project.begin(await project.arrivalOf(pull));
      pull.retargeted.push({ at: project.now() });
      project.now();
      run.attempts = [run.createdAt, project.now()];
      await forge(project, pull, run);
    },
    /before its base changed/,
  ],
  [
    'a run that began when GitHub had just changed its base by itself',
    async (project, pull) => {
      pull.retargeted.push({ at: project.now(), event: 'automatic_base_change_succeeded' });
      await forge(project, pull, project.begin(await project.arrivalOf(pull)));
    },
    /within two minutes/,
  ],
];

describe.concurrent('a plan that may have been made for another base', PROCESSES, () => {
  it('approves nothing, in whichever way that was brought about', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      for (const [name, attack] of ATTACKS) {
        const pull = await open(policyOf(name));
        await plan(pull);
        await attack(project, pull);
      }
      const pulls = ATTACKS.map(([name]) => pullOf(project, name));
      for (const pull of pulls) await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '0', changes: '2' } });
      for (const [name, , told] of ATTACKS)
        expect(commentOn(github, 'apply', pullOf(project, name).number), name).toMatch(told);
      expect(writesOf(project)).toBe(0);
    }, EMPTY));
});

function policyOf(name: string) {
  const slug = name.replaceAll(/[^a-z]+/g, '-');
  return { [`state/${slug}.yaml`]: PASSWORDS['state/passwords.yaml'].replace('name: passwords', `name: ${slug}`) };
}

function pullOf({ github }: Project, name: string): FakePull {
  const [file = ''] = Object.keys(policyOf(name));
  const pull = github.pulls.find(({ files }) => files.includes(file));
  if (!pull) throw new Error(`no pull request for ${name}`);
  return pull;
}

describe.concurrent('a plan approves', PROCESSES, () => {
  it('when its base changed well before, and when other pull requests of its branch came before or after', () =>
    withProject(async (project) => {
      const { open, plan, merge, apply, now, push } = project;
      const pull = await open(HARMLESS);
      const closed = twinOf(project, { ...pull, head: { ...pull.head } });
      closed.closedAt = now();
      twinOf(project, pull, 'main');
      pull.retargeted.push({ at: now() });
      for (let minute = 0; minute < 3; minute += 1) now();
      await push(pull, PASSWORDS);
      await plan(pull);
      twinOf(project, pull);
      await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2', changes: '0' } });
    }, EMPTY));
});

describe.concurrent('the last run for a head decides', PROCESSES, () => {
  const ENDINGS: readonly (readonly [string, (project: Project, pull: FakePull) => Promise<unknown>])[] = [
    [
      'one that failed',
      async ({ sandbox, plan }, pull) => {
        const mend = sandbox.fault({ match: { action: 'GetCallerIdentity' }, do: 'deny' });
        expect((await plan(pull)).code).toBe(1);
        mend();
      },
    ],
    ['one that was not done', async ({ begin, arrivalOf }, pull) => begin(await arrivalOf(pull))],
    [
      'a second attempt that failed',
      async ({ github, now }) => {
        const run = github.runs.at(-1);
        if (run) run.attempts = [run.createdAt, now()];
      },
    ],
  ];
  it('and not an earlier one', () =>
    withProject(async (project) => {
      const { github, open, plan, merge, apply } = project;
      for (const [name, end] of ENDINGS) {
        const pull = await open(policyOf(name));
        await plan(pull);
        await end(project, pull);
      }
      for (const [name] of ENDINGS) await merge(pullOf(project, name));
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '0' } });
      for (const [name] of ENDINGS)
        expect(commentOn(github, 'apply', pullOf(project, name).number), name).toContain('its last run left no plan');
    }, EMPTY));

  it('as it was when it was merged: what is started again later is not asked, nor what was skipped', () =>
    withProject(async (project) => {
      const { open, plan, merge, apply, now, begin, arrivalOf } = project;
      const pull = await open(PASSWORDS);
      const { run } = await plan(pull);
      begin(await arrivalOf(pull)).conclusion = 'skipped';
      await merge(pull);
      run.attempts = [run.createdAt, now()];
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2' } });
    }, EMPTY));
});

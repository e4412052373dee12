/** What leaves a run when everybody may read along, and when names were chosen to do harm. */
import { describe, expect, it } from 'vitest';
import { lockText } from '../../src/journal/lock-text.ts';
import { etagOf } from '../../src/sandbox/world/buckets.ts';
import { BUCKET, SEED as BUCKET_SEED } from '../journal/bucket.ts';
import { intrusions } from '../render/parse-markdown.ts';
import type { FakeGitHub } from '../support/github.ts';
import { FIRST, FLEET, HUB, POLICY, SECOND } from '../support/small.ts';
import { openGroup } from './arrange.ts';
import { PROCESSES, type Project, type Ran, SEED, withProject } from './project.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const WHOLE = { 'state/baseline.yaml': POLICY };

/** Everything that somebody could read afterwards. */
function traces({ comments, issues, checks, artifacts }: FakeGitHub, runs: readonly Ran[]): readonly string[] {
  return [
    ...comments.map(({ body }) => body),
    ...issues.flatMap(({ title, body }) => [title, body]),
    ...checks.map((check) => JSON.stringify(check)),
    ...artifacts.map(({ files }) => JSON.stringify(files)),
    ...runs.flatMap(({ log, summary, outputs }) => [log, summary, JSON.stringify(outputs)]),
  ];
}

async function live({ open, plan, merge, apply }: Project, more: () => void = () => undefined): Promise<Ran[]> {
  const pull = await open(WHOLE);
  const planned = await plan(pull);
  more();
  await merge(pull);
  return [planned, await apply(), await apply({ event: 'schedule' })];
}

describe.concurrent('on a public repository', PROCESSES, () => {
  it('only numbers and salted digests are left behind, and what was reviewed is applied all the same', () =>
    withProject(async (project) => {
      const { github, sandbox } = project;
      github.visibility = 'public';
      const runs = await live(project, () => openGroup(project, FIRST, 'web', 22, '192.0.2.0/24'));
      expect(runs[1]?.outputs).toMatchObject({ applied: '5', changes: '1' });
      const groups = [...(sandbox.world.accounts.get(FIRST)?.place('eu-west-1').groups.keys() ?? [])];
      const secrets = [FIRST, SECOND, ...groups, '192.0.2.0', '0.0.0.0/0', 'trueup-read', '"first"'];
      for (const text of traces(github, runs)) expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      expect(github.issues[0]?.body).toContain('Only numbers');
    }, EMPTY));

  it('an error says only which it was; publish: full says all', () =>
    withProject(async (project) => {
      const { github, sandbox, open, plan } = project;
      github.visibility = 'public';
      sandbox.fault({ match: { action: 'GetCallerIdentity' }, do: 'deny' });
      const pull = await open(WHOLE);
      const quiet = await plan(pull);
      expect(quiet.code).toBe(1);
      expect(`${quiet.log}${github.comments[0]?.body}`).not.toContain('STS');
      const open_ = await plan(pull, { inputs: { publish: 'full' } });
      expect(open_.log).toMatch(/caller/);
    }, EMPTY));
});

describe.concurrent('on a public repository with its journal in a bucket', PROCESSES, () => {
  const S3 = { inputs: { journal: `s3://${BUCKET}/journals` } };
  const SECRETS = [FIRST, SECOND, HUB, BUCKET, 'journals', 'lock-default', 'eu-west-1', 'trueup-write', 'arn:'];
  const inPublic = (work: (project: Project) => Promise<void>) =>
    withProject(
      async (project) => {
        project.github.visibility = 'public';
        await work(project);
      },
      EMPTY,
      {},
      BUCKET_SEED.replace('"sts:AssumeRole"', '"sts:AssumeRole", "sts:SetSourceIdentity"'),
    );
  const merged = async ({ open, plan, merge }: Project): Promise<void> => {
    const pull = await open(WHOLE);
    await plan(pull);
    await merge(pull);
  };
  const secretsIn = (text: string): string[] => SECRETS.filter((secret) => text.includes(secret));

  it('a lock that cannot be given back is told without a word about where it is; the next run names its owner', () =>
    inPublic(async (project) => {
      await merged(project);
      const call = project.sandbox.hold({ action: 'UpdateAccountPasswordPolicy', account: FIRST, times: 1 });
      const running = project.apply(S3);
      await call.arrived;
      project.sandbox.fault({ match: { action: 'PutObject' }, do: 'deny' });
      call.release();
      const broken = await running;
      expect(broken).toMatchObject({ code: 1, outputs: { 'failure-reason': 'journal-failed' } });
      expect(secretsIn(traces(project.github, [broken]).join())).toEqual([]);
      const next = await project.apply(S3);
      expect(next).toMatchObject({ code: 1, outputs: { 'failure-reason': 'locked' } });
      expect(next.log).toMatch(
        new RegExp(`held by octo\\.guardrails-run${broken.run.id}-[0-9a-f]{6}; if that run is dead.*"break-lock"`),
      );
      expect(secretsIn(next.log)).toEqual([]);
    }));

  it('a lock of somebody’s own machine is not named', () =>
    inPublic(async ({ sandbox, apply }) => {
      const times = { since: '2026-11-21T08:00:00.000Z', renewedAt: '2026-11-21T08:00:00.000Z' };
      const body = lockText([{ owner: 'dana.laptop-abc123', ...times, beat: '1', leaseMs: 30_000 }]);
      sandbox.world.buckets.get(BUCKET)?.objects.set('journals/lock-default.json', { body, etag: etagOf(body), at: 0 });
      const { code, log } = await apply(S3);
      expect({ code, told: log.includes('a process outside of the runs of this repository') }).toEqual({
        code: 1,
        told: true,
      });
      expect(log).not.toContain('dana');
      expect(secretsIn(log)).toEqual([]);
    }));
});

/** All of them are legal names and descriptions of security groups, or may stand in tags. */
const NAMES = [
  '##[add-mask]a',
  '::add-mask::e',
  '@everyone',
  '![](http://evil.example/p.png)',
  '[x](//evil.example)',
  'n'.repeat(255),
];
const TAGS = [
  '</details><script>',
  '`` ` ``` |',
  'user\\u202egnp',
  '%0A::error::x',
  '##vso[task.setvariable variable=x]y',
  '<!-- trueup -->',
];
const HOSTILE_SEED = SEED.replace(
  '              - name: web\n',
  `${NAMES.map(
    (name, i) =>
      `              - { name: "${name}", description: "${name}", ingress: [{ rule: "tcp 22 from 0.0.0.0/0", description: "${name}", tags: { "k${i}": "${TAGS[i]}" } }] }\n`,
  ).join('')}              - name: web\n`,
);

describe.concurrent('names that were chosen to do harm', PROCESSES, () => {
  it('are shown in comments, checks, issues, summaries and logs, and obeyed by none', () =>
    withProject(
      async (project) => {
        const { github } = project;
        const runs = await live(project, () => openGroup(project, FIRST, '##[add-mask]a', 3389, '0.0.0.0/0'));
        expect(runs[1]?.outputs).toMatchObject({ result: 'applied', changes: expect.stringMatching(/[1-9]/) });
        const markdown = [...github.comments, ...github.issues].map(({ body }) => body);
        expect(markdown.join('')).toContain('add-mask');
        for (const text of [
          ...markdown,
          ...runs.map(({ summary }) => summary),
          ...github.checks.map(({ summary }) => summary),
        ]) {
          expect(intrusions(withoutOurs(text))).toEqual([]);
        }
        const commands = runs.flatMap(({ log }) => log.split('\n')).filter((line) => /^\s*::|##\[|##vso\[/.test(line));
        expect(commands.filter((line) => !/^::error::trueup: [a-z-]+$/.test(line))).toEqual([]);
        for (const { outputs } of runs) expect(JSON.stringify(outputs)).not.toMatch(/mask|evil/);
      },
      {
        'state/fleet.yaml': `${FLEET.replace('name: first', 'name: "</details>@octo/all ![](//evil.example) `x`"')}safety: { limits: { percent: 100 } }\n`,
      },
      {},
      HOSTILE_SEED,
    ));
});

function withoutOurs(text: string): string {
  return text
    .replaceAll(/\[(?:the )?run\]\(https:\/\/github\.com\/octo\/guardrails\/actions\/runs\/\d+\)/g, '')
    .replaceAll(/<!-- trueup:[\w: +/=]+ -->/g, '')
    .replaceAll(/(?:wait in|is in) #\d+/g, '')
    .replaceAll(/<\/?sub>/g, '');
}

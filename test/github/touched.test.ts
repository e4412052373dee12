/** Which files of a pull request matter: those that plan and apply it, and those of the state. */
import { describe, expect, it } from 'vitest';
import type { Files } from '../support/cli.ts';
import { FLEET } from '../support/small.ts';
import { commentOn, writesOf } from './arrange.ts';
import { PROCESSES, withProject } from './project.ts';

const EMPTY = { 'state/fleet.yaml': FLEET };
const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
/** The repository is the action's own. */
const OWN = { env: { GITHUB_ACTION_REPOSITORY: '' } };
const NAMED = { env: { GITHUB_ACTION_REPOSITORY: 'octo/guardrails' } };
const OTHER = { env: { GITHUB_ACTION_REPOSITORY: 'trueup/trueup' } };

describe.concurrent('what plans and applies a pull request', PROCESSES, () => {
  it.each<[string, Files, Files, typeof OTHER, string | undefined]>([
    ['action.yml of its own action', { 'action.yml': 'x' }, {}, OWN, 'action.yml'],
    ['the bundle of its own action', { 'dist/index.js': 'x' }, {}, NAMED, 'dist/index.js'],
    ['package.json beside its own action', { 'package.json': '{}' }, {}, OWN, 'package.json'],
    [
      'the same files where the action is elsewhere',
      { 'dist/index.js': 'x', 'package.json': '{}' },
      {},
      OTHER,
      undefined,
    ],
    ['a workflow that is moved away', { 'old.yml': 'x' }, { 'old.yml': '.github/workflows/a.yml' }, OTHER, '.github/'],
    ['a bundle that is moved away', { 'old.js': 'x' }, { 'old.js': 'dist/index.js' }, OWN, 'dist/index.js'],
  ])('approves nothing when it is changed: %s', (_, files, renamed, settings, told) =>
    withProject(
      async (project) => {
        const { github, open, plan, merge, apply } = project;
        await apply();
        const pull = await open({ ...PASSWORDS, ...files });
        pull.renamed = renamed as { readonly [file: string]: string };
        await plan(pull);
        await merge(pull);
        const applied = told === undefined ? '2' : '0';
        expect(await apply()).toMatchObject({ code: 0, outputs: { applied } });
        expect(commentOn(github, 'apply')).toContain(told ?? '2 applied');
        expect(writesOf(project) > 0).toBe(told === undefined);
      },
      EMPTY,
      settings,
    ),
  );
});

describe.concurrent('a pull request about something else', PROCESSES, () => {
  it('hears nothing of the apply, be it planned or not', () =>
    withProject(async ({ github, open, plan, merge, apply }) => {
      await apply();
      const [readme, workflow, unplanned] = [
        await open({ 'README.md': 'x' }),
        await open({ '.github/workflows/tests.yml': 'on: push\n' }),
        await open({ 'src/main.ts': 'x' }),
      ];
      await plan(readme);
      await plan(workflow);
      for (const pull of [readme, workflow, unplanned]) await merge(pull);
      expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '0' } });
      expect(github.comments.filter(({ body }) => body.startsWith('<!-- trueup:apply:'))).toEqual([]);
    }, EMPTY));

  it('hears of it where its plan showed drift: its merge has approved that', () =>
    withProject(
      async ({ github, open, plan, merge, apply }) => {
        await apply();
        const pull = await open({ 'README.md': 'x' });
        await plan(pull);
        await merge(pull);
        expect(await apply()).toMatchObject({ code: 0, outputs: { applied: '2' } });
        expect(commentOn(github, 'apply')).toContain('✅ Apply: 2 applied');
      },
      { ...EMPTY, ...PASSWORDS },
    ));
});

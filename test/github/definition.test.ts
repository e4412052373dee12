/** What is generated is current: the tables of the documentation, this repository's own workflows. Update with `-u`. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { INPUT_NAMES, readInputs } from '../../src/commands/action/inputs.ts';
import { workflows } from '../../src/commands/workflows.ts';

type Entry = { readonly description: string; readonly default?: string };
type Definition = {
  readonly inputs: Record<string, Entry>;
  readonly outputs: Record<string, Entry>;
  readonly runs: { main: string };
};

const root = resolve(import.meta.dirname, '../..');
const definition = parse(await readFile(`${root}/action.yml`, 'utf8')) as Definition;

describe('what is generated is current', () => {
  it('the tables of inputs and outputs', async () => {
    const page = await readFile(`${root}/docs/action.md`, 'utf8');
    const inputs = table(
      ['input', 'default', ''],
      Object.entries(definition.inputs).map(([name, entry]) => [
        `\`${name}\``,
        entry.default ? `\`${entry.default}\`` : '',
        entry.description,
      ]),
    );
    const outputs = table(
      ['output', ''],
      Object.entries(definition.outputs).map(([name, entry]) => [`\`${name}\``, entry.description]),
    );
    const current = page
      .replace(/(<!-- inputs -->)[\s\S]*(<!-- \/inputs -->)/, `$1\n${inputs}\n$2`)
      .replace(/(<!-- outputs -->)[\s\S]*(<!-- \/outputs -->)/, `$1\n${outputs}\n$2`);
    await expect(current).toMatchFileSnapshot(`${root}/docs/action.md`);
  });

  it('this repository’s own workflows are the ones that "trueup init" writes', async () => {
    for (const [path, text] of Object.entries(workflows({ action: './', state: 'state' })))
      await expect(text).toMatchFileSnapshot(`${root}/${path}`);
  });
});

describe('the inputs of the action', () => {
  it('are those that the code reads, and their defaults are understood', () => {
    expect([...INPUT_NAMES].sort()).toEqual(Object.keys(definition.inputs).sort());
    const inputs = readInputs((name) => definition.inputs[name]?.default ?? '');
    expect(inputs).toMatchObject({ mode: 'auto', state: 'state', approval: 'merge', publish: 'auto', unread: 'fail' });
  });

  it.each([
    ['mode', 'destroy'],
    ['approval', 'nobody'],
    ['approved', 'sha256:short'],
    ['state', '../other'],
    ['state', '/etc'],
  ])('are refused with their name: %s = %s', (name, value) => {
    const read = (asked: string): string => (asked === name ? value : (definition.inputs[asked]?.default ?? ''));
    expect(() => readInputs(read)).toThrow(name);
  });
});

type Job = {
  readonly permissions: { readonly [name: string]: string };
  readonly environment?: string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
};
const action = 'octo/trueup@0123456789012345678901234567890123456789';
const texts = [1, 8].flatMap((shards) =>
  Object.entries(workflows({ action, state: 'guardrails', shards })).map(
    ([path, text]) => [path.split('/').at(-1) ?? '', shards, text] as const,
  ),
);
const jobsOf = (text: string): Readonly<Record<string, Job>> => (parse(text) as { jobs: Record<string, Job> }).jobs;

describe('the workflows', () => {
  it.each(texts)(
    '%s on %i machines: no permissions but of jobs, actions by commit, no data in scripts',
    (_, __, text) => {
      expect(parse(text)).toMatchObject({ permissions: {} });
      for (const { permissions, environment, steps } of Object.values(jobsOf(text))) {
        for (const { run, uses } of steps)
          expect([run, uses]).toEqual([undefined, expect.stringMatching(/@[0-9a-f]{40}$/)]);
        // A role is taken in an environment, which is what its trust names; and nobody else may ask for a token.
        const role = steps.some(({ uses }) => uses?.includes('configure-aws-credentials'));
        expect([permissions['id-token'], environment === undefined]).toEqual(
          role ? ['write', false] : [undefined, true],
        );
        expect(permissions.contents).toBe('read');
      }
    },
  );

  it('on several machines let nobody who takes the apply role write on GitHub, and nobody else take it', () => {
    for (const [name, , text] of texts.filter(([file, of]) => of > 1 && file !== 'trueup-drift.yml')) {
      const jobs = Object.entries(jobsOf(text)).filter(([, { permissions }]) => permissions['id-token'] === 'write');
      for (const [, { permissions }] of jobs)
        expect(Object.entries(permissions).filter(([, how]) => how === 'write')).toEqual([['id-token', 'write']]);
      const applying = jobs.filter(([, { environment }]) => environment === 'trueup-apply').map(([job]) => job);
      expect(applying).toEqual(name === 'trueup-apply.yml' ? ['apply'] : []);
    }
  });
});

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

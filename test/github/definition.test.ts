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

describe('the workflows', () => {
  const texts = Object.entries(
    workflows({ action: 'octo/trueup@0123456789012345678901234567890123456789', state: 'guardrails' }),
  );

  it.each(texts)(
    '%s starts without permissions, pins every action by commit, and never puts data into a script',
    (_, text) => {
      const workflow = parse(text) as {
        permissions: object;
        jobs: Record<string, { permissions: object; steps: { uses?: string; run?: string }[] }>;
      };
      expect(workflow.permissions).toEqual({});
      for (const job of Object.values(workflow.jobs)) {
        expect(job.permissions).toMatchObject({ contents: 'read', 'id-token': 'write' });
        for (const step of job.steps) {
          expect(step.run).toBeUndefined();
          expect(step.uses).toMatch(/@[0-9a-f]{40}$/);
        }
      }
    },
  );
});

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

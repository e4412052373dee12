/** The reference of the command line is current, and its examples do what it says. `npm run generate` writes it anew. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_SEED } from '../../src/sandbox/seeds/demo.ts';
import { type Desk, type Ended, openDesk } from '../support/cli.ts';
import { COMMAND_NOTES } from './command-notes.ts';
import { commandPage, describedCommands } from './command-page.ts';
import { unseen } from './shown.ts';

const STATE = resolve(import.meta.dirname, '../../state');

describe('the reference of the command line', () => {
  it('is current (if not: npm run generate)', async () => {
    await expect(commandPage()).toMatchFileSnapshot('../../docs/commands.md');
  });

  it('has a note on every command, and on no other (if not: see command-notes.ts)', () => {
    expect(Object.keys(COMMAND_NOTES).sort()).toEqual(
      describedCommands()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('describes every command, option and argument', () => {
    const silent = describedCommands().flatMap(({ name, command }) => [
      ...(command.description() === '' ? [name] : []),
      ...command.registeredArguments.filter(({ description }) => description === '').map(() => `${name} <…>`),
      ...command.options.filter(({ description }) => description === '').map(({ flags }) => `${name} ${flags}`),
    ]);
    expect(silent).toEqual([]);
  });
});

describe('the examples', () => {
  let desk: Desk;
  let run = '';
  beforeAll(async () => {
    const names = await readdir(STATE);
    const texts = await Promise.all(names.map((name) => readFile(join(STATE, name), 'utf8')));
    desk = await openDesk(DEMO_SEED, Object.fromEntries(names.map((name, i) => [`state/${name}`, texts[i] ?? ''])));
  });
  afterAll(() => desk.close());

  const examples = Object.values(COMMAND_NOTES).flatMap((note) =>
    typeof note.examples === 'string' ? [] : note.examples,
  );

  it.each(examples)('trueup $words ends with $code and prints what the page shows', async ({ words, code, shows }) => {
    const ended = words === 'sandbox' ? await startAndStop() : await desk.spawn(wordsOf(words));
    const expected = shows.map((line) => line.replaceAll('RUN', run));
    expect(unseen(expected, `${ended.stdout}\n${ended.stderr}`)).toEqual([]);
    expect(ended.code).toBe(code);
    run = /journal: run (\S+)/.exec(ended.stderr)?.[1] ?? run;
  });

  it('show only codes that the page explains', () => {
    const strange = Object.entries(COMMAND_NOTES).flatMap(([name, note]) =>
      typeof note.examples === 'string'
        ? []
        : note.examples.filter((example) => note.codes[example.code] === undefined).map(() => name),
    );
    expect(strange).toEqual([]);
  });

  function wordsOf(words: string): string[] {
    return words.split(' ').map((word) => (word === 'RUN' ? run : word));
  }

  async function startAndStop(): Promise<Ended> {
    const { child, ended } = desk.start(['sandbox']);
    await new Promise((ready) => child.stderr?.once('data', ready));
    child.kill('SIGINT');
    return ended;
  }
});

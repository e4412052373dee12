/** Results as files: there whole, or not at all, whatever was in their place. */
import { execFileSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWhole } from '../../src/commands/write-whole.ts';

let directory: string;
const path = (name: string): string => join(directory, name);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('a result goes', () => {
  it('into a new file that only its owner can read', async () => {
    await writeWhole(path('plan.json'), 'new');
    expect(await readFile(path('plan.json'), 'utf8')).toBe('new');
    expect((await stat(path('plan.json'))).mode & 0o777).toBe(0o600);
  });

  it('in the place of an older one', async () => {
    await writeFile(path('plan.json'), 'older and longer');
    await writeWhole(path('plan.json'), 'new');
    expect(await readFile(path('plan.json'), 'utf8')).toBe('new');
    expect(await readdir(directory)).toEqual(['plan.json']);
  });

  it('through a link, to where it leads or would lead', async () => {
    await mkdir(path('kept'));
    await symlink('kept/plan.json', path('link'));
    for (const text of ['first', 'second']) {
      await writeWhole(path('link'), text);
      expect(await readFile(path('kept/plan.json'), 'utf8')).toBe(text);
    }
    expect((await lstat(path('link'))).isSymbolicLink()).toBe(true);
  });

  it('into a pipe, which stays one', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const read = readFile(path('pipe'), 'utf8');
    await writeWhole(path('pipe'), 'new');
    expect(await read).toBe('new');
    expect((await lstat(path('pipe'))).isFIFO()).toBe(true);
  });
});

describe('a result that cannot be written', () => {
  it('leaves everything as it was', async () => {
    await mkdir(path('taken'));
    for (const name of ['taken', 'missing/plan.json', 'a\0b'])
      await expect(writeWhole(path(name), 'new')).rejects.toMatchObject({ code: 'file-not-written' });
    expect(await readdir(directory)).toEqual(['taken']);
  });

  it('is told, too, of links that lead in a circle', async () => {
    await symlink('b', path('a'));
    await symlink('a', path('b'));
    await expect(writeWhole(path('a'), 'new')).rejects.toMatchObject({ code: 'file-not-written' });
    expect((await lstat(path('a'))).isSymbolicLink()).toBe(true);
  });
});

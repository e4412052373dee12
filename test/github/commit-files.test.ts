/** Which files of the state did an earlier commit have? Asked of a real clone, which may be a part of a repository. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clone, openClone } from '../../src/github/commit-files.ts';
import { gitIn } from '../../src/github/git.ts';
import { openGit } from '../support/git.ts';

let directory: string;
let commit: string;

const FILES = {
  'state/root.yaml': 'of the root\n',
  'part/state/größe.yml': 'no line break at the end: ß',
  'part/state/deep/empty.yaml': '',
  'part/state/.hidden.yaml': 'hidden\n',
  'part/state/.hidden/inside.yaml': 'hidden\n',
  'part/state/notes.md': '# not of the state\n',
  'part/states/other.yaml': 'of another directory\n',
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-clone-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await symlink('root.yaml', join(directory, 'state/link.yaml'));
  const { git, close } = openGit(directory);
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'start');
  commit = await git('rev-parse', 'HEAD');
  await git('rm', '-q', '-r', '.');
  await git('commit', '-q', '-m', 'nothing is left');
  await close();
});
afterAll(() => rm(directory, { recursive: true }));

const asked = (place: string): Clone => openClone(gitIn(place, { PATH: process.env.PATH }));

it('those of the directory, in full, without links and what is hidden', async () => {
  expect(await asked(directory).filesAt(commit, 'state')).toEqual([{ path: 'state/root.yaml', text: 'of the root\n' }]);
});

it('those of the part that is checked out, named from there', async () => {
  const part = join(directory, 'part');
  await mkdir(part, { recursive: true });
  expect(await asked(part).filesAt(commit, 'state')).toEqual([
    { path: 'state/deep/empty.yaml', text: '' },
    { path: 'state/größe.yml', text: FILES['part/state/größe.yml'] },
  ]);
});

it('none of a directory that was not there', async () => {
  expect(await asked(directory).filesAt(commit, 'fleet')).toEqual([]);
  expect(await asked(directory).filesAt('HEAD', 'state')).toEqual([]);
});

it('and which commits since have changed them', async () => {
  const clone = asked(directory);
  const [parent] = await clone.parentsOf('HEAD');
  expect(parent).toBe(commit);
  const changes = await clone.changesOf('state', commit);
  expect(await Promise.all(changes.map((sha) => clone.parentsOf(sha)))).toEqual([[commit]]);
  expect(await asked(join(directory, 'part')).changesOf('state', commit)).toEqual(changes);
  expect(await clone.changesOf('fleet', commit)).toEqual([]);
  expect(await clone.changesOf('state', 'HEAD')).toEqual([]);
});

it('none without a repository, which is said', async () => {
  await expect(asked('/').filesAt(commit, 'state')).rejects.toThrow(
    /git ls-tree ended with 128: .*not a git repository/,
  );
});

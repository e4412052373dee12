/** The YAML files of a directory as they are in another commit, read from the local clone. */
import { TrueupError } from '../model/problem.ts';
import type { StateFile } from '../state/read-directory.ts';
import type { Git } from './git.ts';

/** What the action asks of the local clone. */
export type Clone = {
  hasCommit(commit: string): Promise<boolean>;
  /** Whether `earlier` is `later` or came before it; not so where either is not in the clone. */
  isAncestor(earlier: string, later: string): Promise<boolean>;
  treeOf(commit: string): Promise<string>;
  parentsOf(commit: string): Promise<readonly string[]>;
  /** The commits of the main line after `since`, up to what is checked out, that changed the directory. Oldest first. */
  changesOf(directory: string, since: string): Promise<readonly string[]>;
  /** Empty where the directory did not exist yet. Links are left out: what they lead to is read under its own name. */
  filesAt(commit: string, directory: string): Promise<StateFile[]>;
};

/** @param git in the checkout */
export function openClone(git: Git): Clone {
  const holds = (...words: readonly string[]): Promise<boolean> =>
    ask(git, words).then(
      () => true,
      () => false,
    );
  return {
    hasCommit: (commit) => holds('cat-file', '-e', `${commit}^{commit}`),
    isAncestor: (earlier, later) => holds('merge-base', '--is-ancestor', earlier, later),
    treeOf: async (commit) => textOf(await ask(git, ['rev-parse', '--verify', `${commit}^{tree}`])),
    parentsOf: async (commit) =>
      textOf(await ask(git, ['rev-list', '--parents', '-n', '1', commit]))
        .split(' ')
        .slice(1),
    changesOf: async (directory, since) => {
      const line = ['rev-list', '--first-parent', '--reverse', `${since}..HEAD`, '--', `:(literal)${directory}`];
      return textOf(await ask(git, line))
        .split('\n')
        .filter((sha) => sha !== '');
    },
    filesAt: async (commit, directory) => {
      // Named from the checkout on, also where that is a part of a repository.
      const blobs = blobsIn(textOf(await ask(git, ['ls-tree', '-r', '-z', commit, '--', directory])), directory);
      if (blobs.length === 0) return [];
      return split(await ask(git, ['cat-file', '--batch'], blobs.map(({ oid }) => `${oid}\n`).join('')), blobs);
    },
  };
}

/** Only plain content is asked for: no filter, hook or driver of the repository is run. */
async function ask(git: Git, words: readonly string[], input?: string): Promise<Buffer> {
  const { code, out, complaint } = await git(['--no-pager', ...words], input);
  if (code === 0) return out;
  throw new TrueupError({
    code: 'git-failed',
    message: `git ${words[0]} ended with ${code}: ${complaint.trim().slice(0, 300)}`,
    advice: 'check out the repository before this step, and run it in the checkout',
  });
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8').trim();
}

type Blob = { readonly oid: string; readonly path: string };

function blobsIn(listing: string, directory: string): Blob[] {
  return listing.split('\0').flatMap((line) => {
    const [, mode = '', oid = '', path = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    const hidden = path
      .slice(directory.length)
      .split('/')
      .some((part) => part.startsWith('.'));
    return mode.startsWith('100') && /\.ya?ml$/.test(path) && !hidden ? [{ oid, path }] : [];
  });
}

/** `<oid> blob <size>`, a line break, the content, a line break; for each blob in turn. */
function split(batch: Buffer, blobs: readonly Blob[]): StateFile[] {
  let at = 0;
  return blobs.map(({ path }) => {
    const end = batch.indexOf('\n', at);
    const size = Number(batch.toString('utf8', at, end).split(' ')[2]);
    at = end + 1 + size + 1;
    return { path, text: batch.toString('utf8', end + 1, end + 1 + size) };
  });
}

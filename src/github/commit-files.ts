/** The YAML files of a directory as they are in another commit, read from the local clone. */
import { spawn } from 'node:child_process';
import { TrueupError } from '../model/problem.ts';
import type { StateFile } from '../state/read-directory.ts';

/** What the action asks of the local clone. */
export type Clone = {
  hasCommit(commit: string): Promise<boolean>;
  /** Whether `earlier` is `later` or came before it; not so where either is not in the clone. */
  isAncestor(earlier: string, later: string): Promise<boolean>;
  treeOf(commit: string): Promise<string>;
  parentsOf(commit: string): Promise<readonly string[]>;
  /** Empty where the directory did not exist yet. Links are left out: what they lead to is read under its own name. */
  filesAt(commit: string, directory: string): Promise<StateFile[]>;
};

/** @param env of the run: Git takes settings from it */
export function openClone(checkout: string, env: NodeJS.ProcessEnv): Clone {
  const git = (words: readonly string[], input = ''): Promise<Buffer> => ask({ cwd: checkout, env }, words, input);
  const holds = (...words: readonly string[]): Promise<boolean> =>
    git(words).then(
      () => true,
      () => false,
    );
  return {
    hasCommit: (commit) => holds('cat-file', '-e', `${commit}^{commit}`),
    isAncestor: (earlier, later) => holds('merge-base', '--is-ancestor', earlier, later),
    treeOf: async (commit) => textOf(await git(['rev-parse', '--verify', `${commit}^{tree}`])),
    parentsOf: async (commit) =>
      textOf(await git(['rev-list', '--parents', '-n', '1', commit]))
        .split(' ')
        .slice(1),
    filesAt: async (commit, directory) => {
      // Named from the checkout on, also where that is a part of a repository.
      const blobs = blobsIn(textOf(await git(['ls-tree', '-r', '-z', commit, '--', directory])), directory);
      if (blobs.length === 0) return [];
      return split(await git(['cat-file', '--batch'], blobs.map(({ oid }) => `${oid}\n`).join('')), blobs);
    },
  };
}

/** Only plain content is asked for: no filter, hook or driver of the repository is run. */
async function ask(
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  words: readonly string[],
  input: string,
): Promise<Buffer> {
  const child = spawn('git', ['--no-pager', ...words], { ...where, stdio: ['pipe', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (code === 0) return Buffer.concat(out);
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

/** The YAML files of a directory as they are in another commit, read from the local clone. */
import { spawn } from 'node:child_process';
import { TrueupError } from '../model/problem.ts';
import type { StateFile } from '../state/read-directory.ts';

/** Only plain content is asked for: no filter, hook or driver of the repository is run. */
async function git(words: readonly string[], input = ''): Promise<Buffer> {
  const child = spawn('git', ['--no-pager', ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
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

export async function hasCommit(commit: string): Promise<boolean> {
  return git(['cat-file', '-e', `${commit}^{commit}`]).then(
    () => true,
    () => false,
  );
}

/** Whether `earlier` is `later` or came before it; not so where either is not in the clone. */
export async function isAncestor(earlier: string, later: string): Promise<boolean> {
  return git(['merge-base', '--is-ancestor', earlier, later]).then(
    () => true,
    () => false,
  );
}

export async function treeOf(commit: string): Promise<string> {
  return (await git(['rev-parse', '--verify', `${commit}^{tree}`])).toString('utf8').trim();
}

export async function parentsOf(commit: string): Promise<readonly string[]> {
  const words = (await git(['rev-list', '--parents', '-n', '1', commit])).toString('utf8').trim().split(' ');
  return words.slice(1);
}

/** Empty where the directory did not exist yet. Links are left out: what they lead to is read under its own name. */
export async function filesAt(commit: string, directory: string): Promise<StateFile[]> {
  const root = (await git(['rev-parse', '--show-prefix'])).toString('utf8').trim();
  const listing = (await git(['ls-tree', '-r', '-z', '--full-tree', commit, '--', `${root}${directory}`])).toString(
    'utf8',
  );
  const blobs = listing.split('\0').flatMap((line) => {
    const [, mode = '', oid = '', path = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
    const shown = path.slice(root.length);
    const hidden = shown
      .slice(directory.length)
      .split('/')
      .some((part) => part.startsWith('.'));
    return mode.startsWith('100') && /\.ya?ml$/.test(path) && !hidden ? [{ oid, path: shown }] : [];
  });
  const batch = await git(['cat-file', '--batch'], blobs.map(({ oid }) => `${oid}\n`).join(''));
  return split(batch, blobs);
}

/** `<oid> blob <size>`, a line break, the content, a line break; for each blob in turn. */
function split(batch: Buffer, blobs: readonly { readonly path: string }[]): StateFile[] {
  let at = 0;
  return blobs.map(({ path }) => {
    const end = batch.indexOf('\n', at);
    const size = Number(batch.toString('utf8', at, end).split(' ')[2]);
    at = end + 1 + size + 1;
    return { path, text: batch.toString('utf8', end + 1, end + 1 + size) };
  });
}

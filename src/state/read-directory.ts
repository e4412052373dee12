/** The YAML files below a directory: regular files only, never outside it, never more than a limit. */
import type { Dirent } from 'node:fs';
import { lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Problem } from '../model/problem.ts';
import { LARGEST_FILE, tooLarge } from './check-text.ts';
import { decode } from './decode.ts';
import type { Complaint } from './source.ts';
import { quote } from './words.ts';

/** A file of the state; from a directory, from Git, or from a test. */
export type StateFile = { readonly path: string; readonly text: string };

export type Directory = { readonly files: readonly StateFile[]; readonly problems: readonly Problem[] };

type Walk = {
  /** Where the paths begin. */
  readonly from: string;
  readonly root: string;
  /** Real paths that are read already: a link to a file inside does not read it twice. */
  readonly seen: Set<string>;
  readonly files: StateFile[];
  readonly problems: Problem[];
  readonly links: string[];
};

/** @param from where the path of the directory begins: what is read is named by the path alone */
export async function readDirectory(directory: string, from = '.'): Promise<Directory> {
  const root = await realpath(resolve(from, directory)).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) return { files: [], problems: [noDirectory(directory)] };
  const walk: Walk = { from, root, seen: new Set(), files: [], problems: [], links: [] };
  await visitDirectory(walk, directory);
  for (let link = walk.links.shift(); link !== undefined; link = walk.links.shift()) await visitLink(walk, link);
  return { files: walk.files, problems: walk.problems };
}

function noDirectory(directory: string): Problem {
  const complaint: Complaint = {
    code: 'no-directory',
    message: `${quote(directory)} is not a directory`,
    advice: 'name the directory of the state with --state, or make one with "trueup init"',
  };
  return { ...complaint, at: { file: slashes(directory), line: 1, column: 1 } };
}

async function visitDirectory(walk: Walk, directory: string): Promise<void> {
  const real = await realpath(resolve(walk.from, directory)).catch(unreadable(walk, directory));
  if (real === undefined || walk.seen.has(real)) return;
  walk.seen.add(real);
  const entries = await readdir(resolve(walk.from, directory), { withFileTypes: true }).catch(
    unreadable(walk, directory),
  );
  for (const entry of (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1)))
    await visitEntry(walk, join(directory, entry.name), entry);
}

/** Links wait until everything else is read, so that a file is known under its own name. */
async function visitEntry(walk: Walk, path: string, entry: Dirent): Promise<void> {
  if (entry.name.startsWith('.')) return;
  if (entry.isSymbolicLink()) walk.links.push(path);
  else if (entry.isDirectory()) await visitDirectory(walk, path);
  else if (isYaml(path)) await visitFile(walk, path);
}

async function visitLink(walk: Walk, path: string): Promise<void> {
  const real = await realpath(resolve(walk.from, path)).catch(() => undefined);
  const inside = real !== undefined && !relative(walk.root, real).split(sep).includes('..');
  const directory = inside && (await lstat(real)).isDirectory();
  if (!inside && (isYaml(path) || (real !== undefined && (await stat(real)).isDirectory())))
    return complain(walk, path, {
      code: 'link-outside',
      message:
        real === undefined ? 'the symbolic link leads nowhere' : 'the symbolic link leads out of the state directory',
      advice: 'put the file itself into the state directory',
    });
  if (directory) return visitDirectory(walk, path);
  if (inside && isYaml(path)) return visitFile(walk, path);
}

async function visitFile(walk: Walk, path: string): Promise<void> {
  const real = await realpath(resolve(walk.from, path)).catch(unreadable(walk, path));
  if (real === undefined || walk.seen.has(real)) return;
  walk.seen.add(real);
  const bytes = await readBounded(walk, path).catch(unreadable(walk, path));
  if (bytes === undefined) return;
  const { text, problem } = decode(slashes(path), bytes);
  if (problem) walk.problems.push(problem);
  else walk.files.push({ path: slashes(path), text });
}

/** Asks before it opens: opening a named pipe would wait for ever. */
async function readBounded(walk: Walk, path: string): Promise<Buffer | undefined> {
  const place = resolve(walk.from, path);
  const facts = await stat(place);
  if (!facts.isFile()) {
    complain(walk, path, { code: 'not-a-file', message: 'not a regular file', advice: 'remove it, or rename it' });
    return undefined;
  }
  if (facts.size > LARGEST_FILE) {
    complain(walk, path, tooLarge(facts.size));
    return undefined;
  }
  const handle = await open(place);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function unreadable(walk: Walk, path: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    complain(walk, path, {
      code: 'file-unreadable',
      message: `cannot be read (${error.code ?? error.name})`,
      advice: 'check its permissions',
    });
    return undefined;
  };
}

function complain(walk: Walk, path: string, complaint: Complaint): void {
  walk.problems.push({ ...complaint, at: { file: slashes(path), line: 1, column: 1 } });
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

function slashes(path: string): string {
  return path.split(sep).join('/');
}

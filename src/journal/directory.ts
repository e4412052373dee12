/**
 * Journals in a directory: `DIR/RUN/run.json`, one `ACCOUNT.REGION.jsonl` per target beside it, and `closed.json` at
 * the end. Every text is on the disk before its promise resolves.
 */
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Target } from '../model/snapshot.ts';
import type { ChainWriter, Frame, JournalStore, RunWriter, StoredChain } from './store.ts';

const SUFFIX = '.jsonl';

export function openDirectory(directory: string): JournalStore {
  const read = (...names: readonly string[]): Promise<string | undefined> =>
    readFile(join(directory, ...names), 'utf8').catch(() => undefined);
  return {
    place: directory,
    runs: async () => (await entriesOf(directory)).filter((entry) => entry.isDirectory()).map(({ name }) => name),
    frame: async (run): Promise<Frame> => ({
      header: await read(run, 'run.json'),
      closing: await read(run, 'closed.json'),
    }),
    chains: async (run): Promise<StoredChain[]> => {
      const names = (await entriesOf(join(directory, run))).map(({ name }) => name);
      const own = names.filter((name) => name.endsWith(SUFFIX));
      return Promise.all(
        own.map(async (name) => ({
          target: name.slice(0, -SUFFIX.length).replace('.', '/'),
          name,
          text: await readFile(join(directory, run, name), 'utf8'),
        })),
      );
    },
    writer: (run) => writerIn(directory, run),
  };
}

async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Step by step: Node's own recursion has no end where a file system takes no directories, as /proc. */
async function makeDirectory(place: string): Promise<void> {
  try {
    await mkdir(place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(place)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(place) === place) throw error;
    await makeDirectory(dirname(place));
    await mkdir(place);
  }
  await flushDirectory(dirname(place));
}

function writerIn(directory: string, run: string): RunWriter {
  const place = join(directory, run);
  return {
    async begin(header) {
      await makeDirectory(place);
      await writeOnce(join(place, 'run.json'), header);
    },
    async openChain({ account, region }: Target): Promise<ChainWriter> {
      const path = join(place, `${account}.${region}${SUFFIX}`);
      await create(path);
      await flushDirectory(place);
      // Opened for each line: thousands of targets must not need thousands of open files.
      return { append: (line) => appendDurably(path, `${line}\n`), close: async () => {} };
    },
    end: (closing) => writeOnce(join(place, 'closed.json'), closing),
  };
}

/** Whole or not at all: a reader never meets half of it. @throws Error when it is there already. */
async function writeOnce(path: string, text: string): Promise<void> {
  const part = `${path}.part`;
  await rm(part, { force: true });
  await create(part);
  await appendDurably(part, text);
  // A link, unlike a rename, fails where something stands already.
  await link(part, path);
  await rm(part);
  await flushDirectory(dirname(path));
}

async function create(path: string): Promise<void> {
  await (await open(path, 'wx')).close();
}

async function appendDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'a');
  try {
    await handle.appendFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** A new file is only there after a crash once its directory has been flushed too; Windows opens no directories for that. */
async function flushDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

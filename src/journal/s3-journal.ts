/**
 * Journals in S3: `PREFIX/RUN/run.json`, one object per entry under `PREFIX/RUN/ACCOUNT.REGION/00000000.json`, and
 * `closed.json` at the end. Every object is written on the condition that it is not there yet.
 */
import PQueue from 'p-queue';
import { groupBy } from '../model/group-by.ts';
import type { Objects } from './objects.ts';
import type { Frame, JournalStore, RunWriter, StoredChain } from './store.ts';

/** Enough for what one target can take, and sorted as text as it is as numbers. */
const DIGITS = 8;
const READS = 64;

/** @param place as a person names it @param prefix of every key; empty, or ends with `/` */
export function openS3Journal(objects: Objects, place: string, prefix: string): JournalStore {
  const textOf = async (key: string): Promise<string | undefined> => (await objects.read(key))?.text;
  return {
    place,
    runs: () => objects.folders(prefix),
    frame: async (run): Promise<Frame> => ({
      header: await textOf(`${prefix}${run}/run.json`),
      closing: await textOf(`${prefix}${run}/closed.json`),
    }),
    chains: (run) => readChains(objects, `${prefix}${run}/`),
    writer: (run) => writerUnder(objects, `${prefix}${run}/`),
  };
}

async function readChains(objects: Objects, prefix: string): Promise<StoredChain[]> {
  const keys = (await objects.keys(prefix)).map((key) => key.slice(prefix.length)).filter((key) => key.includes('/'));
  const folders = groupBy(keys, (key) => key.slice(0, key.indexOf('/')));
  const queue = new PQueue({ concurrency: READS });
  return Promise.all(
    [...folders].map(async ([name, entries]) => {
      const found = await queue.addAll(entries.map((key) => () => objects.read(`${prefix}${key}`)));
      const text = found.map((one) => `${one?.text ?? ''}\n`).join('');
      return { target: name.replace('.', '/'), name, text };
    }),
  );
}

function writerUnder(objects: Objects, prefix: string): RunWriter {
  async function once(name: string, text: string): Promise<void> {
    if (!(await objects.create(`${prefix}${name}`, text)))
      throw new Error(`${prefix}${name} was written by somebody else`);
  }
  return {
    begin: (header) => once('run.json', header),
    openChain: async ({ account, region }) => ({
      append: (line, index) => once(`${account}.${region}/${String(index).padStart(DIGITS, '0')}.json`, line),
      close: async () => {},
    }),
    end: (closing) => once('closed.json', closing),
  };
}

/**
 * A journal in a directory: `DIR/RUN/run.json`, one chain per target beside it, and `closed.json` at the end.
 * Every entry is on the disk before the promise resolves; nothing is ever rewritten.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { targetKey } from '../model/address.ts';
import { type Journal, type JournalEntry, journalFailure, type RunHeader } from '../model/journal.ts';
import type { Target } from '../model/snapshot.ts';
import { hashOf, writeLine } from './chain.ts';

type OpenChain = { readonly handle: FileHandle; head: string; tail: Promise<void>; length: number };

/** @param now ISO 8601 UTC of this moment @throws TrueupError `journal-failed` */
export async function createFileJournal(directory: string, header: RunHeader, now: () => string): Promise<Journal> {
  const place = join(directory, header.run);
  const headerText = `${JSON.stringify(header)}\n`;
  const chains = new Map<string, Promise<OpenChain>>();
  await guarded(place, async () => {
    await mkdir(place, { recursive: true });
    await writeOnce(join(place, 'run.json'), headerText);
    await flushDirectory(directory);
  });

  async function begin(target: Target): Promise<OpenChain> {
    const handle = await open(join(place, `${target.account}.${target.region}.jsonl`), 'ax');
    await flushDirectory(place);
    return { handle, head: hashOf(headerText), tail: Promise.resolve(), length: 0 };
  }

  function chainOf(target: Target): Promise<OpenChain> {
    const known = chains.get(targetKey(target)) ?? begin(target);
    chains.set(targetKey(target), known);
    return known;
  }

  /** Entries of one target follow one another; those of others do not wait for them. */
  async function append(target: Target, entry: JournalEntry): Promise<void> {
    await guarded(place, async () => {
      const chain = await chainOf(target);
      const written = chain.tail.then(async () => {
        const text = writeLine(chain.head, now(), entry);
        await chain.handle.appendFile(`${text}\n`);
        await chain.handle.datasync();
        chain.head = hashOf(text);
        chain.length += 1;
      });
      chain.tail = written;
      await written;
    });
  }

  async function close(): Promise<void> {
    await guarded(place, async () => {
      const open = await Promise.all([...chains].map(async ([target, chain]) => [target, await chain] as const));
      await Promise.all(open.map(async ([, { tail, handle }]) => tail.then(() => handle.close())));
      const heads = Object.fromEntries(open.map(([target, { head, length }]) => [target, { head, length }]).sort());
      await writeOnce(join(place, 'closed.json'), `${JSON.stringify({ closedAt: now(), chains: heads })}\n`);
    });
  }

  return { append, close };
}

async function guarded<Result>(place: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw journalFailure(place, error);
  }
}

async function writeOnce(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A new file is only there after a crash once its directory has been flushed too. */
async function flushDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

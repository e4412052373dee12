/**
 * A journal that is being written: one chain of lines per target, each line with the hash of the one before it, and at
 * the end the heads of all chains. Where the texts are kept is the store's business.
 */
import { randomUUID } from 'node:crypto';
import { addressKey, targetKey } from '../model/address.ts';
import { type Journal, type JournalEntry, journalFailure, type RunHeader } from '../model/journal.ts';
import type { Target } from '../model/snapshot.ts';
import { hashOf, writeLine } from './chain.ts';
import type { ChainWriter, JournalStore } from './store.ts';

type OpenChain = {
  readonly writer: ChainWriter;
  head: string;
  tail: Promise<void>;
  length: number;
  cells: number;
  /** Cells of which a call was, or may have been, sent, and that have not ended as applied. */
  readonly unfinished: Set<string>;
};

/** @param now ISO 8601 UTC of this moment @throws TrueupError `journal-failed` */
export async function createJournal(store: JournalStore, header: RunHeader, now: () => string): Promise<Journal> {
  const writer = store.writer(header.run);
  // The writer's mark makes every chain its own: what another process wrote under the same name cannot pass for it.
  const headerText = `${JSON.stringify({ ...header, writer: randomUUID() })}\n`;
  const chains = new Map<string, Promise<OpenChain>>();
  const guarded = <Result>(work: () => Promise<Result>): Promise<Result> =>
    work().catch((error: unknown) => {
      throw journalFailure(store.place, error);
    });
  await guarded(() => writer.begin(headerText));

  function chainOf(target: Target): Promise<OpenChain> {
    const begin = async (): Promise<OpenChain> => {
      const opened = await writer.openChain(target);
      const start = { head: hashOf(headerText), tail: Promise.resolve(), length: 0, cells: 0 };
      return { writer: opened, ...start, unfinished: new Set() };
    };
    const known = chains.get(targetKey(target)) ?? begin();
    chains.set(targetKey(target), known);
    return known;
  }

  /** Entries of one target follow one another; those of others do not wait for them. */
  async function append(target: Target, entry: JournalEntry): Promise<void> {
    await guarded(async () => {
      const chain = await chainOf(target);
      const written = chain.tail.then(async () => {
        const line = writeLine(chain.head, now(), entry);
        await chain.writer.append(line, chain.length);
        chain.head = hashOf(line);
        chain.length += 1;
        count(entry, chain);
      });
      chain.tail = written;
      await written;
    });
  }

  async function close(): Promise<void> {
    await guarded(async () => {
      const open = await Promise.all([...chains].map(async ([target, chain]) => [target, await chain] as const));
      await Promise.all(open.map(async ([, chain]) => chain.tail.then(() => chain.writer.close())));
      const ends = open.map(([target, { head, length, cells, unfinished }]) => {
        return [target, { head, length, cells, unfinished: unfinished.size }] as const;
      });
      const heads = Object.fromEntries(ends.sort(([a], [b]) => (a < b ? -1 : 1)));
      await writer.end(`${JSON.stringify({ closedAt: now(), chains: heads })}\n`);
    });
  }

  return { append, close };
}

/** So that who looks for cells that were left half-done need not read runs that left none. */
function count(entry: JournalEntry, chain: OpenChain): void {
  if (entry.kind === 'begin') chain.cells += 1;
  if (entry.kind === 'intent') chain.unfinished.add(addressKey(entry.address));
  if (entry.kind === 'end' && entry.result === 'applied') chain.unfinished.delete(addressKey(entry.address));
}

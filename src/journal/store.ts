/** What a journal asks of the place it is kept in, be it a directory or a bucket. */
import type { Target } from '../model/snapshot.ts';

export interface JournalStore {
  /** As a person names it: for messages. */
  readonly place: string;
  /** Ids of all runs, oldest first; empty where there is no journal yet. */
  runs(): Promise<string[]>;
  /** How a run begins and ends; a part that is not there, or not to be read, is undefined. */
  frame(run: string): Promise<Frame>;
  /** Every chain of the run, sorted by target. */
  chains(run: string): Promise<readonly StoredChain[]>;
  writer(run: string): RunWriter;
}

export type Frame = { readonly header: string | undefined; readonly closing: string | undefined };

export type StoredChain = {
  /** `account/region`. */
  readonly target: string;
  /** What a person would look for: a file, or a prefix of objects. */
  readonly name: string;
  /** Its lines, each with its end. */
  readonly text: string;
};

/** Writes a run that is not there yet. Every promise resolves only when the text is durable; nothing is rewritten. */
export interface RunWriter {
  /** @throws Error when the run is there already. */
  begin(header: string): Promise<void>;
  openChain(target: Target): Promise<ChainWriter>;
  end(closing: string): Promise<void>;
}

export interface ChainWriter {
  /** @param index of the line in its chain, from 0. */
  append(line: string, index: number): Promise<void>;
  close(): Promise<void>;
}

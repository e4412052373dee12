/** The record of an apply: intent before each call, result after it, before-values in full. Append-only. */
import type { Json } from './json.ts';
import type { Call } from './operation.ts';
import type { Address, Cell } from './plan.ts';
import { type Reason, TrueupError } from './problem.ts';
import type { Stamp } from './snapshot.ts';

export type CellResult = 'applied' | 'moved' | 'failed' | 'held' | 'interrupted';

/** What happens to a cell, in the order in which it does. */
export type JournalEntry =
  | { readonly kind: 'begin'; readonly cell: Cell }
  | { readonly kind: 'intent'; readonly address: Address; readonly step: number; readonly call: Call }
  | {
      readonly kind: 'result';
      readonly address: Address;
      readonly step: number;
      readonly ok: boolean;
      /** AWS's request id, for finding the call in CloudTrail. */
      readonly requestId?: string;
      readonly error?: Reason;
    }
  | { readonly kind: 'end'; readonly address: Address; readonly result: CellResult; readonly reason?: Reason };

/** A line of a chain: there is one chain per target, and each line carries the hash of the one before it. */
export type JournalLine = { readonly at: string; readonly previous: string; readonly entry: JournalEntry };

/** The first file of a run. */
export type RunHeader = {
  readonly format: 'trueup-journal/1';
  readonly run: string;
  readonly stamp: Stamp;
  readonly startedAt: string;
  readonly plan: string;
  /** What kind of run: an apply, or the revert of another run. */
  readonly reverts?: string;
  /** Only a share of the accounts, `INDEX/OF`. */
  readonly share?: string;
  /** What the accounts were called: for explaining only. */
  readonly names?: { readonly [account: string]: string };
  readonly identity?: { readonly [name: string]: Json };
  /** Random: tells apart two writers that chose the same name for their run. */
  readonly writer?: string;
};

export type Run = {
  readonly header: RunHeader;
  readonly lines: readonly JournalLine[];
  /** Whether the run closed its journal; a killed one did not. */
  readonly closed: boolean;
};

/** Where an executor writes. Every promise resolves only when the entry is durable. */
export interface Journal {
  append(target: { readonly account: string; readonly region: string }, entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/** A run stops at once when its journal cannot be written: what is not recorded must not happen. */
export function journalFailure(where: string, cause: unknown): TrueupError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  const advice = cause instanceof TrueupError ? cause.advice : 'make room there or choose another place with --journal';
  return new TrueupError(
    {
      code: 'journal-failed',
      message: `the journal at ${where} cannot be written${why}`,
      advice: `${advice ? `${advice}; ` : ''}nothing more was sent to AWS`,
    },
    { cause },
  );
}

export function isJournalFailure(error: unknown): error is TrueupError {
  return error instanceof TrueupError && tellsJournalFailure(error.reason);
}

export function tellsJournalFailure({ code }: Reason): boolean {
  return code === 'journal-failed';
}

/** How a command speaks to the person or pipeline that called it. Only the entry points implement it; commands never print. */
import { TrueupError } from '../model/problem.ts';

export interface Io {
  /** The result: what a pipe would carry on. */
  result(text: string): void;
  /** Everything said beside the result. */
  say(text: string): void;
  /** How far a longer piece of work is; a bar on a terminal, now and then a line elsewhere. */
  progress(stage: string, done: number, total: number): void;
  /** Whether there is somebody to ask. */
  readonly canAsk: boolean;
  /** Asks the person; `undefined` when there is nobody to ask. */
  ask(question: string): Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly colour: boolean;
  /** Columns. */
  readonly width: number;
  readonly now: Date;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What a process ends with. */
export const EXIT = {
  done: 0,
  /** An error, or something that could not be read or done. */
  error: 1,
  /** With --detailed-exitcode: changes are pending. */
  pending: 2,
  /** A safety rule refused it. */
  refused: 3,
  /** Ctrl-C; the journal was closed cleanly. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function usageError(message: string, advice: string): TrueupError {
  return new TrueupError({ code: 'usage', message, advice });
}

/** What went wrong, for the person who has to mend it. Every error the user can meet is one of these two shapes. */

/** A place in a file of the state. Lines and columns count from 1. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** A mistake in the state. All of them are reported at once, each with the line it stands on. */
export type Problem = {
  readonly code: string;
  /** What is wrong, as a sentence without a full stop. */
  readonly message: string;
  /** What to write instead. */
  readonly advice?: string;
  readonly at: Position;
  /** The text of the line, as it stands in the file. */
  readonly text?: string;
};

/** Why something was not read or not done; plain data, so that it fits into a snapshot, a plan or a journal. */
export type Reason = { readonly code: string; readonly message: string; readonly advice?: string };

/** An error with a stable code, what happened and what to do about it. */
export class TrueupError extends Error {
  override readonly name = 'TrueupError';
  readonly code: string;
  readonly advice: string | undefined;
  readonly problems: readonly Problem[];

  constructor(reason: Reason, more: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(reason.message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = reason.code;
    this.advice = reason.advice;
    this.problems = more.problems ?? [];
  }

  get reason(): Reason {
    return { code: this.code, message: this.message, ...(this.advice !== undefined && { advice: this.advice }) };
  }
}

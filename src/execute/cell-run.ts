/** What carrying out one cell needs, and how it can end. */
import type { Protection } from '../fleet/protection.ts';
import type { ErrorContext, Session } from '../model/aws.ts';
import type { CellResult, Journal } from '../model/journal.ts';
import type { Reason } from '../model/problem.ts';
import type { Reader, Resource } from '../model/resource.ts';

export type CellRun = {
  readonly session: Session;
  readonly resource: Resource;
  readonly readers: ReadonlyMap<string, Reader>;
  /** Looked at again with what was just read: somebody may have tagged it since the plan. */
  readonly protection: Protection;
  readonly journal: Journal;
  /** Once aborted no further call is begun; the one in flight is finished and its result recorded. */
  readonly signal: AbortSignal;
  explain(error: unknown, context: ErrorContext): Reason;
  /** @param why for a person, where it may take longer than a few seconds; it names no place and no account */
  wait(ms: number, why?: string): Promise<void>;
};

export type Ending = { readonly result: CellResult; readonly reason?: Reason };

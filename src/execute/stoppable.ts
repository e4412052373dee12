/** A session that begins no change once the run is stopped; one that is on its way gets its answer. */
import type { Session } from '../model/aws.ts';
import type { TypedCall } from '../model/operation.ts';
import { TrueupError } from '../model/problem.ts';
import type { Resource } from '../model/resource.ts';
import { NOT_SENT } from './endings.ts';

/**
 * Asked at the last moment: between an intent and its call lie the writing of it, in which the run may have been stopped
 * or its lock lost, and the calls of other cells that it travels with.
 */
export function stoppable(session: Session, { writes }: Resource, signal: AbortSignal): Session {
  const changes = new Set(writes.map(({ id }) => id));
  return {
    ...session,
    async send<Output extends object>(call: TypedCall<Output>): Promise<Output> {
      if (signal.aborted && changes.has(call.operation)) throw new TrueupError(NOT_SENT);
      return session.send(call);
    },
  };
}

export function isNotSent(error: unknown): boolean {
  return error instanceof TrueupError && error.code === NOT_SENT.code;
}

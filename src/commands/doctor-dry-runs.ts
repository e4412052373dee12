/** Tries permissions out with dry runs, in a session that allows exactly them. */
import { sessionPolicy } from '../execute/session-policy.ts';
import { probeFor, type Samples, verdictOf } from '../iam/probes.ts';
import { allowing, isMendable } from '../iam/remedies.ts';
import { GLOBAL } from '../model/address.ts';
import type { Session } from '../model/aws.ts';
import type { Call, Operation } from '../model/operation.ts';
import type { Target } from '../model/snapshot.ts';
import type { Run } from '../run.ts';
import { type Check, checkAt, told } from './doctor-check.ts';
import type { Untried } from './doctor-simulation.ts';

export type Trying = {
  readonly place: Target;
  readonly run: Run;
  readonly samples: Samples;
  readonly role: string | undefined;
  /** Operations that were used already, and need no trying out. */
  readonly proven: ReadonlySet<Operation>;
  /** Not to endpoints that are not AWS's: they may not know what a dry run is, and do it. */
  readonly trySending: boolean;
};

type Probe = { readonly operation: Operation; readonly call: Call };

/** What became of the operations, and those that no dry run can try out. */
export type Tried = { readonly checks: readonly Check[]; readonly untried: readonly Untried[] };

export async function tryOut(operations: readonly Operation[], trying: Trying): Promise<Tried> {
  const { place, role, samples, trySending, proven } = trying;
  const probes = operations.flatMap((operation): Probe[] => {
    const call = trySending && place.region !== GLOBAL ? probeFor(operation, samples) : undefined;
    return call && role !== undefined ? [{ operation, call }] : [];
  });
  const tried = new Set(probes.map(({ operation }) => operation));
  const untried = operations
    .filter((one) => !tried.has(one) && !proven.has(one))
    .map((operation) => ({ place, role, operation }));
  return { checks: probes.length === 0 || role === undefined ? [] : await send(probes, role, trying), untried };
}

async function send(probes: readonly Probe[], role: string, { place, run }: Trying): Promise<Check[]> {
  const { connection } = run;
  const { account, region } = place;
  const { partition } = connection.caller;
  const operations = probes.map(({ operation }) => operation);
  const table = new Map(operations.map((operation) => [operation.id, operation]));
  const calls = probes.map(({ call }) => call);
  const policy = sessionPolicy({ calls, reads: [], table, denials: [] }, { partition, account, region });
  try {
    const session = await connection.assume({ account, region, role, operations, policy });
    return await Promise.all(probes.map((probe) => judge(probe, session, { place, role, run })));
  } catch (error) {
    const { message } = connection.explain(error, { doing: 'open a session for dry runs', account, region, role });
    return [checkAt(place, 'failed', `role ${role}`, message)];
  }
}

async function judge(
  { operation, call }: Probe,
  session: Session,
  { place, role, run: { connection } }: { readonly place: Target; readonly role: string; readonly run: Run },
): Promise<Check> {
  const answer = await session.send(call).catch((error: unknown) => error);
  const verdict = verdictOf(answer);
  if (verdict === 'allowed') return checkAt(place, 'ok', operation.id, 'is allowed');
  if (verdict === 'unclear') return checkAt(place, 'unverified', operation.id, 'the dry run got no clear answer');
  const { account, region } = place;
  const reason = connection.explain(answer, { doing: 'try it out', account, region, operation: operation.id });
  if (!isMendable(reason)) return checkAt(place, 'failed', operation.id, `with the role ${role}: ${told(reason)}`);
  const remedies = allowing(operation, role, { partition: connection.caller.partition, account });
  return checkAt(place, 'failed', operation.id, `is not allowed to the role ${role}`, remedies);
}

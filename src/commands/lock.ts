/** Keeps two applies of a fleet apart, where the journal is kept in a place that knows locks. */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { Clock } from '../journal/clock.ts';
import { isS3, parseS3Place } from '../journal/s3-place.ts';
import type { Reason } from '../model/problem.ts';
import { stateDigest } from '../plan/shard.ts';
import { forTerminal } from '../render/escape.ts';
import type { Run } from '../run.ts';
import type { Io } from './io.ts';
import { openObjects } from './journal-place.ts';

export type LockChoice = {
  readonly journal: string;
  /** Owners to take it away from, if they are dead. */
  readonly breakLock?: readonly string[] | undefined;
  readonly clock?: Clock;
};

export type Locked<Result> = {
  readonly result: Result;
  /** Set when the lock was lost on the way: the work stopped before its next call. */
  readonly lost?: Reason;
};

/**
 * Keeps every other apply of this fleet out while `work` is done; a directory knows no lock, and keeps out nobody.
 * Take it before planning, so that nothing is planned that the other run is about to change.
 *
 * @param work must stop when its signal is aborted: by Ctrl-C, or because the lock is lost
 * @throws TrueupError `locked` with the owner and its age, `lock-alive`
 */
export async function underLock<Result>(
  run: Run,
  { journal, breakLock, clock }: LockChoice,
  io: Pick<Io, 'env' | 'say' | 'signal'>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Locked<Result>> {
  if (!isS3(journal)) return { result: await work(io.signal) };
  const { LEASE_MS, takeLock } = await import('../journal/lock.ts');
  const { state, fleet, shard } = run;
  const share = shard && { ...shard, state: stateDigest(state, fleet) };
  const lock = await takeLock(
    { owner: ownerOf(io.env), ...(share && { share }) },
    {
      objects: await openObjects(journal, run),
      key: `${parseS3Place(journal).prefix}lock-${fleet.name}.json`,
      leaseMs: LEASE_MS,
      breakOwners: breakLock,
      say: (text) => io.say(forTerminal(text, 500)),
      ...(clock && { clock }),
    },
  );
  try {
    const result = await work(AbortSignal.any([io.signal, lock.lost]));
    const lost = lock.lost.aborted ? (lock.lost.reason as Reason) : undefined;
    if (lost) io.say(`${lost.message}; ${lost.advice}`);
    return { result, ...(lost && { lost }) };
  } finally {
    await lock.release();
  }
}

/** Enough to find the process, and unlike every other. A person may have to type it. */
function ownerOf(env: Io['env']): string {
  const { GITHUB_RUN_ID: id } = env;
  const runs = runsOf(env);
  const who = runs !== undefined && id ? `${runs}${id}` : `${userInfo().username}.${hostname()}`;
  return `${who}-${randomBytes(3).toString('hex')}`.replaceAll(/[^\w.-]/g, '-');
}

function runsOf({ GITHUB_REPOSITORY: repository }: Io['env']): string | undefined {
  return repository ? `${repository.replace('/', '.')}-run` : undefined;
}

/**
 * Whether an owner is a run of this very repository: then its name has nothing that GitHub does not show to whoever can
 * see the repository. That of a process elsewhere has a user and a machine in it.
 */
export function isRunHere(owner: string, env: Io['env']): boolean {
  const runs = runsOf(env);
  return runs !== undefined && owner.startsWith(runs) && /^\d+-[0-9a-f]{6}$/.test(owner.slice(runs.length));
}

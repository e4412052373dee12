/**
 * One apply at a time: an object in the bucket says who is applying. It is changed only by compare-and-swap. The holder
 * gives a sign of life every third of its lease and stops by itself when a lease has passed without one; therefore a lock
 * whose holder was watched for a whole lease without a sign of life can be taken from it, whatever the clocks say.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Reason, TrueupError } from '../model/problem.ts';
import { type Clock, realClock } from './clock.ts';
import { blocking, type Claim, type Holder, lockText, parseLock } from './lock-text.ts';
import { LockedError } from './locked.ts';
import type { Found, Objects } from './objects.ts';

export type LockOptions = {
  readonly objects: Objects;
  readonly key: string;
  readonly leaseMs: number;
  /** Take it away from these owners, if they are dead. */
  readonly breakOwners?: readonly string[] | undefined;
  /** Whoever waits may want to know what for. */
  readonly say: (text: string) => void;
  /** The machine's own, unless said. */
  readonly clock?: Clock;
};

export interface HeldLock {
  /** Aborted once the lock is no longer ours; its reason is a `Reason`. */
  readonly lost: AbortSignal;
  /** Never throws: a lock that cannot be given back is told. */
  release(): Promise<void>;
}

export const LEASE_MS = 30_000;
/** Holders of several shares change the same object: each change finds its turn within a few tries. */
const TRIES = 20;

/** @throws TrueupError `locked`, `lock-alive`, `lock-unreadable` */
export async function takeLock(claim: Claim, options: LockOptions): Promise<HeldLock> {
  const { leaseMs, clock = realClock } = options;
  const since = now();
  const mine = (): Holder => ({ ...claim, since, renewedAt: now(), beat: randomUUID(), leaseMs });
  const watched = new Map<string, string>();
  let seen = clock.now();
  await change(options, async (holders) => {
    const dead = holders.filter(({ owner }) => options.breakOwners?.includes(owner));
    const left = holders.filter((one) => !dead.includes(one));
    const other = blocking(left, claim);
    if (other) throw locked(other);
    const unwatched = dead.filter(({ owner, beat }) => watched.get(owner) !== beat);
    if (unwatched.length > 0) await watch(unwatched, options);
    for (const { owner, beat } of unwatched) watched.set(owner, beat);
    seen = clock.now();
    return [...left, mine()];
  });
  return hold(claim, mine, seen, options);
}

/** Keeps the lock alive until it is released or lost. */
function hold(claim: Claim, mine: () => Holder, since: number, options: LockOptions): HeldLock {
  const { leaseMs, say, clock = realClock } = options;
  const lost = new AbortController();
  const isMine = (one: Holder): boolean => one.owner === claim.owner;
  const expire = () => lost.abort(NOT_RENEWED);
  const expireAfter = (begun: number) => clock.after(begun + leaseMs - clock.now(), expire);
  let callOff = expireAfter(since);
  let renewing = Promise.resolve();

  async function renew(): Promise<void> {
    const begun = clock.now();
    await change(options, (holders) => {
      if (!holders.some(isMine)) throw TAKEN;
      return holders.map((one) => (isMine(one) ? mine() : one));
    });
    callOff();
    callOff = expireAfter(begun);
  }
  function beat(): void {
    stopBeating = clock.after(leaseMs / 3, beat);
    renewing = renewing.then(renew).catch((error: unknown) => {
      // Anything else may pass: the deadline decides.
      if (error === TAKEN) lost.abort(TAKEN);
    });
  }
  let stopBeating = clock.after(leaseMs / 3, beat);

  async function release(): Promise<void> {
    stopBeating();
    await renewing;
    callOff();
    if (lost.signal.reason === TAKEN) return;
    await change(options, (holders) => holders.filter((one) => !isMine(one))).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      say(`the lock could not be given back (${why}); the next apply will need --break-lock ${claim.owner}`);
    });
  }
  return { lost: lost.signal, release };
}

type Next = (holders: readonly Holder[]) => readonly Holder[] | Promise<readonly Holder[]>;

/** Reads, decides, swaps; from the start when somebody else was quicker. */
async function change({ objects, key }: LockOptions, next: Next): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await objects.read(key);
    const text = lockText(await next(holdersIn(found, key)));
    if (await (found ? objects.swap(key, text, found.etag) : objects.create(key, text))) return;
    await sleep(Math.random() * 50 * (tries + 1));
  }
  throw new TrueupError({ code: 'lock-busy', message: `the lock ${key} changes all the time`, advice: 'run again' });
}

function holdersIn(found: Found | undefined, key: string): Holder[] {
  const holders = found ? parseLock(found.text) : [];
  if (holders) return holders;
  throw new TrueupError({
    code: 'lock-unreadable',
    message: `${key} is not a lock that this version of Trueup can read`,
    advice: 'let the newer version that wrote it finish; delete the object only if nobody is applying',
  });
}

/** A whole lease without a sign of life, by our clock alone. */
async function watch(some: readonly Holder[], { objects, key, say, clock = realClock }: LockOptions): Promise<void> {
  const longest = Math.max(...some.map(({ leaseMs }) => leaseMs));
  const owners = some.map(({ owner }) => owner).join(', ');
  say(`watching ${owners} for ${Math.ceil(longest / 1000)} s, to see whether it is alive`);
  await new Promise<void>((resolve) => void clock.after(longest, resolve));
  const after = holdersIn(await objects.read(key), key);
  const alive = some.find(({ owner, beat }) => after.some((one) => one.owner === owner && one.beat !== beat));
  if (!alive) return;
  throw new LockedError(alive.owner, {
    code: 'lock-alive',
    message: `${alive.owner} is alive: it renewed its lock while it was watched`,
    advice: 'stop that run (Ctrl-C, or cancel the workflow): it closes its journal and gives the lock back',
  });
}

function locked({ owner, since, renewedAt }: Holder): TrueupError {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(renewedAt)) / 1000));
  return new LockedError(owner, {
    code: 'locked',
    message: `${owner} is applying since ${since}; its last sign of life was ${seconds} s ago, by its clock`,
    advice: `wait until it is done; if that process is dead, add --break-lock ${owner}`,
  });
}

function now(): string {
  return new Date().toISOString();
}

const TAKEN: Reason = {
  code: 'lock-lost',
  message: 'somebody took the lock away from this run',
  advice: 'plan again once the other run is done',
};
const NOT_RENEWED: Reason = {
  code: 'lock-lost',
  message: 'the lock could not be renewed in time, so this run stopped by itself',
  advice: 'check the connection to the bucket, then plan again',
};

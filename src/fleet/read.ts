/** Runs reads over accounts and regions at the same time, with one session per target and every outcome accounted for. */
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { targetKey } from '../model/address.ts';
import type { Aws, Connection } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Operation } from '../model/operation.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import { BUSY_PAUSES_MS, type Reader, stillBusy, type Want } from '../model/resource.ts';
import type { Read, Reading, Target } from '../model/snapshot.ts';
import type { Fleet } from '../model/state.ts';
import { openReader } from './sessions.ts';

export type ReadOptions = {
  readonly readers: ReadonlyMap<string, Reader>;
  /** What read sessions may do, in every account alike, so that its regions and rounds share one. */
  readonly operations: readonly Operation[];
  /** Once aborted, no further target is begun, and nothing is made of what was read. */
  readonly signal?: AbortSignal;
  readonly onTarget?: (target: Target) => void;
  /** How time is let pass while AWS is busy. */
  readonly wait?: (ms: number, why?: string) => Promise<void>;
};

/** One reading for each read, in the order of the reads; a read that fails says why, and the others go on. */
export async function readAll(
  reads: readonly Read[],
  connection: Connection,
  fleet: Fleet,
  options: ReadOptions,
): Promise<Reading[]> {
  const queue = new PQueue({ concurrency: fleet.limits.concurrency });
  const byTarget = [...groupBy(reads, targetKey).values()];
  const readings = await Promise.all(
    byTarget.map((some) =>
      queue.add(() => {
        if (options.signal?.aborted) throw new TrueupError(STOPPED);
        return readTarget(some, connection, fleet, options);
      }),
    ),
  );
  // Also when it was the last target that was being read: whoever stops a run wants nothing more of it.
  if (options.signal?.aborted) throw new TrueupError(STOPPED);
  return readings.flat();
}

/** The session and its clients live only as long as this: memory does not grow with the fleet. */
async function readTarget(
  reads: readonly Read[],
  connection: Connection,
  fleet: Fleet,
  { readers, operations, onTarget, wait = (ms) => sleep(ms) }: ReadOptions,
): Promise<Reading[]> {
  const [first] = reads;
  if (!first) return [];
  const target = { account: first.account, region: first.region };
  const opened = openReader(connection, fleet, target, operations);
  const readings = await Promise.all(reads.map((read) => readOne(read, opened, connection, { readers, wait })));
  onTarget?.(target);
  return readings;
}

async function readOne(
  { account, region, reader: name, want }: Read,
  opened: Promise<Aws>,
  connection: Connection,
  { readers, wait }: Required<Pick<ReadOptions, 'readers' | 'wait'>>,
): Promise<Reading> {
  const place = { account, region, reader: name, want };
  const reader = readers.get(name);
  if (!reader) throw new Error(`no reader ${name}`);
  try {
    return { ...place, found: await readUnlessBusy(reader, await opened, want, wait) };
  } catch (error) {
    return { ...place, found: {}, unread: connection.explain(error, { doing: `read ${name}`, account, region }) };
  }
}

/** What AWS is still at work on is read again for a while; then it is told as it is. */
async function readUnlessBusy(
  reader: Reader,
  aws: Aws,
  want: Want,
  wait: (ms: number, why?: string) => Promise<void>,
): Promise<Reading['found']> {
  let found = await reader.read(aws, want);
  for (const pause of BUSY_PAUSES_MS) {
    const busy = Object.values(found).find((one) => one.busy)?.busy;
    if (!busy) break;
    await wait(pause, stillBusy(busy));
    found = await reader.read(aws, want);
  }
  return found;
}

const STOPPED: Reason = { code: 'interrupted', message: 'stopped while reading; nothing was changed' };

/** The checks of `trueup doctor` at one account, and at one of its places. Each is an outcome; none stops another. */
import { readAll } from '../fleet/read.ts';
import { type Needed, neededBy } from '../iam/needed.ts';
import { allowing, assuming, isMendable } from '../iam/remedies.ts';
import { GLOBAL } from '../model/address.ts';
import type { PolicyDocument } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import type { Reading } from '../model/snapshot.ts';
import { broadReads, type Governed } from '../plan/govern.ts';
import { type Run, readers } from '../run.ts';
import { type Check, checkAt, told } from './doctor-check.ts';
import { type Tried, tryOut } from './doctor-dry-runs.ts';

/** A session that can do nothing: the caller's identity needs no permission. */
const NOTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['sts:GetCallerIdentity'], Resource: '*' }],
};

/** `usable`: what is in the account can be looked at. */
export async function checkAccount(
  account: string,
  run: Run,
): Promise<{ readonly checks: readonly Check[]; readonly usable: boolean }> {
  const { read, write } = run.fleet.role;
  const own = read === undefined && account === run.connection.caller.account;
  const reading = own ? [] : await checkRole(account, read, 'read', run);
  const writing = await checkRole(account, write, 'write', run);
  return { checks: [...reading, ...writing], usable: reading.every(({ status }) => status !== 'failed') };
}

async function checkRole(account: string, role: string | undefined, purpose: string, run: Run): Promise<Check[]> {
  const { connection, fleet } = run;
  const at = { account, region: GLOBAL };
  if (role === undefined) {
    const message = `the fleet names no role to ${purpose} with: add one at ${fleet.at.file}:${fleet.at.line}`;
    return [checkAt(at, 'failed', `${purpose} role`, message)];
  }
  const what = `role ${role}`;
  try {
    const { homeRegion: region } = fleet;
    await connection.assume({ account, region, role, operations: [], policy: NOTHING });
    return [checkAt(at, 'ok', what, 'can be assumed')];
  } catch (error) {
    const reason = connection.explain(error, { doing: 'assume the role', account, role });
    if (reason.code === 'clock-skew') return [checkAt(at, 'failed', 'clock', told(reason))];
    const place = { partition: connection.caller.partition, account };
    const remedies = isMendable(reason) ? assuming(role, connection.caller.arn, fleet, place) : [];
    return [checkAt(at, 'failed', what, told(reason), remedies)];
  }
}

/** Does a read work there, and are the permissions there that a plan, an apply and healing would need? */
export async function checkPlace(place: Governed, run: Run, tryWrites: boolean): Promise<Tried> {
  const needed = neededAt(place, run);
  const reads = broadReads([place]);
  const readings = await readAll(reads, run.connection, run.fleet, { readers, operations: needed.read });
  const checks = readings.map((reading) => checkReading(reading, needed, run));
  const failed = checks.some(({ status }) => status === 'failed');
  // A place that cannot be read says nothing new about its other permissions.
  if (failed) return { checks, untried: [] };
  const groups = readings.flatMap(({ reader, found }) => (reader === 'security-group' ? Object.keys(found) : []));
  const { read, write, heal } = run.fleet.role;
  const proven = new Set(reads.flatMap(({ reader }) => readers.get(reader)?.reads ?? []));
  const trying = { place, run, proven: new Set<Operation>(), samples: { groupId: groups[0] } };
  const tried = [
    await tryOut(needed.read, { ...trying, proven, role: read, trySending: true }),
    // Writing includes looking: before each change and after it.
    await tryOut(needed.write, { ...trying, role: write, trySending: tryWrites }),
    // Only the pipeline that heals may take that role: what it may do can be simulated, not tried.
    ...(heal === undefined ? [] : [await tryOut(needed.heal, { ...trying, role: heal, trySending: false })]),
  ];
  return {
    checks: [...checks, ...tried.flatMap((one) => one.checks)],
    untried: tried.flatMap((one) => one.untried),
  };
}

function neededAt({ demands }: Governed, { fleet }: Run): Needed {
  const policies = demands.map(({ policy, entry }) => ({ ...policy, guardrails: [entry] }));
  return neededBy({ policies }, { regions: [], heal: fleet.heal });
}

function checkReading({ account, region, reader, unread }: Reading, needed: Needed, run: Run): Check {
  const at = { account, region };
  if (!unread) return checkAt(at, 'ok', `read ${reader}`, 'works');
  const action = isMendable(unread) ? /([a-z0-9-]+:\w+) was denied/.exec(unread.message)?.[1] : undefined;
  if (action === undefined) return checkAt(at, 'failed', `read ${reader}`, told(unread));
  const denied = needed.read.filter(
    ({ id, permissions }) => id === action || permissions.some((one) => one.action === action),
  );
  const place = { partition: run.connection.caller.partition, account };
  const remedies = denied.flatMap((operation) => allowing(operation, run.fleet.role.read ?? '', place));
  return checkAt(at, 'failed', `read ${reader}`, told(unread), remedies);
}

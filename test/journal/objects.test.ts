/** Writing to a bucket when answers get lost, writes collide, or the bucket is not the one that was meant. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjects, openStore } from '../../src/commands/journal-place.ts';
import { readRun } from '../../src/journal/read-journal.ts';
import { journalAccess, parseS3Place } from '../../src/journal/s3-place.ts';
import { createJournal } from '../../src/journal/write-journal.ts';
import type { RunHeader } from '../../src/model/journal.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openRun } from '../support/sandbox.ts';
import { FIRST, FLEET, HUB, POLICY } from '../support/small.ts';
import { BUCKET, OPEN_SEED, SEED } from './bucket.ts';

const PLACE = `s3://${BUCKET}/journals/`;
let sandbox: Sandbox;
let run: Awaited<ReturnType<typeof openRun>>;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: SEED });
  run = await openRun(sandbox, `${FLEET}---\n${POLICY}`);
});
afterAll(async () => {
  await run.connection.close();
  await sandbox.close();
});

const target = { account: FIRST, region: 'eu-west-1' };
const header = (id: string): RunHeader => ({
  format: 'trueup-journal/1',
  run: id,
  stamp: { world: 'sandbox', fleet: 'default', partition: 'aws', caller: HUB, by: '0' },
  startedAt: '2026-11-21T12:00:00.000Z',
  plan: 'sha256:x',
});
const end = { kind: 'end', address: { ...target, fleet: '', resource: '', id: '' }, result: 'applied' } as const;

describe('a write', () => {
  it('whose answer got lost is known as its own when it is sent again', async () => {
    sandbox.fault({ match: { action: 'PutObject', every: 2, times: 6 }, do: 'drop-after' });
    const store = await openStore(PLACE, run);
    const journal = await createJournal(store, header('lost'), () => 'now');
    for (let n = 0; n < 8; n += 1) await journal.append(target, end);
    await journal.close();
    const { lines, faults, closed } = await readRun(store, 'lost');
    expect({ lines: lines.length, faults, closed }).toEqual({ lines: 8, faults: [], closed: true });
    const puts = sandbox.requests.filter(
      ({ action, input }) => action === 'PutObject' && `${input.Key}`.includes('/lost/'),
    );
    expect(puts.filter(({ outcome }) => outcome.includes('dropped'))).toHaveLength(6);
    expect(puts.filter(({ outcome }) => outcome === 'PreconditionFailed')).toHaveLength(6);
  });

  it('that finds what somebody else wrote is no success', async () => {
    const objects = await openObjects(PLACE, run);
    expect(await objects.create('journals/one', 'mine')).toBe(true);
    expect(await objects.create('journals/one', 'yours')).toBe(false);
    const { etag = '' } = (await objects.read('journals/one')) ?? {};
    expect(await objects.swap('journals/one', 'next', etag)).toBe(true);
    expect(await objects.swap('journals/one', 'late', etag)).toBe(false);
    expect(await objects.swap('journals/none', 'x', etag)).toBe(false);
    expect((await objects.read('journals/one'))?.text).toBe('next');
  });

  it('that collides with a removal is sent again', async () => {
    const conflict = {
      code: 'ConditionalRequestConflict',
      status: 409,
      message: 'a conflicting operation is under way',
    };
    sandbox.fault({ match: { action: 'PutObject', times: 2 }, do: conflict });
    const objects = await openObjects(PLACE, run);
    expect(await objects.create('journals/busy', 'x')).toBe(true);
    sandbox.fault({ match: { action: 'PutObject', times: 4 }, do: conflict });
    await expect(objects.create('journals/busier', 'x')).rejects.toThrow(/ConditionalRequestConflict/);
  });

  it('never goes without a condition, nor to a bucket of any owner', () => {
    const all = sandbox.requests.filter(({ service }) => service === 's3');
    expect(all.length).toBeGreaterThan(20);
    expect(all.filter(({ input }) => input.ExpectedBucketOwner !== HUB)).toEqual([]);
    const puts = all.filter(({ action }) => action === 'PutObject');
    expect(puts.filter(({ input }) => (input.IfNoneMatch === '*') === 'IfMatch' in input)).toEqual([]);
  });

  it('that is refused stops the journal, with the reason', async () => {
    const store = await openStore(`s3://${BUCKET}/outside/`, run);
    await expect(createJournal(store, header('r'), () => 'now')).rejects.toMatchObject({
      code: 'journal-failed',
      message: expect.stringMatching(/s3:PutObject was denied/),
      advice: expect.stringMatching(/nothing more was sent to AWS/),
    });
  });
});

describe('the place', () => {
  it.each([
    [`s3://${BUCKET}`, { bucket: BUCKET, prefix: '' }],
    [`s3://${BUCKET}/`, { bucket: BUCKET, prefix: '' }],
    [`s3://${BUCKET}/a/b`, { bucket: BUCKET, prefix: 'a/b/' }],
    [`s3://${BUCKET}/a/?region=us-gov-west-1`, { bucket: BUCKET, prefix: 'a/', region: 'us-gov-west-1' }],
    [
      `s3://${BUCKET}/a?owner=${FIRST}&region=eu-west-1`,
      { bucket: BUCKET, prefix: 'a/', owner: FIRST, region: 'eu-west-1' },
    ],
  ])('%s is understood', (text, place) => {
    expect(parseS3Place(text)).toEqual(place);
  });

  it.each([
    's3://',
    's3:///a',
    's3://Bucket/a',
    's3://b/a',
    's3://bucket//a',
    's3://bucket/../a/ b',
    's3://bucket/a?acl=public-read',
    's3://bucket/a?owner=me',
    's3://bucket/a?region=',
  ])('%s is not', (text) => {
    expect(() => parseS3Place(text)).toThrow(expect.objectContaining({ code: 'journal-place-invalid' }));
  });

  it('in another region says so, and how to write it', async () => {
    const store = await openStore('s3://elsewhere/journals/', await openedFor(OPEN_SEED));
    await expect(store.runs()).rejects.toMatchObject({
      code: 'bucket-elsewhere',
      message: 'the bucket elsewhere is not in eu-west-1',
      advice: expect.stringContaining('?region='),
    });
  });

  it('tells what is not there, although S3 refuses to say so to who may list only a prefix', async () => {
    const objects = await openObjects(PLACE, run);
    expect(await objects.read('journals/never')).toBeUndefined();
    await expect(objects.read('elsewhere/never')).rejects.toMatchObject({ code: 'access-denied' });
    const tried = sandbox.requests.filter(
      ({ action, input }) => action === 'GetObject' && input.Key === 'journals/never',
    );
    expect(tried.map(({ outcome }) => outcome)).toEqual(['AccessDenied']);
  });

  it('of another owner is refused, whatever the bucket is called', async () => {
    const open = await openedFor(OPEN_SEED);
    await expect((await openStore('s3://foreign/', open)).runs()).rejects.toMatchObject({ code: 'access-denied' });
    const taken = await openStore(`s3://${BUCKET}/?owner=${FIRST}`, open);
    await expect(taken.runs()).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('may be listed as a whole where the journal has it to itself', async () => {
    const { Statement } = journalAccess(parseS3Place(`s3://${BUCKET}`), 'aws');
    const seed = OPEN_SEED.replace('"s3:*"]', '"sts:GetCallerIdentity"]').replace(
      'Resource: "*" }]',
      `Resource: "*" }, ${Statement.map((one) => JSON.stringify(one)).join(', ')}]`,
    );
    const store = await openStore(`s3://${BUCKET}`, await openedFor(seed));
    const journal = await createJournal(store, header('alone'), () => 'now');
    await journal.close();
    expect(await store.runs()).toEqual(['alone']);
  });

  it('needs two actions on its objects and one on the bucket; the other tests get by with them', () => {
    const { Statement } = journalAccess(parseS3Place(PLACE), 'aws');
    expect(Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `arn:aws:s3:::${BUCKET}/journals/*` },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: `arn:aws:s3:::${BUCKET}`,
        Condition: { StringLike: { 's3:prefix': ['journals/*'] } },
      },
    ]);
  });
});

const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});

async function openedFor(seed: string): Promise<Awaited<ReturnType<typeof openRun>>> {
  const other = await startSandbox({ seed });
  const reached = await openRun(other, `${FLEET}---\n${POLICY}`);
  opened.push(reached.connection, other);
  return reached;
}

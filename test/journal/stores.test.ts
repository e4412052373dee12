/** One suite for every place a journal can be kept in: what is written comes back, and what was touched shows. */
import { mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/commands/journal-place.ts';
import { openDirectory } from '../../src/journal/directory.ts';
import { readRun, summarizeRun } from '../../src/journal/read-journal.ts';
import type { ChainWriter, JournalStore, RunWriter } from '../../src/journal/store.ts';
import { unfinishedCells } from '../../src/journal/unfinished.ts';
import { createJournal } from '../../src/journal/write-journal.ts';
import type { JournalEntry, RunHeader } from '../../src/model/journal.ts';
import type { Cell } from '../../src/model/plan.ts';
import type { Target } from '../../src/model/snapshot.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openRun } from '../support/sandbox.ts';
import { FIRST, FLEET, POLICY, SECOND } from '../support/small.ts';
import { BUCKET, SEED } from './bucket.ts';

/** A place that can also be tampered with: its texts by name. */
type Place = {
  readonly store: JournalStore;
  names(run: string): Promise<string[]>;
  read(run: string, name: string): Promise<string>;
  write(run: string, name: string, text: string): Promise<void>;
  remove(run: string, name: string): Promise<void>;
};

let sandbox: Sandbox;
let run: Awaited<ReturnType<typeof openRun>>;
let directory: string;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: SEED });
  run = await openRun(sandbox, `${FLEET}---\n${POLICY}`);
});
afterAll(async () => {
  await run.connection.close();
  await sandbox.close();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'trueup-journal-'));
  return () => rm(directory, { recursive: true });
});

function onDisk(): Place {
  const path = (...names: string[]): string => join(directory, ...names);
  return {
    store: openDirectory(directory),
    names: async (id) => (await readdir(path(id))).sort(),
    read: (id, name) => readFile(path(id, name), 'utf8'),
    write: (id, name, text) => writeFile(path(id, name), text),
    remove: (id, name) => unlink(path(id, name)),
  };
}

async function inBucket(): Promise<Place> {
  const prefix = `journals/${directory.slice(-6)}/`;
  const { objects } = sandbox.world.buckets.get(BUCKET) ?? { objects: new Map() };
  const key = (id: string, name: string): string => `${prefix}${id}/${name}`;
  return {
    store: await openStore(`s3://${BUCKET}/${prefix}`, run),
    names: async (id) => [...objects.keys()].flatMap((one) => one.split(key(id, ''))[1] ?? []).sort(),
    read: async (id, name) => objects.get(key(id, name))?.body ?? '',
    write: async (id, name, body) => void objects.set(key(id, name), { body, etag: '"x"', at: 0 }),
    remove: async (id, name) => void objects.delete(key(id, name)),
  };
}

const target = { account: FIRST, region: 'eu-west-1' };
const other = { account: SECOND, region: 'global' };
const address = { ...target, fleet: 'default', resource: 'security-group', id: 'sg-1' };
const cell = { address, title: 'web', digest: 'd1', before: { a: 1 }, after: { a: 2 } } as unknown as Cell;
const far = { ...cell, address: { ...address, ...other, resource: 'password-policy', id: '' } };
const begin = (of: Cell): JournalEntry => ({ kind: 'begin', cell: of });
const intent: JournalEntry = { kind: 'intent', address, step: 0, call: { operation: 'ec2:X', input: { ü: '\n"<' } } };
const end: JournalEntry = { kind: 'end', address, result: 'applied' };
const now = (): string => '2026-11-21T12:00:00.000Z';

const header = (id: string, more: Partial<RunHeader> = {}): RunHeader => ({
  format: 'trueup-journal/1',
  run: id,
  stamp: { world: 'sandbox', fleet: 'default', partition: 'aws', caller: FIRST, by: '0' },
  startedAt: now(),
  plan: 'sha256:x',
  ...more,
});

/** Files that a killed process would leave to the system. */
const opened: ChainWriter[] = [];
afterEach(async () => {
  for (const chain of opened.splice(0)) await chain.close().catch(() => {});
});

function watched(store: JournalStore): JournalStore {
  const openChain = async (writer: RunWriter, at: Target): Promise<ChainWriter> => {
    const chain = await writer.openChain(at);
    opened.push(chain);
    return chain;
  };
  return {
    ...store,
    writer: (id) => {
      const writer = store.writer(id);
      return { ...writer, openChain: (at) => openChain(writer, at) };
    },
  };
}

async function write(store: JournalStore, id: string, entries: readonly JournalEntry[], more: Partial<RunHeader> = {}) {
  const journal = await createJournal(watched(store), header(id, more), now);
  for (const entry of entries) await journal.append(target, entry);
  return journal;
}

describe.each([
  ['a directory', onDisk],
  ['a bucket', inBucket],
] as const)('a journal in %s', (_, open) => {
  let place: Place;
  beforeEach(async () => {
    place = await open();
  });

  it('is empty before the first run', async () => {
    expect(await place.store.runs()).toEqual([]);
    expect(await unfinishedCells(place.store)).toEqual([]);
    await expect(readRun(place.store, 'r1')).rejects.toThrow(/there is no run "r1"/);
  });

  it('comes back as it was written, chain by chain, and holds together', async () => {
    const journal = await write(place.store, 'r2', [begin(cell), intent, end]);
    await journal.append(other, begin(far));
    await journal.close();
    await (await write(place.store, 'r1', [])).close();
    expect(await place.store.runs()).toEqual(['r1', 'r2']);
    const read = await readRun(place.store, 'r2');
    expect(read.lines.map(({ entry }) => entry)).toEqual([begin(cell), intent, end, begin(far)]);
    expect(read).toMatchObject({ closed: true, faults: [], header: { run: 'r2', plan: 'sha256:x' } });
    expect(await summarizeRun(place.store, 'r2')).toMatchObject({ closed: true, cells: 2 });
  });

  it('tells a run that was killed from one that closed', async () => {
    await write(place.store, 'r1', [begin(cell), intent]);
    expect(await readRun(place.store, 'r1')).toMatchObject({ closed: false, faults: [] });
    expect(await summarizeRun(place.store, 'r1')).toMatchObject({ closed: false, cells: 1 });
    expect(await unfinishedCells(place.store)).toEqual([cell]);
  });

  it('is never written over by another run of the same name', async () => {
    await write(place.store, 'r1', [begin(cell)]);
    await expect(write(place.store, 'r1', [begin(far)])).rejects.toMatchObject({ code: 'journal-failed' });
    expect((await readRun(place.store, 'r1')).lines).toHaveLength(1);
  });

  it('writes the entries of a target one after the other, however many come at once', async () => {
    const journal = await createJournal(place.store, header('r1'), now);
    const steps = Array.from({ length: 12 }, (_, step) => ({ ...intent, step }) as JournalEntry);
    await Promise.all(steps.flatMap((entry) => [journal.append(target, entry), journal.append(other, entry)]));
    await journal.close();
    const { lines, faults } = await readRun(place.store, 'r1');
    expect(faults).toEqual([]);
    expect(lines.map(({ entry }) => entry)).toEqual([...steps, ...steps]);
  });

  const spoilt: readonly (readonly [string, (at: Place) => Promise<void>, RegExp])[] = [
    ['a changed word', async (at) => rewrite(at, (text) => text.replace('"begin"', '"begin" ')), /does not follow/],
    ['a chain that is gone', async (at) => remove(at, (name) => name.startsWith(SECOND)), /is missing/],
    [
      'another header',
      async (at) => at.write('r1', 'run.json', `${JSON.stringify(header('r1'))}\n`),
      /does not follow/,
    ],
    ['an end that says nothing', async (at) => at.write('r1', 'closed.json', 'null'), /closed.json: it cannot be read/],
  ];
  it.each(spoilt)('shows %s', async (_, spoil, fault) => {
    const journal = await write(place.store, 'r1', [begin(cell), intent, end]);
    await journal.append(other, begin(far));
    await journal.close();
    await spoil(place);
    expect((await readRun(place.store, 'r1')).faults.join('\n')).toMatch(fault);
  });

  it('shows entries cut off its end, once it was closed', async () => {
    await (await write(place.store, 'r1', [begin(cell), intent, end])).close();
    const names = await chainNames(place);
    const last = names.at(-1) ?? '';
    if (names.length > 1) await place.remove('r1', last);
    else await place.write('r1', last, `${(await place.read('r1', last)).split('\n').slice(0, 2).join('\n')}\n`);
    expect((await readRun(place.store, 'r1')).faults.join()).toMatch(/does not end where the run closed it/);
  });

  it('is refused when its header is not one', async () => {
    await (await write(place.store, 'r1', [])).close();
    await place.write('r1', 'run.json', '{"format":"other"}');
    await expect(summarizeRun(place.store, 'r1')).rejects.toMatchObject({ code: 'journal-unreadable' });
  });

  describe('what earlier runs left half-done', () => {
    const half = [begin(cell), intent];
    const named = async () => (await unfinishedCells(place.store)).map(({ title }) => title);
    const leave = (id: string) => write(place.store, id, [begin({ ...cell, title: id }), ...half.slice(1)]);

    it('is that of every late run, the latest first: a later one does not hide what an earlier one began', async () => {
      await leave('r1');
      await leave('r2');
      expect(await named()).toEqual(['r2', 'r1']);
    });

    it('is found in a run that closed, and looked for in no run that left nothing', async () => {
      await (await leave('r1')).close();
      await (await write(place.store, 'r2', [begin(cell), intent, end])).close();
      await (await write(place.store, 'r3', [begin(cell)])).close();
      const read: string[] = [];
      const chains = (run: string) => {
        read.push(run);
        return place.store.chains(run);
      };
      expect((await unfinishedCells({ ...place.store, chains })).map(({ title }) => title)).toEqual(['r1']);
      expect(read).toEqual(['r1']);
    });

    it('is not hidden by a run that was killed before it had a header', async () => {
      await leave('r1');
      await (await write(place.store, 'r2', [])).close();
      await place.write('r2', 'run.json', '');
      expect(await named()).toEqual(['r1']);
    });
  });
});

async function chainNames(at: Place): Promise<string[]> {
  return (await at.names('r1')).filter((name) => name.startsWith(FIRST));
}

async function rewrite(at: Place, change: (text: string) => string): Promise<void> {
  const [name = ''] = await chainNames(at);
  await at.write('r1', name, change(await at.read('r1', name)));
}

async function remove(at: Place, which: (name: string) => boolean): Promise<void> {
  for (const name of (await at.names('r1')).filter(which)) await at.remove('r1', name);
}

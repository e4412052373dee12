/** Opens a write session for a batch: as narrow as its calls, in as many pieces as STS makes necessary. */
import type { PolicyDocument, Session } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import { type Cell, splitInput } from '../model/plan.ts';
import { type Reason, TrueupError } from '../model/problem.ts';
import type { Reader, Resource } from '../model/resource.ts';
import { type Batch, halve } from './batch.ts';
import { LONGEST_POLICY, sessionPolicy } from './session-policy.ts';

/** How a batch's session is asked for; `region` is where its calls go. */
export type WriterRequest = {
  readonly account: string;
  readonly region: string;
  readonly operations: readonly Operation[];
  readonly policy: PolicyDocument;
};

export type Writers = {
  readonly partition: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly readers: ReadonlyMap<string, Reader>;
  openWriter(request: WriterRequest): Promise<Session>;
};

export type Opened = { readonly batch: Batch; readonly policy: PolicyDocument; readonly session: Session };

/** Yields a session for each part of the batch; halves a part whose policy is refused as too large. */
export async function* openWriters(batch: Batch, writers: Writers): AsyncGenerator<Opened> {
  const table = tableOf(batch, writers);
  const policy = policyOf(batch, table, writers.partition);
  const operations = [...table.reads, ...table.writes];
  const tooLong = JSON.stringify(policy).length > LONGEST_POLICY;
  const session = tooLong ? undefined : await assume(batch, { operations, policy }, writers);
  if (session) {
    yield { batch, policy, session };
    return;
  }
  if (batch.cells.length === 1) throw new TrueupError(TOO_LARGE);
  for (const half of halve(batch)) yield* openWriters(half, writers);
}

const TOO_LARGE: Reason = {
  code: 'policy-too-large',
  message: 'the session policy for this one cell is larger than STS takes',
  advice: 'lower the number of changes in the cell, or shorten the fences of the fleet; nothing was sent',
};

/** `undefined` when STS says that the policy does not fit once it is packed. */
async function assume(
  { account, region }: Batch,
  request: Pick<WriterRequest, 'operations' | 'policy'>,
  writers: Writers,
): Promise<Session | undefined> {
  try {
    return await writers.openWriter({ account, region, ...request });
  } catch (error) {
    if (error instanceof Error && error.name === 'PackedPolicyTooLargeException') return undefined;
    throw error;
  }
}

/** The writes that the batch plans and the reads that check them: the closed table of the session. */
type Table = { readonly reads: readonly Operation[]; readonly writes: readonly Operation[] };

function tableOf({ cells }: Batch, { resources, readers }: Writers): Table {
  const planned = new Set(cells.flatMap(({ steps }) => steps.map(({ call }) => call.operation)));
  const touched = [...new Set(cells.map(({ address }) => address.resource))].flatMap(
    (name) => resources.get(name) ?? [],
  );
  const evidence = [...new Set(cells.flatMap(readersOf))];
  const reads = [...touched, ...evidence.flatMap((name) => readers.get(name) ?? [])].flatMap((reader) => [
    ...reader.reads,
  ]);
  const writes = touched.flatMap((resource) => resource.writes.filter(({ id }) => planned.has(id)));
  return { reads, writes };
}

function policyOf(batch: Batch, { reads, writes }: Table, partition: string): PolicyDocument {
  const calls = batch.cells.flatMap(({ steps }) => steps.map(({ call }) => call));
  const table = new Map(writes.map((operation) => [operation.id, operation]));
  return sessionPolicy(calls, reads, table, { partition, account: batch.account, region: batch.region });
}

/** What is read again before the calls of a cell, besides the resource itself. */
function readersOf({ evidence, inputs }: Cell): string[] {
  return [...evidence.map(({ reader }) => reader), ...Object.keys(inputs).map((input) => splitInput(input).reader)];
}

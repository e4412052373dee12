/** Opens a write session for a batch: as narrow as its calls, in as many pieces as STS makes necessary. */
import type { PolicyDocument, Session } from '../model/aws.ts';
import type { Operation } from '../model/operation.ts';
import { type Cell, splitInput } from '../model/plan.ts';
import { policyText } from '../model/policy-text.ts';
import type { Reason } from '../model/problem.ts';
import { looksOf, type Reader, type Resource } from '../model/resource.ts';
import { type Batch, halve } from './batch.ts';
import { denialsOf, type Forbidden } from './denials.ts';
import { LONGEST_POLICY, sessionPolicy } from './session-policy.ts';

/** How a batch's session is asked for; `region` is where its calls go. */
export type WriterRequest = {
  readonly account: string;
  readonly region: string;
  readonly operations: readonly Operation[];
  readonly policy: PolicyDocument;
};

export type Writers = Forbidden & {
  readonly partition: string;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly readers: ReadonlyMap<string, Reader>;
  openWriter(request: WriterRequest): Promise<Session>;
};

/** A part of a batch with its session, or one cell that no session policy can be made for. */
export type Opened =
  | { readonly batch: Batch; readonly policy: PolicyDocument; readonly session: Session }
  | { readonly batch: Batch; readonly refusal: Reason };

/** Yields a session for each part of the batch; halves a part whose policy is refused as too large. */
export async function* openWriters(batch: Batch, writers: Writers): AsyncGenerator<Opened> {
  const table = tableOf(batch, writers);
  const policy = policyOf(batch, table, writers);
  const operations = [...table.reads, ...table.writes];
  const { length } = policyText(policy);
  const session = length > LONGEST_POLICY ? undefined : await assume(batch, { operations, policy }, writers);
  if (session) yield { batch, policy, session };
  else if (batch.cells.length === 1) yield { batch, refusal: tooLarge(length) };
  else for (const half of halve(batch)) yield* openWriters(half, writers);
}

function tooLarge(length: number): Reason {
  const why = length > LONGEST_POLICY ? `has ${length} characters of ${LONGEST_POLICY}` : 'is too large once packed';
  return {
    code: 'policy-too-large',
    message: `the session policy for this one cell ${why}: STS does not take it, so nothing was sent`,
    advice: 'shorten the fences and the tags under neverTouch of the fleet, or make this one change by hand',
  };
}

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
  const reads = [...touched, ...evidence.flatMap((name) => readers.get(name) ?? [])].flatMap(looksOf);
  const writes = touched.flatMap((resource) => resource.writes.filter(({ id }) => planned.has(id)));
  return { reads, writes };
}

function policyOf(batch: Batch, { reads, writes }: Table, writers: Writers): PolicyDocument {
  const place = { partition: writers.partition, account: batch.account, region: batch.region };
  const calls = batch.cells.flatMap(({ steps }) => steps.map(({ call }) => call));
  const actions = writes.flatMap(({ id, permissions }) => permissions.map(({ action }) => action ?? id));
  const denials = denialsOf(writers, batch.cells, actions, place);
  const table = new Map(writes.map((operation) => [operation.id, operation]));
  return sessionPolicy({ calls, reads, table, denials }, place);
}

function readersOf({ evidence, inputs }: Cell): string[] {
  return [...evidence.map(({ reader }) => reader), ...Object.keys(inputs).map((input) => splitInput(input).reader)];
}

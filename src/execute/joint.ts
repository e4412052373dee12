/**
 * Cells whose calls can travel together: each takes its own steps, and what they ask of AWS is gathered until all of
 * them wait for an answer. Whoever asks has written its intent before, and writes its result after.
 */
import { ITEMS_PER_CALL, type Session } from '../model/aws.ts';
import type { AnyCoalesce, TypedCall } from '../model/operation.ts';
import type { Observation, Resource } from '../model/resource.ts';

/** What a cell of the group works with in place of the session and the resource themselves. */
export type Joint = {
  readonly session: Session;
  readonly resource: Resource;
  /** Said once by each cell when it has ended: the others wait for it no longer. */
  leave(): void;
};

type Found = Awaited<ReturnType<Resource['read']>>;
type Answer<Result> = { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void };
type Look = Answer<Found> & { readonly ids: readonly string[] };
type Sending = Answer<object> & { readonly call: TypedCall<object> };

/** Whether cells of this resource gain by being run at the same time. */
export function isJoinable({ writes }: Resource): boolean {
  return writes.some(({ coalesce }) => coalesce);
}

/** @param cells how many there are in the group */
export function joinCells(cells: number, session: Session, resource: Resource): Joint {
  if (!isJoinable(resource)) return { session, resource, leave: () => {} };
  const looks: Look[] = [];
  const sendings: Sending[] = [];
  let working = cells;

  /** Once nobody works, everybody waits: what was asked for is sent, and whoever is answered works again. */
  function rest(): void {
    working -= 1;
    if (working > 0) return;
    const [asked, sent] = [looks.splice(0), sendings.splice(0)];
    working = asked.length + sent.length;
    void answerLooks(asked, session, resource);
    void answerSendings(sent, session, resource);
  }

  function ask<Result>(enter: (answer: Answer<Result>) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      enter({ resolve, reject });
      rest();
    });
  }

  const isWrite = (id: string): boolean => resource.writes.some((write) => write.id === id);
  return {
    session: {
      ...session,
      // What is read besides the resource is evidence of one cell: nothing to join.
      send: <Output extends object>(call: TypedCall<Output>): Promise<Output> =>
        isWrite(call.operation)
          ? (ask<object>((answer) => sendings.push({ call, ...answer })) as Promise<Output>)
          : session.send(call),
    },
    resource: {
      ...resource,
      read: (_, { ids = [] }) => ask<Found>((answer) => looks.push({ ids, ...answer })),
    },
    leave: rest,
  };
}

/** One read for all of them; each finds its own in it. */
async function answerLooks(looks: readonly Look[], session: Session, resource: Resource): Promise<void> {
  if (looks.length === 0) return;
  try {
    const ids = [...new Set(looks.flatMap((look) => look.ids))];
    const found: { readonly [id: string]: Observation } = await resource.read(session, { ids, close: true });
    for (const { resolve } of looks) resolve(found);
  } catch (error) {
    for (const { reject } of looks) reject(error);
  }
}

/** One after the other, in the order in which they were asked for: a throttled call must not bring ten more with it. */
async function answerSendings(sendings: readonly Sending[], session: Session, resource: Resource): Promise<void> {
  for (const { id, coalesce } of resource.writes) {
    const same = sendings.filter(({ call }) => call.operation === id);
    const most = session.itemsPerCall ?? ITEMS_PER_CALL;
    const parts = coalesce ? portions(same, coalesce, most) : same.map((one) => [one]);
    for (const part of parts) await sendTogether(part, session, coalesce);
  }
}

/** As many calls in each as have no more than `most` items; a call is never torn apart. */
function portions(sendings: readonly Sending[], { count }: AnyCoalesce, most: number): Sending[][] {
  const parts: Sending[][] = [];
  let room = 0;
  for (const sending of sendings) {
    const items = count(sending.call.input);
    if (items > room) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)?.push(sending);
    room -= items;
  }
  return parts;
}

async function sendTogether(
  part: readonly Sending[],
  session: Session,
  coalesce: AnyCoalesce | undefined,
): Promise<void> {
  const [first] = part;
  if (!first) return;
  try {
    const input = coalesce ? coalesce.join(part.map(({ call }) => call.input)) : first.call.input;
    const output = await session.send({ ...first.call, input: input as typeof first.call.input });
    for (const { call, resolve, reject } of part) {
      const refused = coalesce?.refused(output, call.input);
      if (refused) reject(Object.assign(new Error(refused.message), { name: refused.name }));
      else resolve(output);
    }
  } catch (error) {
    // A call that AWS refuses as a whole was not carried out: its halves may be sent again.
    const splits = part.length > 1 && error instanceof Error && coalesce?.splitOn.includes(error.name);
    if (!splits) {
      for (const { reject } of part) reject(error);
      return;
    }
    const middle = Math.ceil(part.length / 2);
    await sendTogether(part.slice(0, middle), session, coalesce);
    await sendTogether(part.slice(middle), session, coalesce);
  }
}

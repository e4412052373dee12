/** The port as readers and the executor see it: it sends the operations it was opened for, and follows pages. */
import type { Aws } from '../model/aws.ts';
import type { Operation, Service, TypedCall } from '../model/operation.ts';
import { TrueupError } from '../model/problem.ts';
import type { Client } from './clients.ts';
import { isExpired } from './error-kinds.ts';

export type PortOptions = {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly itemsPerCall?: number | undefined;
  readonly operations: readonly Operation[];
  /** A new client for this account and region. */
  client(service: Service): Promise<Client>;
  /** Gets fresh credentials where that is possible; absent for the caller's own. */
  readonly renew?: () => Promise<void>;
};

/** Its clients live and go with it: whoever is done with a target lets go of its port. */
export function openPort(options: PortOptions): Aws {
  const { partition, account, region, itemsPerCall, operations, renew } = options;
  const table = new Map(operations.map((operation) => [operation.id, operation]));
  const clients = new Map<Service, Promise<Client>>();

  function find(id: string): Operation {
    const operation = table.get(id);
    if (operation) return operation;
    throw new TrueupError({
      code: 'operation-not-allowed',
      message: `${id} was not sent to ${account} ${region}: this session was not opened for it`,
      advice: 'report this as a defect: code asked for a call that it had not declared',
    });
  }

  function clientOf(service: Service): Promise<Client> {
    const known = clients.get(service) ?? options.client(service);
    clients.set(service, known);
    return known;
  }

  async function send<Output extends object>(call: TypedCall<Output>): Promise<Output> {
    const { command, service } = find(call.operation);
    const [client, Command] = await Promise.all([clientOf(service), command()]);
    const once = () => client.send(new Command(call.input as never)) as Promise<Output>;
    try {
      return await once();
    } catch (error) {
      // A request that AWS refuses for its expired session was not executed: it is safe to send it again.
      if (!renew || !isExpired(error)) throw error;
      await renew();
      return once();
    }
  }

  async function* pages<Output extends object>(call: TypedCall<Output>): AsyncGenerator<Output> {
    const { token, nextToken } = find(call.operation);
    const seen = new Set<unknown>();
    for (let input = call.input; ; ) {
      const page = await send({ ...call, input });
      yield page;
      const next = (page as { readonly [field: string]: unknown })[nextToken];
      if (typeof next !== 'string' || next === '') return;
      if (seen.has(next)) throw endless(call.operation, account, region);
      seen.add(next);
      input = { ...input, [token]: next };
    }
  }

  return { partition, account, region, ...(itemsPerCall !== undefined && { itemsPerCall }), send, pages };
}

function endless(operation: string, account: string, region: string): TrueupError {
  return new TrueupError({
    code: 'endless-pages',
    message: `${operation} in ${account} ${region} answered with the same page token twice, so its list has no end`,
    advice: 'run again; if it stays, a proxy or a custom endpoint repeats old answers',
  });
}

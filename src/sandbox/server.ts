/** An AWS on a loopback address: the seed's organisation behind real HTTP, until it is closed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from './caller.ts';
import { CONTROL, control } from './control.ts';
import { createDispatch, type Dispatch } from './dispatch.ts';
import { createFaults, type Fault } from './faults.ts';
import type { RecordedRequest } from './record.ts';
import { buildWorld } from './seed/build.ts';
import { parseSeed, type Seed } from './seed/schema.ts';
import type { WireAnswer, WireRequest } from './wire/protocol.ts';
import type { World } from './world/world.ts';

export type { Fault, RecordedRequest, Seed, World };

export type SandboxOptions = {
  /** An organisation, as an object or as YAML text. */
  readonly seed: Seed | string;
  /** Any free port, unless said. */
  readonly port?: number;
  /** Every request takes at least this long. */
  readonly latencyMs?: number;
};

export interface Sandbox {
  readonly url: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly world: World;
  /** Every authenticated request so far, in the order in which they ended. */
  readonly requests: readonly RecordedRequest[];
  /** @returns What takes the fault away again. */
  fault(rule: Fault): () => void;
  /** Holds the requests that match, until it is released: something can be done in the middle of one. */
  hold(match: Fault['match']): Held;
  close(): Promise<void>;
}

export type Held = {
  /** Resolves once a request is held. */
  readonly arrived: Promise<void>;
  release(): void;
};

const MOST_BYTES = 4 * 1024 * 1024;

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = buildWorld(parseSeed(options.seed));
  const faults = createFaults();
  const requests: RecordedRequest[] = [];
  const dispatch = createDispatch(world, faults);
  const answerControl = (request: WireRequest) => control(request, { world, faults, requests });
  const server = createServer((incoming, response) => {
    // A client that goes away in the middle of its request needs no answer.
    serve(incoming, response).catch(() => response.destroy());
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.url.startsWith(CONTROL)) return send(response, answerControl(request));
    send(response, await answerOf(dispatch, request, { requests, latencyMs: options.latencyMs ?? 0 }));
  }

  await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: SANDBOX_CALLER_KEY, secretAccessKey: SANDBOX_CALLER_SECRET },
    world,
    requests,
    fault(rule) {
      const id = faults.add(rule);
      return () => faults.remove(id);
    },
    hold(match) {
      const id = faults.add({ match, do: 'hold' });
      return { arrived: faults.fired(id), release: () => faults.remove(id) };
    },
    close() {
      faults.clear();
      return close(server);
    },
  };
}

type Around = { readonly requests: RecordedRequest[]; readonly latencyMs: number };

async function answerOf(
  dispatch: Dispatch,
  request: WireRequest,
  { requests, latencyMs }: Around,
): Promise<WireAnswer | undefined> {
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));
  const { answer, record } = await dispatch(request);
  if (record) requests.push(record);
  return answer;
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('The request is too large');
    chunks.push(chunk);
  }
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(',') : (value ?? '');
  return { method: incoming.method ?? 'GET', url: incoming.url ?? '/', headers, body: Buffer.concat(chunks) };
}

/** Without an answer the connection is cut, as if a wire had been pulled. */
function send(response: ServerResponse, answer: WireAnswer | undefined): void {
  if (!answer) {
    response.destroy();
    return;
  }
  // By the clock that signatures are judged by: clients correct their own with it.
  const date = new Date().toUTCString();
  response.writeHead(answer.status, { date, ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

function listen(server: Server, port: number): Promise<void> {
  // Longer than any client keeps an idle connection, so that none is closed while a request is on its way.
  server.keepAliveTimeout = 120_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 2048 }, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

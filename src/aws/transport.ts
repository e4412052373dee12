/** The one door through which requests leave: shared keep-alive sockets, and a last look at the address. */
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { TrueupError } from '../model/problem.ts';
import type { Routes } from './endpoints.ts';

/** Per host: the requests of many accounts go to the same regional one. */
const SOCKETS = 256;
const CONNECT_MS = 5_000;
const ANSWER_MS = 60_000;

type Handle = NodeHttpHandler['handle'];

class GuardedHandler extends NodeHttpHandler {
  readonly #permits: Routes['permits'];

  constructor(permits: Routes['permits'], options: ConstructorParameters<typeof NodeHttpHandler>[0]) {
    super(options);
    this.#permits = permits;
  }

  override async handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    if (!this.#permits(request))
      throw new TrueupError({
        code: 'endpoint-not-allowed',
        message: `a request to ${request.hostname} was stopped: no endpoint of this run leads there`,
        advice: 'report this as a defect, unless a credential provider of yours calls that host',
      });
    return super.handle(request, options);
  }
}

/**
 * Shared by every client. No client may be destroyed while another one uses it: `destroy()` of a client destroys the
 * sockets of all. Closing it once, at the end, is the connection's job.
 */
export function openTransport(routes: Routes): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: SOCKETS, scheduling: 'lifo' } as const;
  return new GuardedHandler(routes.permits, {
    httpAgent: new Agent(agent),
    httpsAgent: new SecureAgent(agent),
    connectionTimeout: CONNECT_MS,
    requestTimeout: ANSWER_MS,
    throwOnRequestTimeout: true,
    socketAcquisitionWarningTimeout: 2 ** 30,
  });
}

/** The endpoints under `/_sandbox/`, for tests that run a program as a process and can only reach the sandbox by HTTP. */
import { z } from 'zod';
import { type Faults, faultSchema } from './faults.ts';
import type { RecordedRequest } from './record.ts';
import type { WireAnswer, WireRequest } from './wire/protocol.ts';
import { dumpWorld } from './world/dump.ts';
import type { World } from './world/world.ts';

export const CONTROL = '/_sandbox/';

type Controlled = { readonly world: World; readonly faults: Faults; readonly requests: readonly RecordedRequest[] };

const clockSchema = z.strictObject({ moveSeconds: z.number() });

export function control(request: WireRequest, on: Controlled): WireAnswer {
  const url = new URL(request.url, 'http://sandbox.invalid');
  const endpoint = `${request.method} ${url.pathname.slice(CONTROL.length)}`;
  try {
    return answerEndpoint(endpoint, url, request, on);
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : 'Bad request' });
  }
}

function answerEndpoint(endpoint: string, url: URL, request: WireRequest, on: Controlled): WireAnswer {
  switch (endpoint) {
    case 'GET requests':
      return json(200, on.requests.slice(Number(url.searchParams.get('since') ?? 0)));
    case 'GET state':
      return json(200, dumpWorld(on.world));
    case 'POST faults':
      return json(200, { id: on.faults.add(faultSchema.parse(bodyOf(request))) });
    case 'DELETE faults':
      on.faults.clear();
      return json(200, {});
    case 'POST clock':
      on.world.clock.move(clockSchema.parse(bodyOf(request)).moveSeconds);
      return json(200, { now: new Date(on.world.clock.now()).toISOString() });
    default:
      return json(404, { error: `The sandbox has no endpoint ${endpoint}` });
  }
}

function bodyOf(request: WireRequest): unknown {
  return JSON.parse(request.body.toString('utf8'));
}

function json(status: number, value: unknown): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

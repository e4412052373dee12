/** Stands between Trueup and moto: notes what is asked, and answers the few questions that moto cannot. */
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FILLED } from './differences.ts';

export type Relay = {
  readonly url: string;
  /** `service:Action`, in the order in which they came. */
  readonly sent: readonly string[];
  /** Those that moto does not have: it answers them with a page about its own failure. */
  readonly lacking: ReadonlySet<string>;
  close(): Promise<void>;
};

export async function startRelay(to: string): Promise<Relay> {
  const sent: string[] = [];
  const lacking = new Set<string>();
  const server = createServer((incoming, response) => {
    void relay(incoming, response, to, { sent, lacking }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    lacking,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Notes = { readonly sent: string[]; readonly lacking: Set<string> };

async function relay(incoming: IncomingMessage, response: ServerResponse, to: string, notes: Notes): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const action = actionOf(incoming, body.toString('utf8'));
  notes.sent.push(action);
  const filled = FILLED[action];
  if (filled) {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(filled.answer);
    return;
  }
  if (await forward(incoming, body, response, to)) notes.lacking.add(action);
}

/** Resolves with whether moto failed to answer as AWS would. */
function forward(incoming: IncomingMessage, body: Buffer, response: ServerResponse, to: string): Promise<boolean> {
  const { method, url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = send(`${to}${url}`, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      const isPage = answer.headers['content-type']?.startsWith('text/html') ?? false;
      answer.on('end', () => resolve(isPage && (answer.statusCode ?? 0) >= 500));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Of a JSON request from its header, of S3's control API from method and path, of a Query request from its form. */
function actionOf({ method = '', url = '', headers }: IncomingMessage, body: string): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  if (url.startsWith('/v20180820/')) {
    const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method] ?? method;
    return `s3-control:${verb}PublicAccessBlock`;
  }
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return `${service}:${target.slice(target.indexOf('.') + 1)}`;
  return `${service}:${new URLSearchParams(body).get('Action') ?? ''}`;
}

/** Stands between Trueup and moto: notes what is asked, and answers the few questions that moto cannot. */
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FILLED } from './differences.ts';

export type Relay = {
  readonly url: string;
  /** `service:Action`, in the order in which they came. */
  readonly sent: readonly string[];
  close(): Promise<void>;
};

export async function startRelay(to: string): Promise<Relay> {
  const sent: string[] = [];
  const server = createServer((incoming, response) => {
    void relay(incoming, response, to, sent).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function relay(incoming: IncomingMessage, response: ServerResponse, to: string, sent: string[]): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const action = actionOf(incoming, body.toString('utf8'));
  sent.push(action);
  const filled = FILLED[action];
  if (filled) {
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(filled.answer);
    return;
  }
  await forward(incoming, body, response, to);
}

function forward(incoming: IncomingMessage, body: Buffer, response: ServerResponse, to: string): Promise<void> {
  const { method, url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const outgoing = send(`${to}${url}`, { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('end', resolve);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Of a Query request from its form, of S3's control API from method and path. */
function actionOf({ method = '', url = '', headers }: IncomingMessage, body: string): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  if (url.startsWith('/v20180820/')) {
    const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete' }[method] ?? method;
    return `s3-control:${verb}PublicAccessBlock`;
  }
  return `${service}:${new URLSearchParams(body).get('Action') ?? ''}`;
}

/** A server on a loopback address that gives prepared answers, for what the sandbox does not do. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { readonly target: string; readonly body: string };

/** What to answer: JSON for Organizations, text (XML) for STS and EC2. */
export type Reply = object | string;

export type Canned = { readonly url: string; readonly asked: readonly Asked[]; close(): Promise<void> };

const IDENTITY = (account: string): string => `<GetCallerIdentityResponse><GetCallerIdentityResult>
<Account>${account}</Account><Arn>arn:aws:sts::${account}:assumed-role/hub/run</Arn><UserId>A:run</UserId>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** @param reply by action, e.g. `ListAccounts`; GetCallerIdentity answers by itself, unless it is replied to. */
export async function startCanned(
  reply: (asked: Asked) => Reply | undefined,
  account = '200000000002',
): Promise<Canned> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const header = request.headers['x-amz-target'];
    const target = header ? `${header}`.split('.')[1] : new URLSearchParams(body).get('Action');
    const question = { target: target ?? '', body };
    asked.push(question);
    const answer = reply(question) ?? (target === 'GetCallerIdentity' ? IDENTITY(account) : undefined);
    response.statusCode = answer === undefined ? 400 : 200;
    response.end(
      typeof answer === 'string' ? answer : JSON.stringify(answer ?? { __type: 'UnknownOperationException' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

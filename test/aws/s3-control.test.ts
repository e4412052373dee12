/** Which host does S3's control API go to? The SDK puts the account in front of it, which only works where such a name exists. */
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, it } from 'vitest';
import { createClient } from '../../src/aws/clients.ts';
import { route } from '../../src/aws/endpoints.ts';
import { limitOf } from '../../src/aws/limits.ts';
import { createPace } from '../../src/aws/pace.ts';

const ACCOUNT = '111122223333';

/** Remembers where a request would have gone, and that it was permitted, instead of sending it. */
async function hostFor(env: { readonly [name: string]: string }): Promise<{ host: string; permitted: boolean }> {
  const routes = route({ env, endpoints: {}, allowEndpoint: true, purpose: 'read' });
  const asked: { host: string; permitted: boolean }[] = [];
  class Recorder extends NodeHttpHandler {
    override handle(request: Parameters<NodeHttpHandler['handle']>[0]): ReturnType<NodeHttpHandler['handle']> {
      const host = `${request.hostname}${request.port ? `:${request.port}` : ''}`;
      asked.push({ host, permitted: routes.permits(request) });
      return Promise.reject(new Error('not sent'));
    }
  }
  const settings = {
    routes,
    transport: new Recorder(),
    pace: createPace({}),
    fips: false,
    dualStack: false,
    attempts: 1,
  };
  const identity = async () => ({ accessKeyId: 'a', secretAccessKey: 'b' });
  const client = await createClient('s3-control', { account: ACCOUNT, region: 'us-east-1' }, identity, settings);
  await expect(client.send(new GetPublicAccessBlockCommand({ AccountId: ACCOUNT }))).rejects.toThrow('not sent');
  const [first] = asked;
  if (!first) throw new Error('nothing was sent');
  return first;
}

it.each([
  ["AWS's own", {}, `${ACCOUNT}.s3-control.us-east-1.amazonaws.com`],
  ['the sandbox', { TRUEUP_SANDBOX: 'http://127.0.0.1:4566' }, '127.0.0.1:4566'],
  ['a double on this machine', { AWS_ENDPOINT_URL: 'http://localhost:4566' }, 'localhost:4566'],
  ['its own variable', { AWS_ENDPOINT_URL_S3_CONTROL: 'http://127.0.0.1:4567' }, '127.0.0.1:4567'],
])('goes to %s', async (_, env, host) => {
  expect(await hostFor(env)).toEqual({ host, permitted: true });
});

it.each([
  ['ec2:EnableImageBlockPublicAccess', 1, 0.1],
  ['ec2:DisableImageBlockPublicAccess', 1, 0.1],
  ['ec2:EnableSnapshotBlockPublicAccess', 1, 0.1],
  ['ec2:DisableSnapshotBlockPublicAccess', 1, 0.1],
  ['ec2:ModifyInstanceMetadataDefaults', 2, 2],
  ['ec2:EnableSerialConsoleAccess', 50, 5],
  ['ec2:EnableEbsEncryptionByDefault', 50, 5],
])('%s has a bucket of its own: %d at once, %d a second', (operation, capacity, perSecond) => {
  expect(limitOf(operation, {}, {})).toEqual({ category: operation, rate: { capacity, perSecond } });
});

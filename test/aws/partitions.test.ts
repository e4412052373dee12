/**
 * Where do requests go in each partition, and for which region are they signed? The requests are made by the clients as
 * they are for AWS, and stopped at the door.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
import { GetAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { expect, it } from 'vitest';
import { createClient } from '../../src/aws/clients.ts';
import { route } from '../../src/aws/endpoints.ts';
import { signingRegion } from '../../src/aws/names.ts';
import { createPace } from '../../src/aws/pace.ts';

const ACCOUNT = '111122223333';
const routes = route({ env: {}, endpoints: {}, allowEndpoint: false, purpose: 'apply' });
const identity = { accessKeyId: 'EXAMPLE', secretAccessKey: 'example' };

type Request = { readonly hostname: string; readonly protocol: string; readonly headers: { [name: string]: string } };

/** `host region`, as the request would leave, if any route leads there. */
async function goesTo(service: 'iam' | 'organizations' | 's3-control' | 'sts', region: string): Promise<string> {
  const left: Request[] = [];
  const door = {
    handle: async (request: Request) => {
      left.push(request);
      throw new Error('stopped at the door');
    },
  } as unknown as NodeHttpHandler;
  const settings = { routes, transport: door, pace: createPace({}), fips: false, dualStack: false, attempts: 1 };
  const client = await createClient(service, { account: ACCOUNT, region }, async () => identity, settings);
  const command = {
    iam: new GetAccountPasswordPolicyCommand({}),
    organizations: new ListAccountsCommand({}),
    's3-control': new GetPublicAccessBlockCommand({ AccountId: ACCOUNT }),
    sts: new GetCallerIdentityCommand({}),
  }[service];
  await client.send(command).catch(() => {});
  const [request] = left;
  if (!request || !routes.permits(request)) throw new Error(`nothing leaves for ${service} in ${region}`);
  return `${request.hostname} ${request.headers.authorization?.split('/')[2]}`;
}

it.each([
  [
    'aws',
    'eu-west-1',
    'iam.amazonaws.com us-east-1',
    'organizations.us-east-1.amazonaws.com us-east-1',
    `${ACCOUNT}.s3-control.us-east-1.amazonaws.com us-east-1`,
    'sts.eu-west-1.amazonaws.com eu-west-1',
  ],
  [
    'aws-cn',
    'cn-northwest-1',
    'iam.cn-north-1.amazonaws.com.cn cn-north-1',
    'organizations.cn-northwest-1.amazonaws.com.cn cn-northwest-1',
    `${ACCOUNT}.s3-control.cn-north-1.amazonaws.com.cn cn-north-1`,
    'sts.cn-northwest-1.amazonaws.com.cn cn-northwest-1',
  ],
  [
    'aws-us-gov',
    'us-gov-east-1',
    'iam.us-gov.amazonaws.com us-gov-west-1',
    'organizations.us-gov-west-1.amazonaws.com us-gov-west-1',
    `${ACCOUNT}.s3-control.us-gov-west-1.amazonaws.com us-gov-west-1`,
    'sts.us-gov-east-1.amazonaws.com us-gov-east-1',
  ],
  [
    'aws-eusc',
    'eusc-de-east-1',
    'iam.eusc-de-east-1.amazonaws.eu eusc-de-east-1',
    'organizations.eusc-de-east-1.amazonaws.eu eusc-de-east-1',
    `${ACCOUNT}.s3-control.eusc-de-east-1.amazonaws.eu eusc-de-east-1`,
    'sts.eusc-de-east-1.amazonaws.eu eusc-de-east-1',
  ],
])('in %s, from %s', async (partition, home, ...hosts) => {
  const global = signingRegion('global', partition, home);
  expect([
    await goesTo('iam', global),
    await goesTo('organizations', global),
    await goesTo('s3-control', global),
    await goesTo('sts', home),
  ]).toEqual(hosts);
});

/** A small organisation for the sandbox's own tests, and SDK clients that talk to it. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { type Sandbox, type Seed, startSandbox } from '../../src/sandbox/server.ts';

export const MANAGEMENT = '100000000001';
export const HUB = '200000000002';
export const WEB = '300000000003';
export const DATA = '400000000004';
export const EXTERNAL_ID = 'trueup-example';

export const seed = {
  regions: ['eu-west-1', 'us-east-1'],
  organization: { management: MANAGEMENT, delegated: [HUB], units: ['Production/Web', 'Suspended'] },
  caller: { account: HUB, role: 'trueup-hub', policies: ['everything'] },
  policies: { everything: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
  trueup: {
    externalId: EXTERNAL_ID,
    roles: [
      { name: 'trueup-read', policies: ['everything'] },
      { name: 'trueup-write', policies: ['everything'] },
    ],
  },
  accounts: [
    { id: MANAGEMENT, name: 'management' },
    { id: HUB, name: 'security', trueup: true },
    {
      id: WEB,
      name: 'web',
      ou: 'Production/Web',
      tags: { env: 'production' },
      trueup: true,
      quotas: { rulesPerGroup: 5 },
      network: {
        'eu-west-1': {
          prefixLists: [
            {
              name: 'offices',
              entries: ['198.51.100.0/24', { cidr: '203.0.113.0/24', description: 'Zürich' }],
              maxEntries: 2,
            },
            { name: 'withdrawn', owner: DATA, readable: false },
            { name: 'com.amazonaws.eu-west-1.s3', owner: 'AWS', entries: ['3.5.64.0/21'] },
          ],
          vpcs: [
            { name: 'first', default: true, groups: [{ name: 'legacy', ingress: ['tcp 22 from 0.0.0.0/0'] }] },
            {
              name: 'main',
              ipv6: true,
              cidr: '10.1.0.0/16',
              groups: [
                {
                  name: 'web',
                  description: 'Web <servers> & "friends"',
                  tags: { team: '</details>', note: 'one\ntwo', empty: '' },
                  ingress: [
                    { rule: 'tcp 443 from 0.0.0.0/0', description: 'public ##[add-mask]a', tags: { ticket: 'OPS-1' } },
                    'tcp 443 from ::/0',
                    'icmp 8/0 from 10.0.0.0/8',
                    'all from group app',
                  ],
                },
                { name: 'app', ingress: ['tcp 8000-8100 from list offices', '50 from self'] },
                { name: 'stale', ingress: ['tcp 5432 from sg-0dead00000000beef'] },
              ],
              interfaces: [
                { name: 'a', groups: ['default'], instance: 'i-0123456789abcdef0' },
                {
                  name: 'b',
                  groups: ['default'],
                  operator: 'eks.amazonaws.com',
                  requester: '999999999999',
                  description: 'cluster',
                },
              ],
            },
          ],
        },
        'us-east-1': { vpcs: [{ name: 'first', default: true }] },
      },
    },
    {
      id: DATA,
      name: 'data',
      ou: 'Production',
      regions: ['us-east-1'],
      roles: [{ name: 'other', policies: ['everything'] }],
    },
    { id: '500000000005', name: 'gone', ou: 'Suspended', state: 'SUSPENDED' },
  ],
} satisfies Seed;

export const start = (more: Partial<Seed> = {}): Promise<Sandbox> => startSandbox({ seed: { ...seed, ...more } });

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/** Clients that send each request once, so that a test sees what the sandbox says. */
export function clients(sandbox: Sandbox, credentials: Keys = sandbox.credentials, region = 'eu-west-1') {
  const config = { endpoint: sandbox.url, region, credentials, maxAttempts: 1 };
  return {
    ec2: new EC2Client(config),
    iam: new IAMClient(config),
    sts: new STSClient(config),
    organizations: new OrganizationsClient(config),
  };
}

export async function assume(
  sandbox: Sandbox,
  account: string,
  more: Partial<AssumeRoleCommandInput> = {},
): Promise<Keys> {
  const { Credentials } = await clients(sandbox).sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/trueup-write`,
      RoleSessionName: 'test',
      ExternalId: EXTERNAL_ID,
      ...more,
    }),
  );
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey || !Credentials.SessionToken)
    throw new Error('no credentials');
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
  };
}

/** Clients of a role session in that account. */
export async function clientsIn(
  sandbox: Sandbox,
  account: string,
  more: Partial<AssumeRoleCommandInput> = {},
  region = 'eu-west-1',
) {
  return clients(sandbox, await assume(sandbox, account, more), region);
}

/** The name of the error that a promise is rejected with, and its HTTP status. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return 'no error';
}

/** The group of that name in the web account's region. */
export function groupNamed(sandbox: Sandbox, name: string, vpc = 'main') {
  const place = sandbox.world.accounts.get(WEB)?.place('eu-west-1');
  const vpcs = [...(place?.vpcs.values() ?? [])];
  const vpcId = vpcs.find(({ tags }) => tags.get('Name') === vpc)?.id;
  const group = [...(place?.groups.values() ?? [])].find(
    (candidate) => candidate.vpcId === vpcId && candidate.name === name,
  );
  if (!group) throw new Error(`no group ${name}`);
  return group;
}

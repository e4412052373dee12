/** A small organisation in the sandbox, and connections to it. */
import { DescribeVpcsCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { GetAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import { type ConnectOptions, connect } from '../../src/aws/connect.ts';
import type { Connection, PolicyDocument } from '../../src/model/aws.ts';
import { operation } from '../../src/model/operation.ts';
import { type Sandbox, type Seed, startSandbox } from '../../src/sandbox/server.ts';

export const MANAGEMENT = '100000000001';
export const HUB = '200000000002';
export const WEB = '300000000003';
export const DATA = '400000000004';
export const BARE = '500000000005';
export const GONE = '600000000006';
export const EXTERNAL_ID = 'do-not-print-me-7';

const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['*'], Resource: '*' }],
};

export const seed = {
  regions: ['eu-west-1', 'us-east-1', 'ap-southeast-2'],
  organization: { management: MANAGEMENT, delegated: [HUB], units: ['Production/Web', 'Production/Data', 'Suspended'] },
  caller: { account: HUB, role: 'trueup-hub', policies: ['everything'] },
  policies: { everything: { ...everything } },
  trueup: { externalId: EXTERNAL_ID, roles: [{ name: 'trueup-read', policies: ['everything'] }] },
  accounts: [
    { id: MANAGEMENT, name: 'management', trueup: true },
    { id: HUB, name: 'security', trueup: true, tags: { env: 'core' } },
    { id: WEB, name: 'web-prod', ou: 'Production/Web', trueup: true, tags: { env: 'prod' } },
    {
      id: DATA,
      name: 'data-prod',
      ou: 'Production/Data',
      trueup: true,
      regions: ['eu-west-1', 'us-east-1'],
      tags: { env: 'prod' },
    },
    { id: BARE, name: 'bare', ou: 'Production' },
    { id: GONE, name: 'gone', ou: 'Suspended', state: 'SUSPENDED' },
  ],
} satisfies Seed;

export const start = (more: Partial<Seed> = {}): Promise<Sandbox> => startSandbox({ seed: { ...seed, ...more } });

export const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  env: {},
  region: 'eu-west-1',
  endpoints: {},
  allowEndpoint: false,
  rates: {},
  sessionName: 'trueup-test',
  externalId: EXTERNAL_ID,
  purpose: 'read',
  ...more,
});

export const enter = (sandbox: { readonly url: string }, more: Partial<ConnectOptions> = {}): Promise<Connection> =>
  connect(options({ env: { TRUEUP_SANDBOX: sandbox.url }, ...more }));

export const describeVpcs = operation('ec2:DescribeVpcs', DescribeVpcsCommand);
export const revoke = operation('ec2:RevokeSecurityGroupIngress', RevokeSecurityGroupIngressCommand);
export const getPasswordPolicy = operation('iam:GetAccountPasswordPolicy', GetAccountPasswordPolicyCommand);

export const allow = (...Action: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
});

/** The requests of one action that the sandbox saw. */
export const sent = (sandbox: Sandbox, action: string): Sandbox['requests'] =>
  sandbox.requests.filter((request) => request.action === action);

/** What a promise was rejected with. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('It did not fail');
}

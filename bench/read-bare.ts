/**
 * What it is compared with: the shortest loop over the SDK that reads the same. It lists the accounts, takes a session in
 * each, and asks for the groups of every region and the password policy, 100 at a time; it decides nothing.
 */
import { Agent } from 'node:http';
import { DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetAccountPasswordPolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient, paginateListAccounts } from '@aws-sdk/client-organizations';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import PQueue from 'p-queue';
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../src/sandbox/caller.ts';
import { accountsOf, regionsOf, type Size } from './seed.ts';

const AT_ONCE = 100;
const caller = { accessKeyId: SANDBOX_CALLER_KEY, secretAccessKey: SANDBOX_CALLER_SECRET };

/** @returns how many groups were read */
export async function readBare({ accounts, regions }: Size, endpoint: string): Promise<number> {
  const requestHandler = new NodeHttpHandler({
    httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }),
    socketAcquisitionWarningTimeout: 2 ** 30,
  });
  const place = { region: 'us-east-1', endpoint, requestHandler };
  const sts = new STSClient({ ...place, credentials: caller });
  const meant = new Set(accountsOf(accounts));
  const queue = new PQueue({ concurrency: AT_ONCE });
  let groups = 0;

  async function readRegion(region: string, credentials: typeof caller): Promise<void> {
    const ec2 = new EC2Client({ ...place, region, credentials });
    for (let token: string | undefined; ; ) {
      const page = await ec2.send(
        new DescribeSecurityGroupsCommand({ MaxResults: 1000, ...(token && { NextToken: token }) }),
      );
      groups += page.SecurityGroups?.length ?? 0;
      token = page.NextToken;
      if (!token) return;
    }
  }

  async function readAccount(account: string): Promise<void> {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/trueup-read`, RoleSessionName: 'bench' }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    for (const region of regionsOf(regions)) void queue.add(() => readRegion(region, credentials));
    // An account without a policy is answered with an error.
    await new IAMClient({ ...place, credentials }).send(new GetAccountPasswordPolicyCommand({})).catch(() => undefined);
  }

  for await (const page of paginateListAccounts(
    { client: new OrganizationsClient({ ...place, credentials: caller }) },
    {},
  ))
    for (const { Id = '' } of page.Accounts ?? []) if (meant.has(Id)) void queue.add(() => readAccount(Id));
  await queue.onIdle();
  requestHandler.destroy();
  return groups;
}

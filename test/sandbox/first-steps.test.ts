/** Does a plain SDK client get from the caller's keys to a revoked rule? */
import { DescribeSecurityGroupsCommand, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { clients, clientsIn, HUB, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.close());

test('the seeded caller is a session of the hub role', async () => {
  const identity = await clients(sandbox).sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({ Account: HUB, Arn: `arn:aws:sts::${HUB}:assumed-role/trueup-hub/sandbox` });
});

test('a role session sees the groups of its account and can revoke a rule', async () => {
  const { ec2 } = await clientsIn(sandbox, WEB);
  const before = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['web'] }] }),
  );
  const [group] = before.SecurityGroups ?? [];
  expect(group).toMatchObject({ OwnerId: WEB, Description: 'Web <servers> & "friends"' });
  expect(group?.Tags).toContainEqual({ Key: 'note', Value: 'one\ntwo' });
  const https = group?.IpPermissions?.find(({ FromPort }) => FromPort === 443);
  expect(https).toMatchObject({ IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] });

  const permission = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  const revoked = await ec2.send(
    new RevokeSecurityGroupIngressCommand({ GroupId: group?.GroupId, IpPermissions: [permission] }),
  );
  expect(revoked.RevokedSecurityGroupRules).toMatchObject([
    { CidrIpv4: '0.0.0.0/0', Description: 'public ##[add-mask]a' },
  ]);
  const after = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [group?.GroupId ?? ''] }));
  expect(after.SecurityGroups?.[0]?.IpPermissions?.find(({ FromPort }) => FromPort === 443)?.IpRanges).toEqual([]);
  expect(sandbox.requests.map(({ action }) => action)).toContain('RevokeSecurityGroupIngress');
});

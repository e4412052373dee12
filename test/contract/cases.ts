/** The cases of every guardrail, arranged through the API of whatever AWS they run against. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { IAMClient, UpdateAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import type { Administrator } from '../support/worlds.ts';
import type { ContractCase } from './contract.ts';

export const CASES: { readonly [guardrail: string]: readonly ContractCase[] } = {
  'default-security-group': [
    {
      title: 'rules of every kind, with descriptions and tags',
      guardrails: '  default-security-group: { ingress: none, egress: none }',
      arrange: fillDefaultGroup,
      changes: 1,
    },
    {
      title: 'ingress alone',
      guardrails: '  default-security-group: { ingress: none }',
      arrange: fillDefaultGroup,
      changes: 1,
    },
  ],
  'password-policy': [
    { title: 'an account without a policy', guardrails: '  password-policy: { minimumLength: 14 }', changes: 1 },
    {
      title: 'a weaker policy whose other fields stay',
      guardrails: '  password-policy: { minimumLength: 14, reusePrevention: 24, maxAge: never }',
      arrange: async (administrator) => {
        const iam = new IAMClient(administrator);
        await iam.send(
          new UpdateAccountPasswordPolicyCommand({
            MinimumPasswordLength: 8,
            RequireSymbols: true,
            MaxPasswordAge: 90,
          }),
        );
      },
      changes: 1,
    },
  ],
};

async function fillDefaultGroup(administrator: Administrator): Promise<void> {
  const ec2 = new EC2Client(administrator);
  const { SecurityGroups } = await ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-name', Values: ['default'] }], MaxResults: 100 }),
  );
  const GroupId = SecurityGroups?.[0]?.GroupId ?? '';
  const { SecurityGroupRules } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 22,
          ToPort: 22,
          IpRanges: [{ CidrIp: '198.51.100.0/24', Description: 'headquarters' }, { CidrIp: '203.0.113.7/32' }],
        },
        { IpProtocol: 'udp', FromPort: 500, ToPort: 510, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] },
        { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
      ],
    }),
  );
  const Resources = (SecurityGroupRules ?? []).slice(0, 1).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '');
  await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'ticket', Value: 'OPS-1' }] }));
}

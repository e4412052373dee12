/** The cases of every guardrail, arranged through the API of whatever AWS they run against. */
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { IAMClient, UpdateAccountPasswordPolicyCommand } from '@aws-sdk/client-iam';
import type { Administrator } from '../support/worlds.ts';
import type { ContractCase } from './contract.ts';
import { SECURITY_HUB_CASES } from './security-hub-cases.ts';
import { SETTINGS_CASES } from './settings-cases.ts';

export const CASES: { readonly [guardrail: string]: readonly ContractCase[] } = {
  ...SETTINGS_CASES,
  ...SECURITY_HUB_CASES,
  'allowed-ingress': [
    {
      title: 'narrow, revoke and report beside each other',
      guardrails: `  allowed-ingress:
    - { ports: [22], from: [198.51.100.0/24], otherwise: narrow }
    - { ports: ["500-510"], from: [10.0.0.0/8], otherwise: revoke }
    - { ports: [443], from: none, otherwise: report }`,
      arrange: openUp,
      changes: 1,
    },
  ],
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
  'ingress-findings': [
    {
      title: 'tells and changes nothing',
      guardrails: '  ingress-findings: { least: low }',
      arrange: openUp,
      changes: 0,
    },
    {
      title: 'changes nothing beside what another guardrail changes',
      guardrails: `  ingress-findings: { least: low }
  allowed-ingress: [{ ports: [22], from: [198.51.100.0/24], otherwise: narrow }]`,
      arrange: openUp,
      changes: 1,
    },
  ],
  'security-group-rules': [
    {
      title: 'what is missing, too much, and described otherwise, in both directions',
      guardrails: `  security-group-rules:
    - groups: { names: [web] }
      ingress:
        - { rule: tcp 22 from 198.51.100.0/24, description: headquarters, tags: { owner: platform } }
        - tcp 443 from internet
        - { rule: udp 505 from 192.0.2.0/24, tags: {} }
        - all from itself
      egress: [tcp 443 to internet]`,
      arrange: openUp,
      changes: 1,
    },
    {
      title: 'a direction that is not written stays as it is',
      guardrails: `  security-group-rules:
    - { groups: { tags: { team: "*" } }, egress: none }
    - { groups: { names: ["w?b"] }, ingress: none }`,
      arrange: openUp,
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
  await ec2.send(
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
  // Asked for again, because nothing says what an answer to Authorize holds, and in which order.
  const { SecurityGroupRules } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }], MaxResults: 100 }),
  );
  const Resources = (SecurityGroupRules ?? [])
    .filter(({ CidrIpv4 }) => CidrIpv4 === '198.51.100.0/24')
    .map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '');
  await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'ticket', Value: 'OPS-1' }] }));
}

/** A group of its own, with rules that are wider than anybody should want. */
async function openUp(administrator: Administrator): Promise<void> {
  const ec2 = new EC2Client(administrator);
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ MaxResults: 100 }));
  const { GroupId = '' } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'open', VpcId: Vpcs?.[0]?.VpcId }),
  );
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [
        { IpProtocol: 'tcp', FromPort: 20, ToPort: 25, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'temporary' }] },
        { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
        { IpProtocol: 'udp', FromPort: 505, ToPort: 505, IpRanges: [{ CidrIp: '192.0.2.0/24' }] },
        { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      ],
      TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'ticket', Value: 'OPS-2' }] }],
    }),
  );
}

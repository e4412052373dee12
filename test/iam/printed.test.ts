/** Do the printed roles suffice for every contract case, and is each of their actions needed by one? */
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { CASES } from '../contract/cases.ts';
import type { ContractCase } from '../contract/contract.ts';
import { policyYaml } from '../support/worlds.ts';
import { actionsOf, PREFIX_LIST, printedRoles, walk, without } from './printed.ts';

/** Whether a rule that names a prefix list is to go can only be said by who may read the list. */
const LISTED: ContractCase = {
  title: 'a rule that names a prefix list',
  guardrails: '  allowed-ingress: [{ ports: [22], from: [10.0.0.0/8], otherwise: revoke }]',
  arrange: async (administrator) => {
    const ec2 = new EC2Client(administrator);
    const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ MaxResults: 100 }));
    const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: PREFIX_LIST }] };
    const GroupId = SecurityGroups?.[0]?.GroupId;
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  },
  changes: 1,
};

const all = Object.entries({ ...CASES, 'allowed-ingress': [...(CASES['allowed-ingress'] ?? []), LISTED] }).map(
  ([guardrail, cases]) => ({ guardrail, cases }),
);

/**
 * What no case notices. The executor looks again only for interfaces, with a reader that could also ask for
 * associations. Definitions of controls are asked for again only while Security Hub is still preparing them.
 */
const UNREACHED = [
  'trueup-write ec2:DescribeSecurityGroupVpcAssociations',
  'trueup-write securityhub:ListSecurityControlDefinitions',
];

describe.each(all)('the roles printed for $guardrail', ({ cases }) => {
  it('allow every call of plan, apply and revert', async () => {
    for (const one of cases) expect(await walk(one, printedRoles(policyYaml(one.guardrails)))).toEqual([]);
  });
});

describe('the printed roles', () => {
  it('allow nothing that could be left out', { timeout: 120_000 }, async () => {
    const judged = await Promise.all(all.map(({ cases }) => judge(cases)));
    const needed = new Set(judged.flatMap(({ needed: some }) => some));
    const spare = new Set(judged.flatMap(({ spare: some }) => some).filter((grant) => !needed.has(grant)));
    expect([...spare].sort()).toEqual(UNREACHED);
  });
});

/** Each action of each role taken away alone: does any of the cases notice? */
async function judge(cases: readonly ContractCase[]): Promise<{ needed: string[]; spare: string[] }> {
  const roles = printedRoles(policyYaml(cases[0]?.guardrails ?? ''));
  const [needed, spare]: [string[], string[]] = [[], []];
  for (const role of roles) {
    for (const action of actionsOf(role)) {
      const narrowed = roles.map((other) => (other === role ? without(role, action) : other));
      ((await missed(cases, narrowed)) ? needed : spare).push(`${role.name} ${action}`);
    }
  }
  return { needed, spare };
}

async function missed(cases: readonly ContractCase[], roles: Parameters<typeof walk>[1]): Promise<boolean> {
  for (const one of cases) if ((await walk(one, roles)).length > 0) return true;
  return false;
}

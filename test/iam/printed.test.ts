/** Do the printed roles suffice for every contract case, and is each of their actions needed by one? */
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EnableSecurityHubCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { guardrails } from '../../src/guardrails/index.ts';
import { CASES } from '../contract/cases.ts';
import { ACCOUNT, policyYaml, REGION } from '../support/worlds.ts';
import { type Asked, PREFIX_LIST, rolesFor, spareIn, type Walk, walk } from './printed.ts';

/** Whether a rule that names a prefix list is to go can only be said by who may read the list. */
const LISTED: Walk = {
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

/** Between plan and apply, Security Hub began to work on a standard: what it is at work on is asked for, and waited for. */
const PREPARED: Walk = {
  title: 'a standard that Security Hub is still preparing',
  guardrails: '  security-hub-controls: { disabled: { IAM.6: elsewhere } }',
  arrange: async (administrator) => {
    await new SecurityHubClient(administrator).send(new EnableSecurityHubCommand({}));
  },
  meanwhile: ({ world }) => {
    const { subscriptions } = world.hubs.in(ACCOUNT, REGION);
    for (const standard of subscriptions.keys()) subscriptions.set(standard, { readyAt: world.clock.now() + 5_000 });
  },
  changes: 1,
};

/** The rules that every default group begins with, under other descriptions. */
const DESCRIBED: Walk = {
  title: 'rules that are there, described otherwise',
  guardrails: `  security-group-rules:
    - groups: { names: [default] }
      ingress: [{ rule: all from itself, description: its own }]
      egress: [{ rule: all to 0.0.0.0/0, description: everywhere }]`,
  changes: 1,
};

const MORE: { readonly [guardrail: string]: readonly Walk[] } = {
  'allowed-ingress': [LISTED],
  'security-group-rules': [DESCRIBED],
  'security-hub-controls': [PREPARED],
};
const all = guardrails.map(({ name, resource }) => ({
  guardrail: name,
  resource: resource.name,
  cases: [...(CASES[name] ?? []), ...(MORE[name] ?? [])] as readonly Walk[],
}));

const rolesOf = ({ guardrails: some }: Walk) => rolesFor(policyYaml(some));
/** What was asked in the walks, by the resource that they are about. */
const asked = new Map<string, Asked[]>(all.map(({ resource }) => [resource, []]));

describe.each(all)('the roles printed for $guardrail', ({ resource, cases }) => {
  it('allow every call of plan, apply and revert', async () => {
    for (const one of cases) {
      const walked = await walk(one, rolesOf(one));
      expect(walked.problems).toEqual([]);
      asked.get(resource)?.push(...walked.asked);
    }
  });
});

describe('the printed roles', () => {
  // A way back leads from whatever is there to what was there before: it may need any change of the resource.
  it('allow nothing that could be left out: without any one action, a call of the walks above is refused', () => {
    const spare = all.flatMap(({ guardrail, resource, cases: [one] }) =>
      (one ? rolesOf(one) : []).flatMap((role) =>
        spareIn(role, asked.get(resource) ?? []).map((action) => `${guardrail}: ${role.name} ${action}`),
      ),
    );
    expect(spare).toEqual([]);
  });

  it('would be told of an action too many', () => {
    const [role] = rolesFor(policyYaml('  password-policy: { minimumLength: 14 }'));
    const [statement] = role?.policies.trueup.Statement ?? [];
    if (!role || !statement) throw new Error('no role was printed');
    const wider = { ...statement, Action: [...statement.Action, 'iam:DeleteRole'] };
    const policies = { trueup: { ...role.policies.trueup, Statement: [wider] } };
    expect(spareIn({ ...role, policies }, asked.get('password-policy') ?? [])).toEqual(['iam:DeleteRole']);
  });
});

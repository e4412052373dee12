/** Does each action ask IAM about the resources that AWS says it does? The simulator knows the types; it refuses any other. */
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import * as ec2 from '@aws-sdk/client-ec2';
import * as iam from '@aws-sdk/client-iam';
import * as organizations from '@aws-sdk/client-organizations';
import * as s3 from '@aws-sdk/client-s3';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Demand } from '../../src/sandbox/iam/evaluate.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { demandOf } from '../../src/sandbox/service.ts';
import { services } from '../../src/sandbox/services/index.ts';
import { assume, clientsIn, groupNamed, HUB, refusal, start, WEB } from './organisation.ts';
import { sendSecurityHub } from './security-hub-calls.ts';
import { sendSettings } from './settings-calls.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await start();
});
afterAll(() => sandbox.close());

/** What every key begins with. https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${WEB}:root` }, Action: 'kms:*', Resource: '*' }],
};
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Every action of every service once; whether it succeeds does not matter here. */
async function sendEverything(): Promise<void> {
  const web = groupNamed(sandbox, 'web');
  const GroupId = web.id;
  const [rule] = [...web.rules];
  const lists = [...(sandbox.world.accounts.get(WEB)?.place('eu-west-1').prefixLists.keys() ?? [])];
  const PrefixListId = lists[0] ?? '';
  const tags = (ResourceType: ec2.ResourceType) => [{ ResourceType, Tags: [{ Key: 'ticket', Value: '1' }] }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 9, ToPort: 9, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }];
  const next = { IpProtocol: 'tcp', FromPort: 9, ToPort: 9, PrefixListId };
  const SecurityGroupRules = [{ SecurityGroupRuleId: rule?.id ?? '', SecurityGroupRule: next }];
  const role = { RoleName: 'trueup-read' };
  const managed = `arn:aws:iam::${WEB}:policy/fence`;
  const create = { GroupName: 'n', Description: 'n', VpcId: web.vpcId, TagSpecifications: tags('security-group') };
  const session = await clientsIn(sandbox, WEB);
  const admin = await clientsIn(sandbox, HUB);
  const settingsIn = { endpoint: sandbox.url, region: 'eu-west-1', credentials: await assume(sandbox, WEB) };
  const bucket = new s3.S3Client({ ...settingsIn, forcePathStyle: true, maxAttempts: 1 });
  const object = { Bucket: 'journals', Key: 'run' };
  const { rootId } = sandbox.world.organization;
  const unit = [...sandbox.world.organization.units.keys()][0] ?? '';
  await Promise.all(
    [
      new CloudTrailClient(settingsIn).send(new LookupEventsCommand({})),
      session.ec2.send(new ec2.DescribeRegionsCommand({})),
      session.ec2.send(new ec2.DescribeVpcsCommand({})),
      session.ec2.send(new ec2.CreateVpcCommand({ CidrBlock: '10.8.0.0/16', TagSpecifications: tags('vpc') })),
      session.ec2.send(new ec2.DescribeSecurityGroupsCommand({})),
      session.ec2.send(new ec2.CreateSecurityGroupCommand(create)),
      session.ec2.send(new ec2.DescribeSecurityGroupRulesCommand({})),
      session.ec2.send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId,
          IpPermissions,
          TagSpecifications: tags('security-group-rule'),
        }),
      ),
      session.ec2.send(new ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions })),
      session.ec2.send(new ec2.RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions })),
      session.ec2.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions })),
      session.ec2.send(new ec2.ModifySecurityGroupRulesCommand({ GroupId, SecurityGroupRules })),
      session.ec2.send(new ec2.UpdateSecurityGroupRuleDescriptionsIngressCommand({ GroupId, IpPermissions })),
      session.ec2.send(new ec2.UpdateSecurityGroupRuleDescriptionsEgressCommand({ GroupId, IpPermissions })),
      session.ec2.send(
        new ec2.CreateTagsCommand({ Resources: [GroupId, rule?.id ?? ''], Tags: [{ Key: 'a', Value: 'b' }] }),
      ),
      session.ec2.send(
        new ec2.DeleteTagsCommand({ Resources: [GroupId, web.vpcId, PrefixListId], Tags: [{ Key: 'a' }] }),
      ),
      session.ec2.send(new ec2.DescribeTagsCommand({})),
      session.ec2.send(new ec2.DescribeNetworkInterfacesCommand({})),
      session.ec2.send(new ec2.GetManagedResourceVisibilityCommand({})),
      session.ec2.send(new ec2.DescribeManagedPrefixListsCommand({})),
      session.ec2.send(new ec2.ModifyManagedPrefixListCommand({ PrefixListId })),
      ...lists.map((id) => session.ec2.send(new ec2.GetManagedPrefixListEntriesCommand({ PrefixListId: id }))),
      session.ec2.send(new ec2.DescribeSecurityGroupReferencesCommand({ GroupId: [GroupId] })),
      session.ec2.send(new ec2.DescribeStaleSecurityGroupsCommand({ VpcId: web.vpcId })),
      session.ec2.send(new ec2.DescribeSecurityGroupVpcAssociationsCommand({})),
      session.ec2.send(new ec2.DeleteSecurityGroupCommand({ GroupId: groupNamed(sandbox, 'stale').id })),
      session.iam.send(new iam.UpdateAccountPasswordPolicyCommand({})),
      session.iam.send(new iam.GetAccountPasswordPolicyCommand({})),
      session.iam.send(new iam.DeleteAccountPasswordPolicyCommand({})),
      session.iam.send(new iam.ListAccountAliasesCommand({})),
      session.iam.send(new iam.CreateAccountAliasCommand({ AccountAlias: 'example' })),
      session.iam.send(new iam.DeleteAccountAliasCommand({ AccountAlias: 'example' })),
      session.iam.send(new iam.GetRoleCommand(role)),
      session.iam.send(new iam.ListRolePoliciesCommand(role)),
      session.iam.send(new iam.ListAttachedRolePoliciesCommand(role)),
      session.iam.send(new iam.GetRolePolicyCommand({ ...role, PolicyName: 'everything' })),
      session.iam.send(new iam.GetPolicyCommand({ PolicyArn: managed })),
      session.iam.send(new iam.GetPolicyVersionCommand({ PolicyArn: managed, VersionId: 'v1' })),
      session.iam.send(
        new iam.SimulatePrincipalPolicyCommand({
          PolicySourceArn: `arn:aws:iam::${WEB}:role/trueup-read`,
          ActionNames: ['ec2:DescribeVpcs'],
        }),
      ),
      session.iam.send(
        new iam.PutRolePolicyCommand({ ...role, PolicyName: 'x', PolicyDocument: JSON.stringify(EVERYTHING) }),
      ),
      ...sendSettings(settingsIn, WEB),
      ...sendSecurityHub(settingsIn, WEB),
      bucket.send(new s3.PutObjectCommand({ ...object, Body: '' })),
      bucket.send(new s3.GetObjectCommand(object)),
      bucket.send(new s3.ListObjectsV2Command(object)),
      admin.organizations.send(new organizations.DescribeOrganizationCommand({})),
      admin.organizations.send(new organizations.ListAccountsCommand({})),
      admin.organizations.send(new organizations.DescribeAccountCommand({ AccountId: WEB })),
      admin.organizations.send(new organizations.ListRootsCommand({})),
      admin.organizations.send(new organizations.ListAccountsForParentCommand({ ParentId: rootId })),
      admin.organizations.send(new organizations.ListOrganizationalUnitsForParentCommand({ ParentId: unit })),
      admin.organizations.send(new organizations.DescribeOrganizationalUnitCommand({ OrganizationalUnitId: unit })),
      admin.organizations.send(new organizations.ListTagsForResourceCommand({ ResourceId: WEB })),
    ].map(refusal),
  );
}

/** What the recorded requests asked IAM, computed again. */
function demands(): readonly Demand[] {
  const session = [...sandbox.world.sessions.values()][0];
  return sandbox.requests.flatMap(({ service, action, account: id, region, input }) => {
    const account = sandbox.world.accounts.get(id);
    const handler = services.get(service)?.actions[action];
    if (!session || !account || !handler || service === 'sts') return [];
    const call = { world: sandbox.world, session, account, region, input };
    return (handler.needs?.(call) ?? [{ resource: '*' }]).map((need) => demandOf(call, `${service}:${action}`, need));
  });
}

async function simulate({ action, resource, keys }: Demand): Promise<string> {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:sts::${WEB}:assumed-role/trueup-write/test`,
        action,
        resource: { resource, accountId: WEB },
        contextVariables: Object.fromEntries(
          [...keys].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : [...values]]),
        ),
      },
      identityPolicies: [{ name: 'everything', policy: EVERYTHING }],
      serviceControlPolicies: [{ orgIdentifier: 'r-root', policies: [{ name: 'FullAWSAccess', policy: EVERYTHING }] }],
      resourceControlPolicies: [],
      ...(action.startsWith('kms:') && resource !== '*' && { resourcePolicy: KEY_POLICY }),
    },
    {},
  );
  return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
}

test('every action is asked for on resources of the types that AWS documents for it', async () => {
  await sendEverything();
  const asked = demands();
  const sent = new Set(sandbox.requests.map(({ service, action }) => `${service}:${action}`));
  const known = [...services.values()]
    .filter(({ name }) => name !== 'sts')
    .flatMap(({ name, actions }) => Object.keys(actions).map((action) => `${name}:${action}`));
  expect(known.filter((action) => !sent.has(action))).toEqual([]);
  const answers = await Promise.all(
    asked.map(async (demand) => `${demand.action} on ${demand.resource}: ${await simulate(demand)}`),
  );
  expect(answers.filter((answer) => !answer.endsWith(': Allowed'))).toEqual([]);
  expect(asked.some(({ resource }) => resource.includes(':security-group-rule/sgr-'))).toBe(true);
});

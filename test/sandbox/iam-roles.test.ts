/** What bounds a role, what is attached to it, and what the simulation of IAM says about both. */
import {
  CreateAccountAliasCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListAccountAliasesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';

const ACCOUNT = '123456789012';
const MANAGED = `arn:aws:iam::${ACCOUNT}:policy/aliases`;
const FENCE = `arn:aws:iam::${ACCOUNT}:policy/fence`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/bounded`;

/** The role has everything about roles inline, aliases by a managed policy, and a boundary around it all. */
const SEED = `
regions: [eu-west-1]
organization: { management: "${ACCOUNT}", delegated: [], units: [] }
caller: { account: "${ACCOUNT}", role: caller, session: test, policies: [all] }
policies:
  all: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "*", Resource: "*" }] }
  looks: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["iam:Get*", "iam:Simulate*"], Resource: "*" }] }
  aliases: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: "iam:*AccountAlias*", Resource: "*" }] }
  fence: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["iam:Get*", "iam:List*", "iam:Simulate*"], Resource: "*" }] }
accounts:
  - id: "${ACCOUNT}"
    name: only
    roles: [{ name: bounded, policies: [looks], attached: ["${MANAGED}"], boundary: "${FENCE}" }]
`;

let sandbox: Sandbox;
let iam: IAMClient;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: SEED });
  const place = { endpoint: sandbox.url, region: 'eu-west-1', maxAttempts: 1 };
  const sts = new STSClient({ ...place, credentials: sandbox.credentials });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'test' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  iam = new IAMClient({ ...place, credentials });
});
afterAll(() => sandbox.close());

describe('a role with a managed policy and a boundary', () => {
  it('may do what both allow, and no more', async () => {
    expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
    const refused = await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'example' })).catch((error) => error);
    expect(refused).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('no permissions boundary'),
    });
  });

  it('shows what they are and say', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'bounded' }));
    expect(Role?.PermissionsBoundary).toEqual({ PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: FENCE });
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: MANAGED }));
    const version = { PolicyArn: MANAGED, VersionId: Policy?.DefaultVersionId };
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand(version));
    expect(decodeURIComponent(PolicyVersion?.Document ?? '')).toContain('iam:*AccountAlias*');
  });

  it('is simulated as it is judged', async () => {
    const ActionNames = ['iam:ListAccountAliases', 'iam:CreateAccountAlias', 'ec2:DescribeVpcs'];
    const asked = new SimulatePrincipalPolicyCommand({ PolicySourceArn: ROLE, ActionNames });
    const { EvaluationResults = [] } = await iam.send(asked);
    expect(EvaluationResults.map(({ EvalActionName, EvalDecision }) => [EvalActionName, EvalDecision])).toEqual([
      ['iam:ListAccountAliases', 'allowed'],
      ['iam:CreateAccountAlias', 'implicitDeny'],
      ['ec2:DescribeVpcs', 'implicitDeny'],
    ]);
  });
});

/** Do IAM's account settings and Organizations answer as AWS does? */
import {
  CreateAccountAliasCommand,
  DeleteAccountAliasCommand,
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAccountAliasesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAccountPasswordPolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-organizations';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { clients, clientsIn, HUB, MANAGEMENT, refusal, seed, start, WEB } from './organisation.ts';

let sandbox: Sandbox;
let iam: IAMClient;
beforeEach(async () => {
  sandbox = await start();
  ({ iam } = await clientsIn(sandbox, WEB));
});
afterEach(() => sandbox.close());

describe('the password policy', () => {
  const read = async () => (await iam.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy;
  const update = (input: object) => iam.send(new UpdateAccountPasswordPolicyCommand(input));

  test('may not exist at all', async () => {
    expect(await refusal(read())).toBe('NoSuchEntityException');
    expect(await refusal(iam.send(new DeleteAccountPasswordPolicyCommand({})))).toBe('NoSuchEntityException');
  });

  test('is replaced as a whole: what is left out falls back to its default', async () => {
    await update({
      MinimumPasswordLength: 14,
      MaxPasswordAge: 90,
      PasswordReusePrevention: 24,
      RequireSymbols: true,
      HardExpiry: true,
    });
    expect(await read()).toEqual({
      ...{ MinimumPasswordLength: 14, RequireSymbols: true, RequireNumbers: false, RequireUppercaseCharacters: false },
      ...{
        RequireLowercaseCharacters: false,
        AllowUsersToChangePassword: false,
        ExpirePasswords: true,
        MaxPasswordAge: 90,
      },
      ...{ PasswordReusePrevention: 24, HardExpiry: true },
    });
    await update({ RequireNumbers: true });
    const after = await read();
    expect(after).toMatchObject({
      MinimumPasswordLength: 6,
      RequireSymbols: false,
      RequireNumbers: true,
      ExpirePasswords: false,
      HardExpiry: false,
    });
    expect(after).not.toHaveProperty('MaxPasswordAge');
    expect(after).not.toHaveProperty('PasswordReusePrevention');
    await iam.send(new DeleteAccountPasswordPolicyCommand({}));
    expect(await refusal(read())).toBe('NoSuchEntityException');
  });

  test.each([
    { MinimumPasswordLength: 5 },
    { MinimumPasswordLength: 129 },
    { MaxPasswordAge: 0 },
    { MaxPasswordAge: 1096 },
    { PasswordReusePrevention: 0 },
    { PasswordReusePrevention: 25 },
  ])('does not take %o', async (input) => {
    expect(await refusal(update(input))).toBe('ValidationError');
    expect(await refusal(read())).toBe('NoSuchEntityException');
  });
});

test('an account has one alias, which nobody else has', async () => {
  const create = (AccountAlias: string, client = iam) =>
    refusal(client.send(new CreateAccountAliasCommand({ AccountAlias })));
  const hub = await clientsIn(sandbox, HUB);
  for (const bad of ['ab', 'Upper', 'a--b', '-ab', 'ab-', '123456789012', 'a'.repeat(64)])
    expect(await create(bad)).toBe('ValidationError');
  expect(await create('example-web')).toBe('no error');
  expect(await create('example-web', hub.iam)).toBe('EntityAlreadyExistsException');
  expect(await create('example-shop')).toBe('no error');
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(['example-shop']);
  await iam.send(new DeleteAccountAliasCommand({ AccountAlias: 'example-shop' }));
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual([]);
  expect(await refusal(iam.send(new DeleteAccountAliasCommand({ AccountAlias: 'example-shop' })))).toBe(
    'NoSuchEntityException',
  );
});

test('roles can be read, and a policy that is put there counts at once', async () => {
  const RoleName = 'trueup-read';
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toContain('sts:ExternalId');
  const deny = {
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Action: 'iam:ListAccountAliases', Resource: '*' },
  };
  const reader = await clientsIn(sandbox, WEB, { RoleArn: `arn:aws:iam::${WEB}:role/${RoleName}` });
  expect(await refusal(reader.iam.send(new ListAccountAliasesCommand({})))).toBe('no error');
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'deny', PolicyDocument: JSON.stringify(deny) }));
  expect(await refusal(reader.iam.send(new ListAccountAliasesCommand({})))).toBe('AccessDenied');
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['everything', 'deny']);
  const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'deny' }));
  expect(JSON.parse(decodeURIComponent(PolicyDocument ?? ''))).toEqual(deny);
  const malformed = iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'bad', PolicyDocument: '{}' }));
  expect(await refusal(malformed)).toBe('MalformedPolicyDocumentException');
});

describe('the organisation', () => {
  test('lists accounts with state and path, to administrators only', async () => {
    const { organizations } = clients(sandbox);
    const { Accounts } = await organizations.send(new ListAccountsCommand({}));
    const web = Accounts?.find(({ Id }) => Id === WEB);
    expect(web).toMatchObject({ Name: 'web', State: 'ACTIVE' });
    expect(web?.Paths?.[0]).toMatch(new RegExp(`^o-[a-z0-9]{10}/r-[a-z0-9]{4}/ou-[a-z0-9-]+/ou-[a-z0-9-]+/${WEB}/$`));
    expect(Accounts?.find(({ Name }) => Name === 'gone')?.State).toBe('SUSPENDED');
    const member = await clientsIn(sandbox, WEB);
    expect(await refusal(member.organizations.send(new ListAccountsCommand({})))).toBe('AccessDeniedException');
    const { Organization } = await member.organizations.send(new DescribeOrganizationCommand({}));
    expect(Organization?.MasterAccountId).toBe(MANAGEMENT);
  });

  test('can be walked from the root down', async () => {
    const { organizations } = clients(sandbox);
    const [root] = (await organizations.send(new ListRootsCommand({}))).Roots ?? [];
    const below = async (ParentId: string) =>
      (await organizations.send(new ListOrganizationalUnitsForParentCommand({ ParentId }))).OrganizationalUnits ?? [];
    const units = await below(root?.Id ?? '');
    expect(units.map(({ Name }) => Name)).toEqual(['Production', 'Suspended']);
    const [webUnit] = await below(units[0]?.Id ?? '');
    const inWeb = await organizations.send(new ListAccountsForParentCommand({ ParentId: webUnit?.Id ?? '' }));
    expect(inWeb.Accounts?.map(({ Id }) => Id)).toEqual([WEB]);
    const described = await organizations.send(
      new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: webUnit?.Id ?? '' }),
    );
    expect(described.OrganizationalUnit).toEqual(webUnit);
    const { Tags } = await organizations.send(new ListTagsForResourceCommand({ ResourceId: WEB }));
    expect(Tags).toEqual([{ Key: 'env', Value: 'production' }]);
    expect(await refusal(below('ou-none-00000000'))).toBe('ParentNotFoundException');
    expect(await refusal(organizations.send(new ListTagsForResourceCommand({ ResourceId: '999999999999' })))).toBe(
      'TargetNotFoundException',
    );
  });

  test('comes twenty accounts to a page, and a page may be empty', async () => {
    const accounts = [...seed.accounts, { id: '700000000000', name: 'many-{n}', copies: 40 }];
    const many = await startSandbox({
      seed: { ...seed, organization: { ...seed.organization, emptyPage: true }, accounts },
    });
    const { organizations } = clients(many);
    const sizes: (number | undefined)[] = [];
    const names = new Set<string | undefined>();
    let NextToken: string | undefined;
    do {
      const page = await organizations.send(new ListAccountsCommand({ NextToken }));
      sizes.push(page.Accounts?.length);
      for (const { Name } of page.Accounts ?? []) names.add(Name);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([20, 0, 20, 5]);
    expect(names.size).toBe(45);
    expect(await refusal(organizations.send(new ListAccountsCommand({ MaxResults: 21 })))).toBe(
      'InvalidInputException',
    );
    expect(await refusal(organizations.send(new ListAccountsCommand({ NextToken: 'x' })))).toBe(
      'InvalidInputException',
    );
    await many.close();
  });
});

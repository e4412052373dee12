/** Do JSON, CloudFormation and Terraform say the same, and in a form that each of them takes? */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bundle } from '../../src/iam/bundle.ts';
import { asCloudFormation } from '../../src/iam/cloudformation.ts';
import { hubRoles } from '../../src/iam/hub-roles.ts';
import { asJson } from '../../src/iam/json.ts';
import { boundaryOf, memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import { asTerraform } from '../../src/iam/terraform.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { GuardrailEntry } from '../../src/model/state.ts';
import { fleet as fleetWith, policy as policyFor } from '../fleet/fleets.ts';

const at = { file: 'state/x.yaml', line: 1, column: 1 };
const entry = (guardrail: string): GuardrailEntry => ({ guardrail, params: {}, at, positions: {} });
const fleet = fleetWith({
  role: { read: 'trueup-read', write: 'arn:{partition}:iam::{account}:role/team/trueup/write', heal: 'trueup-heal' },
  externalId: 'do-not-print-me-7',
  heal: ['password-policy'],
  fences: [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable of IAM, which no format may fill in
    { deny: ['ec2:DeleteTags'], on: ['*'], when: { StringNotLike: { 'aws:PrincipalTag/t': ['${aws:userid}%{x}'] } } },
  ],
});
const policies = [
  { ...policyFor(['ou:Web', 'tag:a=b']), guardrails: ['allowed-ingress', 'password-policy'].map(entry) },
];

const roles = memberRoles(fleet, neededBy({ policies }, fleet), { selfCheck: true });
const members: Bundle = {
  part: 'members',
  roles,
  boundary: boundaryOf('trueup-boundary', roles),
  provider: false,
  known: { partition: 'aws', hub: '222222222222' },
};
const hub: Bundle = {
  part: 'hub',
  roles: hubRoles(fleet, policies, { immutable: true }),
  provider: true,
  known: { partition: 'aws', hub: '222222222222', owner: 'o', repository: 'r', ownerId: '12', repositoryId: '34' },
};

/** What each token stands for in the comparison. */
const VALUES = {
  partition: 'aws',
  account: '111122223333',
  hub: '222222222222',
  externalId: 'an-external-id',
  owner: 'o',
  repository: 'r',
  ownerId: '12',
  repositoryId: '34',
};

type Told = {
  readonly roles: readonly { readonly name: string; readonly trust: JsonObject; readonly policies: JsonObject }[];
};

function expected(bundle: Bundle): JsonObject {
  const account = bundle.part === 'hub' ? VALUES.hub : VALUES.account;
  const { roles: told } = asJson({ ...bundle, known: { ...VALUES, account } }) as unknown as Told;
  return Object.fromEntries(told.map(({ name, trust, policies: inline }) => [name, { trust, policies: inline }]));
}

describe.each([members, hub])('the roles of $part', (bundle) => {
  it('are a CloudFormation template that says the same as the JSON', () => {
    const template = parse(asCloudFormation(bundle), { version: '1.1' });
    expect(template.AWSTemplateFormatVersion).toBe('2010-09-09');
    expect(rolesOfTemplate(template, bundle.part)).toEqual(expected(bundle));
  });

  it('are a Terraform module that says the same as the JSON', () => {
    expect(rolesOfModule(asTerraform(bundle), bundle.part)).toEqual(expected(bundle));
  });

  it('carry no external id and ask for it where it is needed', () => {
    const all = [asCloudFormation(bundle), asTerraform(bundle), JSON.stringify(asJson(bundle))];
    for (const text of all) expect(text).not.toContain('do-not-print-me-7');
    const needed = bundle.part === 'members';
    expect(/NoEcho: true/.test(all[0] ?? '')).toBe(needed);
    expect(/sensitive {3}= true/.test(all[1] ?? '')).toBe(needed);
  });

  it('refer only to parameters and resources that are there', () => {
    const text = asCloudFormation(bundle);
    const template = parse(text, { version: '1.1' });
    const known = new Set([...Object.keys(template.Parameters ?? {}), ...Object.keys(template.Resources)]);
    const asked = [...text.matchAll(/\$\{(?!!|AWS::)(\w+)\}|Ref: (\w+)$/gm)].map(([, sub, ref]) => sub ?? ref);
    for (const name of asked) expect(known).toContain(name);
    const module = asTerraform(bundle);
    const variables = new Set([...module.matchAll(/^variable "(\w+)"/gm)].map(([, name]) => name));
    for (const [, name] of module.matchAll(/var\.(\w+)/g)) expect(variables).toContain(name);
  });

  it('stay within what IAM takes', () => {
    for (const role of (asJson(bundle) as unknown as Told).roles) {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
      expect(JSON.stringify(role.policies.trueup).length).toBeLessThan(10_240);
      expect(JSON.stringify(role.trust).length).toBeLessThan(2_048);
    }
  });
});

describe('a boundary', () => {
  it('is written beside the roles and attached to each of them', () => {
    const template = parse(asCloudFormation(members), { version: '1.1' });
    expect(template.Resources.Boundary.Properties.ManagedPolicyName).toBe('trueup-boundary');
    const bounded = Object.values(template.Resources as { [id: string]: { Type: string; Properties: JsonObject } })
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties }) => Properties.PermissionsBoundary);
    expect(bounded).toEqual([{ Ref: 'Boundary' }, { Ref: 'Boundary' }, { Ref: 'Boundary' }]);
    expect(asTerraform(members).match(/permissions_boundary = aws_iam_policy.boundary.arn/g)).toHaveLength(3);
  });

  it('that exists is only named', () => {
    const bundle = { ...members, boundary: 'arn:{partition}:iam::{account}:policy/fence' };
    const template = parse(asCloudFormation(bundle), { version: '1.1' });
    expect(template.Resources.Boundary).toBeUndefined();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own way to write it
    const arn = 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/fence';
    expect(template.Resources.TrueupRead.Properties.PermissionsBoundary).toEqual({ 'Fn::Sub': arn });
  });

  it('allows what the roles allow, and denies what fences deny', () => {
    const statements = new Set(boundaryOf('x', roles).statements.map((one) => JSON.stringify(one)));
    for (const one of roles.flatMap((role) => role.statements)) expect(statements).toContain(JSON.stringify(one));
  });
});

type Template = {
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties: JsonObject } };
};

function rolesOfTemplate({ Resources }: Template, part: Bundle['part']): JsonObject {
  const values: { readonly [name: string]: string } = {
    'AWS::Partition': VALUES.partition,
    'AWS::AccountId': part === 'hub' ? VALUES.hub : VALUES.account,
    HubAccount: VALUES.hub,
    ExternalId: VALUES.externalId,
    GitHubOwner: VALUES.owner,
    GitHubRepository: VALUES.repository,
    GitHubOwnerId: VALUES.ownerId,
    GitHubRepositoryId: VALUES.repositoryId,
  };
  const resolved = JSON.parse(JSON.stringify(Resources), (_key, value) => {
    const text = value?.['Fn::Sub'];
    if (typeof text !== 'string') return value;
    return text.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal, name) =>
      literal ? `\${${name}}` : (values[name] ?? whole),
    );
  }) as Template['Resources'];
  return Object.fromEntries(
    Object.values(resolved)
      .filter(({ Type }) => Type === 'AWS::IAM::Role')
      .map(({ Properties: { RoleName, AssumeRolePolicyDocument, Policies } }) => {
        const [inline] = Policies as unknown as readonly { PolicyName: string; PolicyDocument: JsonObject }[];
        const policy = { [inline?.PolicyName ?? '']: inline?.PolicyDocument ?? {} };
        return [String(RoleName), { trust: AssumeRolePolicyDocument ?? {}, policies: policy }];
      }),
  );
}

/** Reads the subset of HCL that the module is written in. */
function rolesOfModule(text: string, part: Bundle['part']): JsonObject {
  const values: { readonly [name: string]: string } = {
    'data.aws_partition.current.partition': VALUES.partition,
    'data.aws_caller_identity.current.account_id': part === 'hub' ? VALUES.hub : VALUES.account,
    'var.hub_account': VALUES.hub,
    'var.external_id': VALUES.externalId,
    'var.github_owner': VALUES.owner,
    'var.github_repository': VALUES.repository,
    'var.github_owner_id': VALUES.ownerId,
    'var.github_repository_id': VALUES.repositoryId,
  };
  const document = (block: string): JsonObject => {
    const body = /jsonencode\(([\s\S]*)\)\n\}/.exec(block)?.[1] ?? '';
    const json = body
      .replace(/^(\s*)("[^"]+"|\w+) += /gm, (_, indent, key) => `${indent}"${key.replaceAll('"', '')}": `)
      .replace(/^(\s*)((?:var|data)\.[\w.]+)(,?)$/gm, (_, indent, name, comma) => `${indent}"\${${name}}"${comma}`)
      .replace(/([}\]"])\n(\s*")/g, '$1,\n$2')
      .replace(/,(\s*[}\]])/g, '$1');
    return JSON.parse(json, (_key, value) =>
      typeof value === 'string'
        ? value
            .replace(/(?<!\$)\$\{([^}]+)\}/g, (whole, name) => values[name] ?? whole)
            .replaceAll('$${', '${')
            .replaceAll('%%{', '%{')
        : value,
    ) as JsonObject;
  };
  const blocks = text.split(/\n\n(?=\w)/);
  const named = (type: string) =>
    blocks.flatMap((block) => {
      const label = new RegExp(`^resource "${type}" "(\\w+)"`).exec(block)?.[1];
      return label ? [{ label, block }] : [];
    });
  const inline = new Map(named('aws_iam_role_policy').map(({ label, block }) => [label, document(block)]));
  return Object.fromEntries(
    named('aws_iam_role').map(({ label, block }) => [
      /name += "([^"]+)"/.exec(block)?.[1] ?? '',
      { trust: document(block), policies: { trueup: inline.get(label) ?? {} } },
    ]),
  );
}

/** Do JSON, CloudFormation and Terraform say the same, and in a form that each of them takes? */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bundle } from '../../src/iam/bundle.ts';
import { asCloudFormation } from '../../src/iam/cloudformation.ts';
import { asJson } from '../../src/iam/json.ts';
import { boundaryOf } from '../../src/iam/member-roles.ts';
import { asTerraform } from '../../src/iam/terraform.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { type Block, parseHcl } from '../support/hcl.ts';
import { evaluateHcl, referencesIn, type Value } from '../support/hcl-values.ts';
import { hub, members, roles, VALUES } from './bundles.ts';

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
    const blocks = parseHcl(asTerraform(bundle));
    const there = new Set(blocks.map(({ type, labels }) => [ADDRESSES[type], ...labels].filter(Boolean).join('.')));
    const referred = everyBlock(blocks).flatMap(({ attributes }) => [...attributes.values()].flatMap(referencesIn));
    // `type = string` and the like are keywords of a variable's type.
    const addresses = referred.filter((path) => path.length > 1).map(addressOf);
    expect(addresses.length).toBeGreaterThan(10);
    for (const address of addresses) expect(there).toContain(address);
  });

  it('are a template of resources with properties that there are, and those that must be', () => {
    const { Resources, Parameters = {} } = parse(asCloudFormation(bundle), { version: '1.1' }) as Template;
    for (const { Type, Properties } of Object.values(Resources)) checkNames(Type, Object.keys(Properties), PROPERTIES);
    for (const parameter of Object.values(Parameters)) checkNames('Parameter', Object.keys(parameter), PROPERTIES);
    // What is filled in has something to fill in: anything else is a text.
    for (const [, text] of asCloudFormation(bundle).matchAll(/Fn::Sub: (.*)$/gm))
      expect(text).toMatch(/\$\{(?!!)[A-Za-z:]+\}/);
  });

  it('are a module of blocks with arguments that there are, and those that must be', () => {
    for (const { type, labels, attributes, blocks } of parseHcl(asTerraform(bundle))) {
      const kind = type === 'resource' ? (labels[0] ?? '') : type;
      checkNames(kind, [...attributes.keys(), ...blocks.map((block) => block.type)], ARGUMENTS);
    }
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
  readonly Parameters?: { readonly [name: string]: JsonObject };
  readonly Resources: { readonly [id: string]: { readonly Type: string; readonly Properties: JsonObject } };
};

type Names = { readonly [kind: string]: { readonly must: readonly string[]; readonly may: readonly string[] } };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html */
const PROPERTIES: Names = {
  'AWS::IAM::Role': {
    must: ['AssumeRolePolicyDocument'],
    may: ['RoleName', 'Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'Policies'],
  },
  'AWS::IAM::ManagedPolicy': { must: ['PolicyDocument'], may: ['ManagedPolicyName'] },
  'AWS::IAM::OIDCProvider': { must: [], may: ['Url', 'ClientIdList'] },
  Parameter: { must: ['Type'], may: ['Description', 'AllowedPattern', 'AllowedValues', 'NoEcho', 'Default'] },
};

/** As the documentation of Terraform's AWS provider lists them, and Terraform's own blocks. */
const ARGUMENTS: Names = {
  terraform: { must: ['required_providers'], may: [] },
  variable: { must: ['type'], may: ['description', 'default', 'sensitive', 'validation'] },
  data: { must: [], may: [] },
  aws_iam_role: {
    must: ['assume_role_policy'],
    may: ['name', 'path', 'description', 'max_session_duration', 'permissions_boundary'],
  },
  aws_iam_role_policy: { must: ['policy', 'role'], may: ['name'] },
  aws_iam_policy: { must: ['policy'], may: ['name'] },
  aws_iam_openid_connect_provider: { must: ['url', 'client_id_list'], may: ['count'] },
};

function checkNames(kind: string, used: readonly string[], names: Names): void {
  const { must = [], may = [] } = names[kind] ?? {};
  expect({ kind, known: kind in names, lacks: must.filter((name) => !used.includes(name)) }).toEqual({
    ...{ kind, known: true, lacks: [] },
  });
  expect({ kind, unknown: used.filter((name) => !must.includes(name) && !may.includes(name)) }).toEqual({
    ...{ kind, unknown: [] },
  });
}

/** How the address of a block begins. */
const ADDRESSES: { readonly [type: string]: string } = { variable: 'var', data: 'data' };

function addressOf(path: readonly string[]): string {
  const [first] = path;
  return path.slice(0, first === 'data' ? 3 : 2).join('.');
}

function everyBlock(blocks: readonly Block[]): readonly Block[] {
  return blocks.flatMap((block) => [block, ...everyBlock(block.blocks)]);
}

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

/** As Terraform would have it: read by the grammar of HCL, and evaluated. */
function rolesOfModule(text: string, part: Bundle['part']): JsonObject {
  const blocks = parseHcl(text);
  const values = valuesIn(part);
  const value = ({ attributes }: Block, name: string): Value => {
    const expression = attributes.get(name);
    if (!expression) throw new Error(`there is no ${name}`);
    return evaluateHcl(
      expression,
      (path) => values[path.join('.')],
      (called, [only]) => (called === 'jsonencode' ? only : undefined),
    );
  };
  const named = (type: string) => blocks.filter(({ labels }) => labels[0] === type);
  const inline = new Map(
    named('aws_iam_role_policy').map((block) => [
      referencesIn(block.attributes.get('role') ?? { kind: 'literal', value: null })[0]?.[1],
      { [String(value(block, 'name'))]: value(block, 'policy') },
    ]),
  );
  return Object.fromEntries(
    named('aws_iam_role').map((block) => [
      String(value(block, 'name')),
      { trust: value(block, 'assume_role_policy'), policies: inline.get(block.labels[1]) ?? {} },
    ]),
  ) as JsonObject;
}

function valuesIn(part: Bundle['part']): { readonly [path: string]: string } {
  return {
    'data.aws_partition.current.partition': VALUES.partition,
    'data.aws_caller_identity.current.account_id': part === 'hub' ? VALUES.hub : VALUES.account,
    'var.hub_account': VALUES.hub,
    'var.external_id': VALUES.externalId,
    'var.github_owner': VALUES.owner,
    'var.github_repository': VALUES.repository,
    'var.github_owner_id': VALUES.ownerId,
    'var.github_repository_id': VALUES.repositoryId,
  };
}

/** Roles as a CloudFormation template: for a StackSet over the member accounts, or for a stack in the hub account. */
import { stringify } from 'yaml';
import type { Json, JsonObject } from '../model/json.ts';
import { type Bundle, DESCRIPTIONS, PATTERNS, tokensOf, wordsOf } from './bundle.ts';
import { policyDocument, trustDocument } from './documents.ts';
import { AUDIENCE, ISSUER } from './hub-roles.ts';
import { POLICY_NAME, type Role, TOKEN, type Token } from './role.ts';

const NAMES: { readonly [token in Token]: string } = {
  partition: 'AWS::Partition',
  account: 'AWS::AccountId',
  hub: 'HubAccount',
  externalId: 'ExternalId',
  owner: 'GitHubOwner',
  repository: 'GitHubRepository',
  ownerId: 'GitHubOwnerId',
  repositoryId: 'GitHubRepositoryId',
};

export function asCloudFormation(bundle: Bundle): string {
  const { part, provider } = bundle;
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `Trueup: roles of ${part === 'hub' ? 'the account that it is called from' : 'every account that it governs'}`,
    ...parametersOf(bundle),
    ...(provider && { Conditions: { CreateProvider: { 'Fn::Equals': [{ Ref: 'CreateOidcProvider' }, 'true'] } } }),
    Resources: resourcesOf(bundle),
    Outputs: Object.fromEntries(
      bundle.roles.map((role) => [`${logicalId(role)}Arn`, { Value: { 'Fn::GetAtt': [logicalId(role), 'Arn'] } }]),
    ),
  };
  // YAML 1.1 is what CloudFormation reads: dates are quoted, or they would not be texts.
  return stringify(template, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

/** In the hub account, the hub is the account itself. */
function tokenNames({ part }: Bundle): { readonly [token in Token]: string } {
  return part === 'hub' ? { ...NAMES, hub: NAMES.account } : NAMES;
}

function parametersOf(bundle: Bundle): { Parameters?: JsonObject } {
  const names = tokenNames(bundle);
  const tokens = tokensOf(bundle).filter((token) => !names[token].startsWith('AWS::'));
  const parameters = tokens.map((token): [string, JsonObject] => {
    const value = bundle.known[token];
    return [
      names[token],
      {
        Type: 'String',
        Description: DESCRIPTIONS[token] ?? '',
        AllowedPattern: `^${PATTERNS[token] ?? '.*'}$`,
        ...(token === 'externalId' && { NoEcho: true }),
        ...(value !== undefined && { Default: value }),
      },
    ];
  });
  if (bundle.provider) parameters.push(['CreateOidcProvider', CREATE_PROVIDER]);
  return parameters.length > 0 ? { Parameters: Object.fromEntries(parameters) } : {};
}

const CREATE_PROVIDER: JsonObject = {
  Type: 'String',
  Description: 'Whether the provider for GitHub is to be created: an account can have it only once',
  AllowedValues: ['true', 'false'],
  Default: 'true',
};

function resourcesOf(bundle: Bundle): JsonObject {
  const { roles, boundary, provider } = bundle;
  const fill = filler(tokenNames(bundle));
  const bounded = boundary === undefined ? {} : { PermissionsBoundary: boundaryRef(boundary, fill) };
  return {
    ...(provider && {
      OidcProvider: {
        Type: 'AWS::IAM::OIDCProvider',
        Condition: 'CreateProvider',
        Properties: { Url: `https://${ISSUER}`, ClientIdList: [AUDIENCE] },
      },
    }),
    ...(typeof boundary === 'object' && {
      Boundary: {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: boundary.name,
          PolicyDocument: policyDocument(boundary.statements, fill),
        },
      },
    }),
    ...Object.fromEntries(roles.map((role) => [logicalId(role), roleResource(role, bounded, fill)])),
  };
}

function roleResource(role: Role, bounded: JsonObject, fill: (text: string) => Json): JsonObject {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: role.name,
      Path: role.path,
      Description: role.description,
      MaxSessionDuration: 3600,
      ...bounded,
      AssumeRolePolicyDocument: trustDocument(role, fill),
      Policies: [{ PolicyName: POLICY_NAME, PolicyDocument: policyDocument(role.statements, fill) }],
    },
  };
}

function boundaryRef(boundary: NonNullable<Bundle['boundary']>, fill: (text: string) => Json): Json {
  return typeof boundary === 'string' ? fill(boundary) : { Ref: 'Boundary' };
}

/** What is not a token of ours and looks like one of CloudFormation's is meant literally: `${!…}`. */
function filler(names: { readonly [token in Token]: string }): (text: string) => Json {
  return (text) => {
    if (text.search(TOKEN) < 0) return text;
    const filled = text.replaceAll('${', '${!').replace(TOKEN, (_, token: Token) => `\${${names[token]}}`);
    return { 'Fn::Sub': filled };
  };
}

function logicalId(role: Role): string {
  return wordsOf(role)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

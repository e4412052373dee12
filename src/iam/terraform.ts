/** Roles as a Terraform module, in the form that `terraform fmt` gives it. */
import type { Json } from '../model/json.ts';
import { type Bundle, DESCRIPTIONS, PATTERNS, tokensOf, wordsOf } from './bundle.ts';
import { policyDocument, trustDocument } from './documents.ts';
import { AUDIENCE, ISSUER } from './hub-roles.ts';
import { POLICY_NAME, type Role, TOKEN, type Token } from './role.ts';

const ACCOUNT = 'data.aws_caller_identity.current.account_id';
const REFERENCES: { readonly [token in Token]: string } = {
  partition: 'data.aws_partition.current.partition',
  account: ACCOUNT,
  hub: 'var.hub_account',
  externalId: 'var.external_id',
  owner: 'var.github_owner',
  repository: 'var.github_repository',
  ownerId: 'var.github_owner_id',
  repositoryId: 'var.github_repository_id',
};

export function asTerraform(bundle: Bundle): string {
  const references = bundle.part === 'hub' ? { ...REFERENCES, hub: ACCOUNT } : REFERENCES;
  const blocks = [
    'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}',
    'data "aws_partition" "current" {}',
    `data "aws_caller_identity" "current" {}`,
    ...variables(bundle, references),
    ...(bundle.provider ? [PROVIDER] : []),
    ...(typeof bundle.boundary === 'object' ? [boundaryBlock(bundle.boundary, references)] : []),
    ...bundle.roles.flatMap((role) => roleBlocks(role, bundle.boundary, references)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

type References = { readonly [token in Token]: string };

function variables(bundle: Bundle, references: References): string[] {
  const tokens = tokensOf(bundle).filter((token) => references[token].startsWith('var.'));
  const blocks = tokens.map((token) => {
    const name = references[token].slice('var.'.length);
    const known = bundle.known[token];
    const lines = attributes([
      ['type', 'string'],
      ['description', quoted(DESCRIPTIONS[token] ?? '')],
      ...(token === 'externalId' ? [['sensitive', 'true'] as const] : []),
      ...(known === undefined ? [] : [['default', quoted(known)] as const]),
    ]);
    const pattern = quoted(`^${PATTERNS[token] ?? '.*'}$`);
    const validation = `  validation {\n    condition     = can(regex(${pattern}, var.${name}))\n    error_message = "Not a possible value."\n  }`;
    return `variable "${name}" {\n${lines}\n\n${validation}\n}`;
  });
  return bundle.provider ? [...blocks, CREATE_PROVIDER] : blocks;
}

const CREATE_PROVIDER = `variable "create_oidc_provider" {
  type        = bool
  description = "Whether the provider for GitHub is to be created: an account can have it only once"
  default     = true
}`;

const PROVIDER = `resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_oidc_provider ? 1 : 0
  url            = "https://${ISSUER}"
  client_id_list = ["${AUDIENCE}"]
}`;

function boundaryBlock({ name, statements }: Exclude<Bundle['boundary'], string | undefined>, references: References) {
  const document = policyDocument(statements, (text) => text);
  const lines = attributes([
    ['name', quoted(name)],
    ['policy', `jsonencode(${expression(document, references, 1)})`],
  ]);
  return `resource "aws_iam_policy" "boundary" {\n${lines}\n}`;
}

function roleBlocks(role: Role, boundary: Bundle['boundary'], references: References): string[] {
  const label = wordsOf(role).join('_').toLowerCase();
  const asIs = (text: string): Json => text;
  const bound = typeof boundary === 'string' ? textOf(boundary, references) : 'aws_iam_policy.boundary.arn';
  const head = attributes([
    ['name', quoted(role.name)],
    ['path', quoted(role.path)],
    ['description', quoted(role.description)],
    ['max_session_duration', '3600'],
    ...(boundary === undefined ? [] : [['permissions_boundary', bound] as const]),
    ['assume_role_policy', `jsonencode(${expression(trustDocument(role, asIs), references, 1)})`],
  ]);
  const inline = attributes([
    ['name', quoted(POLICY_NAME)],
    ['role', `aws_iam_role.${label}.name`],
    ['policy', `jsonencode(${expression(policyDocument(role.statements, asIs), references, 1)})`],
  ]);
  return [
    `resource "aws_iam_role" "${label}" {\n${head}\n}`,
    `resource "aws_iam_role_policy" "${label}" {\n${inline}\n}`,
  ];
}

/** A value in HCL. `depth` counts the levels that surround it. */
function expression(value: Json, references: References, depth: number): string {
  const indent = '  '.repeat(depth + 1);
  if (typeof value === 'string') return textOf(value, references);
  if (Array.isArray(value)) {
    const items = value.map((item) => `${indent}${expression(item, references, depth + 1)},\n`).join('');
    return items === '' ? '[]' : `[\n${items}${'  '.repeat(depth)}]`;
  }
  if (value === null || typeof value !== 'object') return String(value);
  const fields = Object.entries(value).map(
    ([key, field]) => [keyOf(key), expression(field, references, depth + 1)] as const,
  );
  return `{\n${attributes(fields, indent)}\n${'  '.repeat(depth)}}`;
}

function keyOf(key: string): string {
  return /^[A-Za-z]\w*$/.test(key) ? key : quoted(key);
}

/** Neighbours on one line each have their equals signs below each other; a value of several lines stands on its own. */
function attributes(fields: readonly (readonly [name: string, value: string])[], indent = '  '): string {
  const widths: number[] = [];
  for (let start = 0; start < fields.length; ) {
    let end = start;
    while (end < fields.length && !fields[end]?.[1].includes('\n')) end += 1;
    const group = fields.slice(start, Math.max(end, start + 1));
    const width = Math.max(...group.map(([name]) => name.length));
    widths.push(...group.map(() => width));
    start += group.length;
  }
  return fields.map(([name, value], i) => `${indent}${name.padEnd(widths[i] ?? 0)} = ${value}`).join('\n');
}

function textOf(text: string, references: References): string {
  const parts = quoted(text).replace(TOKEN, (_, token: Token) => `\${${references[token]}}`);
  const alone = /^"\$\{([^{}]+)\}"$/.exec(parts)?.[1];
  return alone ?? parts;
}

/** Terraform fills in `${…}` and `%{…}` in texts: what stands in ours is meant literally. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[$%]\{/g, (sign) => `${sign.charAt(0)}${sign}`);
}

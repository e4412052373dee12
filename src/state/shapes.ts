/** The small shapes that documents are made of: account ids, selectors, regions, roles, address ranges. */
import { z } from 'zod';
import { formatCidr, parseCidr } from '../ingress/cidr.ts';
import { parseWrittenRule } from '../ingress/rule.ts';
import { REGION, regionProblem } from '../model/region.ts';
import { ID_DIGITS, idPattern } from '../model/resource-id.ts';
import type { StateCode } from './codes.ts';
import { checkSelector } from './selector.ts';

/** What a check gives to the problem that is made of its issue. */
export type IssueParams = { readonly code: StateCode; readonly advice?: string };

/** In any script. A check and not a pattern, because not every editor reads patterns as Unicode. */
export const name = z
  .string()
  .refine(
    (value) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,62}$/u.test(value),
    'a name has up to 63 letters, digits, spaces, dots, "-" and "_"',
  );

export const accountId = z.string().regex(/^\d{12}$/, 'an account id has 12 digits, in quotes');

/** Shapes, not a list: new regions appear several times a year. */
export const region = z
  .string()
  .superRefine((value, context) => {
    const wrong = regionProblem(value);
    if (wrong) context.addIssue(issue('wrong-value', wrong.message, wrong.advice));
  })
  .meta({ pattern: REGION.source });

const SEVERAL = /^[a-z]{2}[a-z0-9-]*[*?][a-z0-9*?-]*$/;

/** Of the regions that there are, those that match: `*` is any characters, `?` exactly one. */
export const regionPattern = z
  .string()
  .superRefine((value, context) => {
    const wrong = regionProblem(value);
    if (wrong && !SEVERAL.test(value))
      context.addIssue(issue('wrong-value', `${wrong.message}, a pattern of regions like "eu-*"`, wrong.advice));
  })
  .meta({ pattern: `${REGION.source}|${SEVERAL.source}` });

export const vpc = z.string().regex(idPattern('vpc'), `a VPC is named by its id: vpc- and ${ID_DIGITS}`);

/** By its id, or by its name; no name begins like an id. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const group = z
  .string()
  .regex(/\S/, 'must not be empty')
  .regex(
    /^(?!sg-)|^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/i,
    `is neither the name nor the id of a security group: sg- and ${ID_DIGITS}`,
  );

export const control = z.string().regex(/^[A-Za-z][A-Za-z0-9]*\.\d{1,4}$/, 'a control is named by its id, e.g. IAM.6');

export const text = z.string().regex(/\S/, 'must not be empty');

/** `tcp 22 from 203.0.113.7/32`: a misspelt one would spare nothing. */
export const ruleName = z.string().superRefine((value, context) => {
  const parsed = parseWrittenRule(value);
  if ('problem' in parsed) context.addIssue(issue('bad-rule', parsed.problem, parsed.advice));
});

export const selector = z.string().superRefine((value, context) => {
  const complaint = checkSelector(value);
  if (complaint) context.addIssue(issue('bad-selector', complaint.message, complaint.advice));
});

/** What safety protects: accounts by selector, or a resource by its id. A misspelt one would protect nothing. */
export const protectedThing = z.string().superRefine((value, context) => {
  if (idPattern('[a-z]+').test(value) || (/[:\d]/.test(value) && !checkSelector(value))) return;
  const star = /^(tag|ou):.*\*/.test(value) ? checkSelector(value)?.advice : undefined;
  const advice =
    star ??
    'write an account id in quotes, name:<glob>, ou:<path or id>, tag:<key>=<value>, or an id such as sg-0123456789abcdef0';
  context.addIssue(
    issue('bad-selector', 'protects nothing: neither an account selector nor the id of a resource', advice),
  );
});

/** Comes out in the one canonical form of the network. */
export const cidr = z.string().transform((value, context) => {
  const parsed = parseCidr(value);
  if ('family' in parsed) return formatCidr(parsed);
  context.addIssue(issue('bad-cidr', parsed.problem, parsed.advice));
  return z.NEVER;
});

const PLACEHOLDER = /\{(account|partition)\}/g;

/**
 * A role's name, with its path if it has one, or its ARN. The messages name no value: it may come from the environment.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
 */
export const role = z.string().superRefine((value, context) => {
  const filled = value.replace(PLACEHOLDER, (_, part) => (part === 'account' ? '000000000000' : 'aws'));
  if (/[{}]/.test(filled))
    context.addIssue(issue('wrong-value', 'only {account} and {partition} are filled in', 'write one of these two'));
  else if (!/^(arn:aws[a-z-]*:iam::\d{12}:role\/)?([\w+=,.@/-]{1,510}\/)?[\w+=,.@-]{1,64}$/.test(filled))
    context.addIssue(
      issue(
        'wrong-value',
        'neither the name nor the ARN of a role',
        'write e.g. trueup-read or "arn:{partition}:iam::{account}:role/trueup-read"',
      ),
    );
});

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const externalId = z
  .string()
  .regex(/^[\w+=,.@:/-]{2,1224}$/, 'an external id has 2 to 1,224 letters, digits and characters of +=,.@:/-_');

/** What a fence denies: an action or a pattern of actions, as in a Deny statement. */
export const actionPattern = z
  .string()
  .regex(/^(\*|[a-z0-9-]+:[A-Za-z*?]+)$/, 'an action is written as in IAM, e.g. ec2:DeleteTags or iam:*');

export const arnPattern = z.string().superRefine((value, context) => {
  const filled = value.replace(/\{(account|partition|region)\}/g, '*');
  if (value === '*' || /^arn:[^:\s{}]+:[a-z0-9-]+:[^:\s{}]*:[^:\s{}]*:[^\s{}]+$/.test(filled)) return;
  const advice = 'write "*", or e.g. "arn:{partition}:ec2:{region}:{account}:security-group/sg-0123456789abcdef0"';
  context.addIssue(issue('wrong-value', 'neither "*" nor the ARN of resources', advice));
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const conditionOperator = z
  .string()
  .regex(
    /^(ForAnyValue:|ForAllValues:)?(String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|Bool|Null)(IfExists)?$/,
    'an operator of IAM for text, ARNs, Bool or Null, e.g. StringEquals or ForAnyValue:StringLike',
  );

export const conditionKey = z
  .string()
  .regex(/^[a-z0-9-]+:[\w.+=@:/-]+$/i, 'a condition key is written as in IAM, e.g. aws:ResourceTag/env');

export const endpoint = z
  .string()
  .refine(isEndpoint, 'an endpoint is an https:// URL without user, query and fragment');

/** Whether Trueup may send anything there is decided where calls are made; here only that it is a URL. */
function isEndpoint(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

/** `20/s` or 20 → 20 calls per second. */
export const rate = z
  .string()
  .regex(/^(0|[1-9]\d*)(\.\d+)?\/s$/, 'a rate is a number of calls per second: write e.g. 20/s')
  .transform((value) => Number.parseFloat(value))
  .or(z.number())
  .refine((value) => value > 0 && value <= 10_000, 'a rate lies above 0 and up to 10,000 calls per second');

/** A day that exists, as `YYYY-MM-DD`. */
export const day = z
  .string()
  .refine((value) => dayNumber(value) !== undefined, 'a day that exists, written as YYYY-MM-DD, is expected here');

/** Days since 1970 in UTC; undefined if there is no such day. */
export function dayNumber(value: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value) ? time / 86_400_000 : undefined;
}

export function issue(code: StateCode, message: string, advice?: string) {
  const params: IssueParams = { code, ...(advice !== undefined && { advice }) };
  return { code: 'custom', message, params } as const;
}

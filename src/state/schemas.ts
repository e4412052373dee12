/** What may stand in each kind of document, as schemas: the loader checks with them, editors complete from them. */
import { z } from 'zod';
import { SERVICES } from '../model/operation.ts';
import * as shapes from './shapes.ts';

const account = z.strictObject({
  id: shapes.accountId,
  name: z.string().exactOptional(),
  tags: z.record(z.string(), z.string()).exactOptional(),
  ou: z.string().exactOptional(),
});

/** A misspelt one would have no effect. */
const service = z.enum(SERVICES);
const regionList = z.array(shapes.region).min(1);
const regionPatterns = z.array(shapes.regionPattern).min(1);
const percent = z.number().min(0).max(100);
const count = z.int().min(0);

const safety = z.strictObject({
  limits: z
    .strictObject({
      perAccount: count.default(20),
      perGuardrail: count.default(200),
      perRun: count.default(500),
      percent: percent.default(30),
      guardrails: z
        .record(z.string(), z.strictObject({ changes: count.exactOptional(), percent: percent.exactOptional() }))
        .default({}),
    })
    .prefault({}),
  neverTouch: z.array(shapes.protectedThing).default([]),
  maxExceptionDays: z.int().min(1).max(3650).default(180),
  // AWS's default, and the most that it grants. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
  rulesPerGroup: z.int().min(1).max(1000).default(60),
});

/** Small on purpose: every write session carries it, within 2,048 characters. */
const fence = z.strictObject({
  deny: z.array(shapes.actionPattern).min(1),
  on: z.array(shapes.arnPattern).min(1).default(['*']),
  when: z.record(shapes.conditionOperator, z.record(shapes.conditionKey, z.array(shapes.text).min(1))).exactOptional(),
});
const fences = z
  .array(fence)
  .refine((all) => JSON.stringify(all).length <= 800, {
    error:
      'too long for a session policy: fences may have 800 characters in all; put larger ones into a permissions boundary',
  })
  .default([]);

export const fleet = z.strictObject({
  kind: z.literal('Fleet'),
  name: shapes.name.default('default'),
  accounts: z.enum(['organization', 'self']).or(z.array(account).min(1)),
  caller: shapes.accountId.exactOptional(),
  callingAccount: z.enum(['include', 'exclude']).default('include'),
  include: z.array(shapes.selector).default(['all']),
  exclude: z.array(shapes.selector).default([]),
  role: z
    .strictObject({
      read: shapes.role.exactOptional(),
      write: shapes.role.exactOptional(),
      heal: shapes.role.exactOptional(),
    })
    .default({}),
  externalId: shapes.externalId.exactOptional(),
  regions: z
    .literal('enabled')
    .or(regionPatterns)
    .or(z.strictObject({ include: regionPatterns.exactOptional(), exclude: regionPatterns.exactOptional() }))
    .default('enabled'),
  homeRegion: shapes.region.exactOptional(),
  limits: z
    .strictObject({
      concurrency: z.int().min(1).max(1024).default(64),
      rate: z.partialRecord(service, shapes.rate).default({}),
      itemsPerCall: z.int().min(1).max(1000).exactOptional(),
    })
    .prefault({}),
  endpoints: z.partialRecord(service, z.record(shapes.region.or(z.literal('*')), shapes.endpoint)).default({}),
  securityHub: z
    .strictObject({
      administrator: shapes.accountId,
      homeRegion: shapes.region,
      linkedRegions: z.literal('all').or(regionList).default('all'),
      central: z
        .enum(['hold', 'plan'])
        .default('hold')
        .describe('what becomes of a change where a configuration policy decides: held, or planned in the policy'),
    })
    .exactOptional(),
  fences,
  safety: safety.prefault({}),
  heal: z.array(z.string()).default([]),
  drift: z
    .enum(['merge', 'pending'])
    .default('merge')
    .describe('what approves drift that a pull request shows: its merge, or only the digest of the pending plan'),
});

const rangeName = z
  .string()
  .regex(
    /^(?!(?:sg|pl)-)[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    'a range is named with letters, digits, "-" and "_"; "sg-" and "pl-" are ids of AWS',
  );

export const ranges = z.strictObject({
  kind: z.literal('Ranges'),
  ranges: z.record(rangeName, z.array(shapes.cidr).min(1)),
});

/** A policy always says whom it is for: leaving `targets` out by mistake must not mean everyone. */
export const targets = z.strictObject({
  accounts: z.array(shapes.selector).min(1),
  exclude: z.array(shapes.selector).default([]),
  regions: z.literal('all').or(regionPatterns).default('all'),
});

export const policy = z.strictObject({
  kind: z.literal('Policy'),
  name: shapes.name,
  targets,
  overrides: z.array(z.string()).default([]),
  guardrails: z.record(z.string(), z.unknown()),
});

/** Whatever is named must match; these and no other parts can be named. */
const scope = z
  .strictObject({
    account: shapes.accountId.exactOptional(),
    region: shapes.region.or(z.literal('global')).exactOptional(),
    vpc: shapes.vpc.exactOptional(),
    /** A security group, by its id or its name. */
    group: shapes.group.exactOptional(),
    /** A control of Security Hub. */
    control: shapes.control.exactOptional(),
    /** What of the group's rules is spared, by its meaning: also where it is only a part of a rule. */
    rule: shapes.ruleName.exactOptional(),
    /** A field of a setting. */
    field: shapes.text.exactOptional(),
  })
  .refine(({ rule, field }) => rule === undefined || field === undefined, {
    path: ['field'],
    error: 'a rule is spared, or a field: write two exceptions for both',
  })
  .refine(
    (parts) => Object.keys(parts).length > 0,
    'spares everything: name at least an account, region, group, control, rule or field',
  );

const exception = z.strictObject({
  guardrail: z.string(),
  scope,
  owner: shapes.text,
  reason: shapes.text,
  expires: shapes.day,
});

export const exceptions = z.strictObject({ kind: z.literal('Exceptions'), exceptions: z.array(exception) });

export const schemas = { Fleet: fleet, Ranges: ranges, Policy: policy, Exceptions: exceptions } as const;

export type Kind = keyof typeof schemas;
export const kinds = Object.keys(schemas) as Kind[];

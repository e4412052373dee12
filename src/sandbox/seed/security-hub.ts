/** What may a seed say about Security Hub? */
import { z } from 'zod';

const entry = z
  .strictObject({
    /** Which accounts and regions; all, unless said. */
    accounts: z.array(z.string()),
    regions: z.array(z.string()),
    enabled: z.boolean(),
    autoEnable: z.boolean(),
    generator: z.enum(['SECURITY_CONTROL', 'STANDARD_CONTROL']),
    /** Standards by the end of their ARN, e.g. `standards/nist-800-53/v/5.0.0`. */
    standards: z.array(z.string()),
    /** Controls that are off in all of these standards, with the reason. */
    disabled: z.record(z.string(), z.string()),
    parameters: z.record(z.string(), z.record(z.string(), z.unknown())),
    /** Control → error code of the update that stays unprocessed. */
    unprocessed: z.record(z.string(), z.string()),
    /** How long after the start the standards are not ready, and new ones after they were switched on. */
    notReadySeconds: z.number().min(0),
    settleSeconds: z.number().min(0),
    /** Managed by the delegated administrator: the account's own writes are refused. */
    central: z.boolean(),
  })
  .partial();

const policy = z.strictObject({
  id: z.string().regex(/^[\w-]+$/),
  name: z.string(),
  description: z.string().optional(),
  enabled: z.boolean().default(true),
  /** By the end of their ARN. */
  standards: z.array(z.string()).default([]),
  /** All controls but these are on; or, with `only`, none but those. */
  disabled: z.array(z.string()).optional(),
  only: z.array(z.string()).optional(),
  /** Control → name → value as in the API; `default` says so explicitly. */
  parameters: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  /** Ids of accounts, paths of organisational units, or `root`. */
  targets: z.array(z.string()).default([]),
});

export const securityHubSeed = z.strictObject({
  home: z.string().default('us-east-1'),
  linked: z.literal('all').or(z.array(z.string())).default('all'),
  policies: z.array(policy).default([]),
  /** How long after a change of a policy the accounts show it, and those for which it never works, with the message. */
  applySeconds: z.number().min(0).default(0),
  failing: z.record(z.string(), z.string()).default({}),
  configuration: z.enum(['CENTRAL', 'LOCAL']).default('LOCAL'),
  mostItems: z.int().min(1).default(100),
  /** What is said of a control that a standard does not have: AWS documents neither the code, nor that the call succeeds. */
  stranger: z.enum(['RESOURCE_NOT_FOUND', 'INVALID_INPUT', 'refused']).default('RESOURCE_NOT_FOUND'),
  entries: z.array(entry).default([]),
});

export type ConfigurationPolicySeed = z.output<typeof policy>;
export type SecurityHubSeed = z.output<typeof securityHubSeed>;

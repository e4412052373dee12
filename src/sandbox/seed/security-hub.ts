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

export const securityHubSeed = z.strictObject({
  home: z.string().default('us-east-1'),
  configuration: z.enum(['CENTRAL', 'LOCAL']).default('LOCAL'),
  mostItems: z.int().min(1).default(100),
  entries: z.array(entry).default([]),
});

export type SecurityHubSeed = z.output<typeof securityHubSeed>;

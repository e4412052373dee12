/**
 * Default security groups stay empty: every VPC's, not only the default VPC's.
 * Whatever is launched without naming a group lands in them, so what they allow is allowed by accident.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
import { z } from 'zod';
import type { Cut, Restrictor } from '../model/guardrail.ts';
import type { Rules } from '../model/rule.ts';
import { cutting } from '../resources/security-group/operations.ts';
import { securityGroup } from '../resources/security-group.ts';
import { securityGroupUse, tellUse } from '../resources/security-group-use.ts';
import { whenInUse } from './when-in-use.ts';

/** EC2 reserves this name: exactly the default groups carry it. */
const DEFAULT = 'default';

const schema = z
  .strictObject({
    ingress: z.literal('none').optional().describe('`none`: no rule that lets anything in; left out: not managed'),
    egress: z.literal('none').optional().describe('`none`: no rule that lets anything out; left out: not managed'),
    whenInUse: whenInUse('hold'),
  })
  .refine(({ ingress, egress }) => ingress ?? egress, {
    error: 'decides nothing: write "ingress: none", "egress: none" or both',
  });

type Params = z.infer<typeof schema>;

export const defaultSecurityGroup: Restrictor<Params, Rules> = {
  kind: 'restrictor',
  name: 'default-security-group',
  summary: "Every VPC's default security group has no ingress rules, no egress rules, or neither.",
  schema,
  resource: securityGroup,
  writes: cutting('ingress', 'egress'),
  excepts: { parts: ['vpc', 'group'], rules: ['ingress', 'egress'] },
  wants: () => ({ names: [DEFAULT] }),
  governs: (_, { about }) => about.name === DEFAULT,
  cuts: (rules, params) =>
    Object.entries(rules).flatMap(([field, { direction }]): Cut<never>[] =>
      params[direction] === 'none' ? [{ field, part: 'all', path: direction }] : [],
    ),
  hold: {
    reader: securityGroupUse.name,
    inUse: ({ whenInUse }) => whenInUse,
    tell: tellUse,
  },
};

/** What a policy may write under `allowed-ingress`. */
import { z } from 'zod';
import { groupSelection } from '../group-selection.ts';
import { ports } from './ports.ts';

const protocol = z.string().regex(/^(?:tcp|udp|icmp|icmpv6|all|\d{1,3})$/, {
  error: 'is not a protocol: write tcp, udp, icmp, icmpv6, all or a protocol number',
});

const width = z.string().regex(/^\/\d{1,3}$/, { error: 'is not a prefix length: write e.g. /24' });

export const entrySchema = z.strictObject({
  /** Numbers, ranges, `all`, or `{ not: […] }`. */
  ports: ports
    .or(z.literal('all'))
    .or(z.strictObject({ not: ports }))
    .default('all'),
  /** Without it: tcp and udp where ports are given, every protocol otherwise. */
  protocols: z.array(protocol).min(1).optional(),
  /** Governs only what comes from a range wider than this. */
  widerThan: width.optional(),
  /** The same for IPv6; twice the length of IPv4 unless said: /24 and /48 are both one site. */
  widerThan6: width.optional(),
  /** Names of ranges, CIDRs, prefix lists (id or AWS's name), groups (sg-…); or `none`. */
  from: z.array(z.string().min(1)).min(1).or(z.literal('none')),
  otherwise: z.enum(['narrow', 'revoke', 'report']),
  whenInUse: z.enum(['hold', 'proceed']).default('proceed'),
  groups: groupSelection.default('all'),
});

export const schema = z.array(entrySchema).min(1);

export type EntryParams = z.infer<typeof entrySchema>;
export type Params = z.infer<typeof schema>;

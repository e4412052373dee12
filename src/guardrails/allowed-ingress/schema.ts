/** What a policy may write under `allowed-ingress`. */
import { z } from 'zod';
import { groupSelection } from '../group-selection.ts';

const port = z.int().min(0).max(65_535);
const range = z
  .string()
  .regex(/^\d{1,5}-\d{1,5}$/, { error: 'is not a range of ports: write e.g. "8000-8080"' })
  .refine((text) => text.split('-').every((end) => Number(end) <= 65_535), { error: 'a port is at most 65535' })
  .refine((text) => Number(text.split('-')[0]) <= Number(text.split('-')[1]), {
    error: 'the first port must not be above the second',
  });
const ports = z.array(port.or(range)).min(1);

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

/** What a policy may write under `allowed-ingress`. */
import { z } from 'zod';
import { otherPorts } from '../../ingress/entry.ts';
import { groupSelection } from '../group-selection.ts';
import { whenInUse } from '../when-in-use.ts';
import { portRange, ports } from './ports.ts';
import { protocol, withoutPorts } from './protocols.ts';
import { problemOf } from './sources.ts';
import { width4, width6 } from './width.ts';

const source = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    const message = problemOf(text);
    if (message) context.addIssue({ code: 'custom', message });
  });

const fields = z.strictObject({
  ports: ports
    .or(z.literal('all'))
    .or(z.strictObject({ not: ports.describe('all ports but these; `0-65535` would leave none and is refused') }))
    .default('all')
    .describe(
      'which ports are governed, of tcp and of udp: numbers, ranges such as `8000-8080`, `all`, or all but some',
    ),
  protocols: z
    .array(protocol)
    .min(1)
    .optional()
    .describe(
      'left out: tcp and udp where `ports` are given, else every protocol; `tcp`, `udp`, `icmp`, `icmpv6`, `all` or the number of another one; beside `ports` only those that have ports',
    ),
  /** Nothing is wider than /0. */
  widerThan: width4(1)
    .optional()
    .describe('govern only ranges with a shorter prefix: `/24` governs /23 and all that is wider, and no group'),
  widerThan6: width6(1)
    .optional()
    .describe('the same for IPv6; left out: twice the length of IPv4, so that `/24` goes with /48'),
  from: z
    .array(source)
    .min(1)
    .or(z.literal('none'))
    .describe(
      'who may reach it: names of ranges, CIDRs, prefix lists (`pl-…`, `com.amazonaws.…`), groups (`sg-…`), `itself` (the members of the group that has the rule), or `none`: nobody',
    ),
  otherwise: z
    .enum(['narrow', 'revoke', 'report'])
    .describe(
      'what becomes of a rule that allows more: `narrow` leaves the part of it that is allowed, `revoke` takes the whole rule away, `report` changes nothing and tells it',
    ),
  whenInUse: whenInUse('proceed'),
  groups: groupSelection.default('all').describe('which groups are governed; all that are given must match'),
});

/** What would govern more than it seems to, or nothing at all. */
export const entrySchema = fields.superRefine((entry, context) => {
  const refuse = (path: PropertyKey[], message: string, advice: string): void =>
    context.addIssue({ code: 'custom', path, message, params: { advice } });
  const { ports: given, protocols = [], widerThan, widerThan6 } = entry;
  for (const [index, name] of protocols.entries()) {
    const message = withoutPorts(name, given);
    if (message) refuse(['protocols', index], message, `write it in an entry of its own, without "ports"`);
  }
  if (given !== 'all' && 'not' in given && otherPorts(given.not.map(portRange)).length === 0)
    refuse(['ports', 'not'], 'leaves no port, so that the entry governs none', 'leave out the ports that are governed');
  if (widerThan6 !== undefined && widerThan === undefined)
    refuse(
      ['widerThan6'],
      'says nothing of IPv4, which would be governed whatever its width',
      'write "widerThan" as well',
    );
});

export const schema = z.array(entrySchema).min(1);

export type EntryParams = z.infer<typeof entrySchema>;
export type Params = z.infer<typeof schema>;

/** What a policy may write under `allowed-ingress`. */
import { z } from 'zod';
import { otherPorts } from '../../ingress/entry.ts';
import { groupSelection } from '../group-selection.ts';
import { portRange, ports } from './ports.ts';
import { protocol, withoutPorts } from './protocols.ts';
import { problemOf } from './resolve.ts';
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
    .or(z.strictObject({ not: ports }))
    .default('all'),
  /** Without it: tcp and udp where ports are given, every protocol otherwise. */
  protocols: z.array(protocol).min(1).optional(),
  /** Nothing is wider than /0. */
  widerThan: width4(1).optional(),
  widerThan6: width6(1).optional(),
  from: z.array(source).min(1).or(z.literal('none')),
  otherwise: z.enum(['narrow', 'revoke', 'report']),
  whenInUse: z.enum(['hold', 'proceed']).default('proceed'),
  groups: groupSelection.default('all'),
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

/** Which protocols may an entry name, and which of them beside ports? */
import { z } from 'zod';

/** Those that have a name are written by it, so that a number never means less than it says. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['58', 'icmpv6'],
]);

const PATTERN = /^(?:tcp|udp|icmp|icmpv6|all|0|[1-9]\d{0,2})$/;

export const protocol = z
  .string()
  .superRefine((text, context) => {
    const name = NAMED.get(text);
    if (name === undefined && PATTERN.test(text) && !(Number(text) > 255)) return;
    const advice =
      name === undefined ? 'write tcp, udp, icmp, icmpv6, all, or a number from 0 to 255' : `write ${name}`;
    const message = name === undefined ? 'is not a protocol' : `protocol ${text} is ${name}`;
    context.addIssue({ code: 'custom', message, params: { advice } });
  })
  .meta({ pattern: PATTERN.source });

type Ports = 'all' | readonly (number | string)[] | { readonly not: readonly (number | string)[] };

/**
 * Why this protocol cannot stand beside these ports: it has none, so that all of it would be governed.
 * @returns the sentence, or undefined where it can
 */
export function withoutPorts(name: string, ports: Ports): string | undefined {
  if (ports === 'all' || name === 'tcp' || name === 'udp') return undefined;
  if (name !== 'all') return `${name} has no ports: the entry would govern all of it`;
  return 'not' in ports ? undefined : 'most protocols have no ports: the entry would govern all of them';
}

/** From what a policy writes to what geometry judges by: names become CIDRs, negated ports become ranges. */
import { type Entry, otherPorts, type PortRange } from '../../ingress/entry.ts';
import type { Surroundings } from '../../model/guardrail.ts';
import type { Rule } from '../../model/rule.ts';
import type { Ranges } from '../../model/state.ts';
import { portRange } from './ports.ts';
import type { EntryParams } from './schema.ts';
import { ITSELF, sourcesOf } from './sources.ts';
import { widthsOf } from './width.ts';

/**
 * The same object for the same entry and ranges, so that what geometry works out for it is worked out once. What a rule
 * lets in from the group itself is not in it: see `isOwn`.
 */
export function resolve(params: EntryParams, { ranges }: Pick<Surroundings, 'ranges'>): Entry {
  const known = resolved.get(params);
  if (known?.ranges === ranges) return known.entry;
  const entry = build(params, ranges);
  resolved.set(params, { ranges, entry });
  return entry;
}

const resolved = new WeakMap<EntryParams, { readonly ranges: Ranges; readonly entry: Entry }>();

/** Whether the entry allows `itself`, and this rule lets in the members of the very group. */
export function isOwn({ peer }: Rule, { from }: EntryParams, { id }: Pick<Surroundings, 'id'>): boolean {
  return peer.kind === 'group' && peer.id === id && from.includes(ITSELF);
}

function build(params: EntryParams, ranges: Ranges): Entry {
  const { ranges: named, cidrs, lists, groups, itself } = sourcesOf(params.from);
  const { widerThan, widerThan6 } = params;
  return {
    protocols: protocolsOf(params),
    ports: portsOf(params.ports),
    ...(widerThan !== undefined && { widerThan: widthsOf(widerThan, widerThan6) }),
    allowed: {
      cidrs: [...cidrs, ...named.flatMap((name) => ranges[name] ?? [])],
      // Ranges say nothing about groups: references stay, unless the entry names groups itself or allows nobody.
      groups: params.from !== 'none' && groups.length === 0 && !itself ? 'any' : groups,
      prefixLists: lists,
    },
  };
}

function protocolsOf({ protocols, ports }: EntryParams): readonly string[] {
  const named = protocols ?? (ports === 'all' ? ['all'] : ['tcp', 'udp']);
  return named.map((protocol) => (protocol === 'all' ? '-1' : protocol));
}

function portsOf(ports: EntryParams['ports']): readonly PortRange[] {
  if (ports === 'all') return [{ from: 0, to: 65_535 }];
  return Array.isArray(ports) ? ports.map(portRange) : otherPorts(ports.not.map(portRange));
}

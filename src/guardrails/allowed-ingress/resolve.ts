/** From what a policy writes to what geometry judges by: names become CIDRs, negated ports become ranges. */
import { type Entry, otherPorts, type PortRange } from '../../ingress/entry.ts';
import type { Surroundings } from '../../model/guardrail.ts';
import type { Ranges } from '../../model/state.ts';
import { portRange } from './ports.ts';
import type { EntryParams } from './schema.ts';
import { widthsOf } from './width.ts';

/** The members of `from`, by what they are. */
export type Sources = {
  readonly ranges: readonly string[];
  readonly cidrs: readonly string[];
  readonly groups: readonly string[];
  readonly lists: readonly string[];
};

export function sourcesOf({ from }: Pick<EntryParams, 'from'>): Sources {
  const all = from === 'none' ? [] : from;
  const isCidr = (text: string): boolean => text.includes('/');
  const isGroup = (text: string): boolean => /^sg-[0-9a-f]+$/.test(text);
  const isList = (text: string): boolean => /^pl-[0-9a-f]+$/.test(text) || text.startsWith('com.amazonaws.');
  return {
    cidrs: all.filter(isCidr),
    groups: all.filter(isGroup),
    lists: all.filter(isList),
    ranges: all.filter((text) => !isCidr(text) && !isGroup(text) && !isList(text)),
  };
}

/** The same object for the same entry and ranges, so that what geometry works out for it is worked out once. */
export function resolve(params: EntryParams, { ranges }: Pick<Surroundings, 'ranges'>): Entry {
  const known = resolved.get(params);
  if (known?.ranges === ranges) return known.entry;
  const entry = build(params, ranges);
  resolved.set(params, { ranges, entry });
  return entry;
}

const resolved = new WeakMap<EntryParams, { readonly ranges: Ranges; readonly entry: Entry }>();

function build(params: EntryParams, ranges: Ranges): Entry {
  const { ranges: named, cidrs, groups, lists } = sourcesOf(params);
  const { widerThan, widerThan6 } = params;
  return {
    protocols: protocolsOf(params),
    ports: portsOf(params.ports),
    ...(widerThan !== undefined && { widerThan: widthsOf(widerThan, widerThan6) }),
    allowed: {
      cidrs: [...cidrs, ...named.flatMap((name) => ranges[name] ?? [])],
      // Ranges say nothing about groups: references stay, unless the entry names groups itself or allows nobody.
      groups: params.from !== 'none' && groups.length === 0 ? 'any' : groups,
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

/**
 * The meaning of rules and entries once more, packet by packet and without any geometry: protocols by name, addresses
 * by cidr-tools. Shares nothing with what it judges.
 */
import { parseCidr } from 'cidr-tools';
import type { Entry } from '../../src/ingress/entry.ts';
import type { Rule } from '../../src/model/rule.ts';

export type Packet = {
  readonly protocol: number;
  /** Port, or ICMP type. */
  readonly a: number;
  /** ICMP code. */
  readonly b: number;
  readonly peer: { readonly version: 4 | 6; readonly address: bigint } | { readonly group: string };
};

export type Lists = { readonly [id: string]: readonly { readonly cidr: string }[] };

const NUMBER: { readonly [name: string]: number } = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

export function ruleAllows(rule: Rule, packet: Packet, lists: Lists): boolean {
  return speaks(rule, packet) && peersOf(rule, lists).some((cidr) => isFrom(cidr, packet));
}

export function governs(entry: Entry, rule: Rule, packet: Packet, lists: Lists): boolean {
  const wide = (cidr: string): boolean => {
    if (!entry.widerThan) return true;
    if (cidr.startsWith('sg-')) return false;
    const length = Number(cidr.split('/')[1]);
    return length < (cidr.includes(':') ? entry.widerThan.v6 : entry.widerThan.v4);
  };
  return (
    rule.direction === 'ingress' &&
    entry.protocols.some((protocol) => entrySpeaks(protocol, entry, packet)) &&
    ruleAllows(rule, packet, lists) &&
    peersOf(rule, lists).some((cidr) => wide(cidr) && isFrom(cidr, packet))
  );
}

export function entryAllows({ allowed }: Entry, packet: Packet, lists: Lists): boolean {
  if ('group' in packet.peer) return allowed.groups === 'any' || allowed.groups.includes(packet.peer.group);
  const cidrs = [...allowed.cidrs, ...allowed.prefixLists.flatMap((id) => (lists[id] ?? []).map(({ cidr }) => cidr))];
  return cidrs.some((cidr) => isFrom(cidr, packet));
}

function speaks({ protocol, from = -1, to = -1 }: Rule, packet: Packet): boolean {
  if (protocol === '-1') return true;
  if ((NUMBER[protocol] ?? Number(protocol)) !== packet.protocol) return false;
  if (protocol === 'tcp' || protocol === 'udp') return from <= packet.a && packet.a <= to;
  if (protocol === 'icmp' || protocol === 'icmpv6')
    return (from === -1 || from === packet.a) && (to === -1 || to === packet.b);
  return true;
}

function entrySpeaks(protocol: string, { ports }: Entry, packet: Packet): boolean {
  const number = NUMBER[protocol] ?? Number(protocol);
  if (number !== -1 && number !== packet.protocol) return false;
  const onPort = ports.some(({ from, to }) => from <= packet.a && packet.a <= to);
  return onPort || (packet.protocol !== 6 && packet.protocol !== 17);
}

function peersOf({ peer }: Rule, lists: Lists): readonly string[] {
  if (peer.kind === 'group') return [peer.id];
  return peer.kind === 'prefix-list' ? (lists[peer.id] ?? []).map(({ cidr }) => cidr) : [peer.cidr];
}

function isFrom(cidr: string, { peer }: Packet): boolean {
  if ('group' in peer) return cidr === peer.group;
  if (cidr.startsWith('sg-')) return false;
  const range = rangeOf(cidr);
  return range.version === peer.version && range.start <= peer.address && peer.address <= range.end;
}

const ranges = new Map<string, { version: number; start: bigint; end: bigint }>();

function rangeOf(cidr: string): { version: number; start: bigint; end: bigint } {
  const known = ranges.get(cidr);
  if (known) return known;
  const { version, start, end } = parseCidr(cidr);
  ranges.set(cidr, { version, start, end });
  return { version, start, end };
}

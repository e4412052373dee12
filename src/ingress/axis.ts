/**
 * All traffic on one axis: which interval of it does a rule let through, and which rule lets an interval through?
 * Each of the 256 protocols has 65,536 places: the ports of tcp and udp, `type × 256 + code` of icmp and icmpv6. The
 * other protocols have no ports that EC2 could tell apart: they are always taken whole.
 */

import type { RangeSet } from './ranges.ts';
import { ANY, LAST_PORT, type Traffic } from './traffic.ts';

/** Places of one protocol. */
export const BLOCK = LAST_PORT + 1;
/** Places of one ICMP type. */
const TYPE = 256;
const END = 256 * BLOCK;

/** The interval of `-1`. */
export const EVERYTHING: Shape = { start: 0, end: END };
export const ALL_TRAFFIC: RangeSet<number> = [0, END];

export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;

const NUMBERS = new Map([
  ['tcp', TCP],
  ['udp', UDP],
  ['icmp', ICMP],
  ['icmpv6', ICMPV6],
]);
const NAMES = new Map([...NUMBERS].map(([name, number]) => [number, name]));

/** An interval of the axis that one rule can let through. */
export type Shape = { readonly start: number; readonly end: number };

/** The interval of a rule's traffic. */
export function placesOf({ protocol, from, to }: Traffic): RangeSet<number> {
  if (protocol === '-1') return ALL_TRAFFIC;
  const number = NUMBERS.get(protocol) ?? Number(protocol);
  const start = number * BLOCK;
  if (from === undefined || to === undefined || from === ANY) return [start, start + BLOCK];
  if (number === TCP || number === UDP) return [start + from, start + to + 1];
  const type = start + from * TYPE;
  return to === ANY ? [type, type + TYPE] : [type + to, type + to + 1];
}

/** The traffic of the rule that lets exactly this interval through. */
export function trafficOf({ start, end }: Shape): Traffic {
  if (start === 0 && end === END) return { protocol: '-1' };
  const number = protocolAt(start);
  const protocol = NAMES.get(number) ?? String(number);
  const place = start % BLOCK;
  if (number === TCP || number === UDP) return { protocol, from: place, to: (end - 1) % BLOCK };
  if (number !== ICMP && number !== ICMPV6) return { protocol };
  if (end - start === BLOCK) return { protocol, from: ANY, to: ANY };
  return { protocol, from: Math.floor(place / TYPE), to: end - start === TYPE ? ANY : place % TYPE };
}

export function protocolAt(place: number): number {
  return Math.floor(place / BLOCK);
}

export function icmpTypeAt(place: number): number {
  return Math.floor((place % BLOCK) / TYPE);
}

/**
 * The fewest intervals that rules can let through and that make up exactly this part of one protocol:
 * any interval for tcp and udp; all, one type, or one code of a type for ICMP.
 * @param start @param end an interval of the set within one protocol
 */
export function shapesWithin(start: number, end: number): readonly Shape[] {
  const number = protocolAt(start);
  if (end - start === BLOCK || (number !== ICMP && number !== ICMPV6)) return [{ start, end }];
  const shapes: Shape[] = [];
  for (let at = start; at < end; ) {
    const size = at % TYPE === 0 && at + TYPE <= end ? TYPE : 1;
    shapes.push({ start: at, end: at + size });
    at += size;
  }
  return shapes;
}

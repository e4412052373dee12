/** Random CIDRs, rules and packets; dense on purpose, so that what is generated meets. */
import fc from 'fast-check';
import { type Cidr, formatCidr, size4, size6 } from '../../src/ingress/cidr.ts';
import { canonicalRule } from '../../src/ingress/rule.ts';
import type { Peer, Rule } from '../../src/model/rule.ts';

export const cidr4 = (least = 0): fc.Arbitrary<Cidr> =>
  fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: least, max: 32 })).map(([address, length]) => ({
    family: 'ipv4',
    first: address - (address % size4(length)),
    length,
  }));

export const cidr6 = (least = 0): fc.Arbitrary<Cidr> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: least, max: 128 }))
    .map(([address, length]) => ({
      family: 'ipv6',
      first: address - (address % size6(length)),
      length,
    }));

/** Few addresses, so that ranges nest and overlap: 10.0.0.0/28 and above it. */
export const near4: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(0, 8, 27, 28, 29, 30, 31, 32))
  .map(([host, length]) => formatCidr(network4(0x0a000000 + host, length)));

export const near6: fc.Arbitrary<string> = fc
  .tuple(fc.bigInt({ min: 0n, max: 15n }), fc.constantFrom(0, 32, 48, 124, 125, 126, 127, 128))
  .map(([host, length]) => formatCidr(network6((0x20010db8n << 96n) + host, length)));

function network4(address: number, length: number): Cidr {
  return { family: 'ipv4', first: address - (address % size4(length)), length };
}

function network6(address: bigint, length: number): Cidr {
  return { family: 'ipv6', first: address - (address % size6(length)), length };
}

export const LISTS = ['pl-a', 'pl-b'] as const;
export const GROUPS = ['sg-1', 'sg-2'] as const;

export const peer: fc.Arbitrary<Peer> = fc.oneof(
  { weight: 4, arbitrary: near4.map((cidr): Peer => ({ kind: 'ipv4', cidr })) },
  { weight: 3, arbitrary: near6.map((cidr): Peer => ({ kind: 'ipv6', cidr })) },
  { weight: 2, arbitrary: fc.constantFrom(...LISTS).map((id): Peer => ({ kind: 'prefix-list', id })) },
  { weight: 1, arbitrary: fc.constantFrom(...GROUPS).map((id): Peer => ({ kind: 'group', id })) },
);

/** Ends of port ranges that touch and overlap. */
const port = fc.constantFrom(0, 1, 21, 22, 23, 24, 80, 443, 65_534, 65_535);
const ports = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
const icmpNumber = fc.constantFrom(-1, 0, 3, 4, 8, 255);

export const traffic: fc.Arbitrary<{ protocol: string; from?: number; to?: number }> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom('tcp', 'udp'), ports).map(([protocol, range]) => ({ protocol, ...range })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ protocol: fc.constantFrom('icmp', 'icmpv6'), from: icmpNumber, to: icmpNumber }),
  },
  { weight: 2, arbitrary: fc.constant({ protocol: '-1' }) },
  { weight: 1, arbitrary: fc.constantFrom('0', '47', '50').map((protocol) => ({ protocol })) },
);

export const rule: fc.Arbitrary<Rule> = fc
  .record({ traffic, peer, direction: fc.constant('ingress' as const) })
  .map(({ traffic, ...rest }) => canonicalRule({ ...traffic, ...rest }));

/** Random CIDRs, rules and packets; dense on purpose, so that what is generated meets. */
import fc from 'fast-check';
import { type Cidr, formatCidr, size4, size6 } from '../../src/ingress/cidr.ts';
import type { Entry } from '../../src/ingress/entry.ts';
import { canonicalRule } from '../../src/ingress/rule.ts';
import type { Peer, Rule } from '../../src/model/rule.ts';
import type { Lists, Packet } from './oracle.ts';

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
const within4 = (...lengths: number[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.constantFrom(...lengths))
    .map(([host, length]) => formatCidr(network4(0x0a000000 + host, length)));

const within6 = (...lengths: number[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: 15n }), fc.constantFrom(...lengths))
    .map(([host, length]) => formatCidr(network6((0x20010db8n << 96n) + host, length)));

/** What rules name: mostly wide, as what is cut in practice. */
const near4 = within4(0, 0, 8, 27, 28, 28, 29, 30, 31, 32);
const near6 = within6(0, 0, 32, 48, 124, 124, 125, 126, 127, 128);
/** What entries allow: mostly narrow. */
const allowed = fc.oneof(within4(8, 28, 29, 30, 31, 32), within6(48, 124, 125, 126, 127, 128));

function network4(address: number, length: number): Cidr {
  return { family: 'ipv4', first: address - (address % size4(length)), length };
}

function network6(address: bigint, length: number): Cidr {
  return { family: 'ipv6', first: address - (address % size6(length)), length };
}

export const LISTS = ['pl-0000000a', 'pl-0000000b'] as const;
export const GROUPS = ['sg-00000001', 'sg-00000002'] as const;

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

export const lists: fc.Arbitrary<Lists> = fc.record({
  'pl-0000000a': fc.array(
    near4.map((cidr) => ({ cidr })),
    { maxLength: 4 },
  ),
  'pl-0000000b': fc.array(
    fc.oneof(near6, near4).map((cidr) => ({ cidr })),
    { maxLength: 3 },
  ),
});

export const entry: fc.Arbitrary<Entry> = fc
  .record({
    protocols: fc.constantFrom(
      ['tcp'],
      ['tcp', 'udp'],
      ['-1'],
      ['icmp', 'icmpv6'],
      ['icmp'],
      ['50', '47'],
      ['udp', '50'],
    ),
    ports: fc.oneof(fc.constant([{ from: 0, to: 65_535 }]), fc.array(ports, { minLength: 1, maxLength: 2 })),
    widerThan: fc.constantFrom(undefined, undefined, { v4: 28, v6: 124 }, { v4: 32, v6: 128 }),
    allowed: fc.record({
      cidrs: fc.array(allowed, { maxLength: 4 }),
      groups: fc.constantFrom('any' as const, [], ['sg-00000001']),
      prefixLists: fc.oneof(fc.constant([]), fc.subarray([...LISTS])),
    }),
  })
  .map(({ widerThan, ...rest }) => ({ ...rest, ...(widerThan && { widerThan }) }));

/** One packet of every class that the rules and entries above can tell apart. */
const PORTS = [0, 1, 2, 21, 22, 23, 24, 80, 81, 443, 65_533, 65_534, 65_535];
const ICMP = [0, 1, 3, 4, 8, 9, 255];
const traffics = [
  ...PORTS.flatMap((a) => [6, 17].map((protocol) => ({ protocol, a, b: 0 }))),
  ...ICMP.flatMap((a) => ICMP.flatMap((b) => [1, 58].map((protocol) => ({ protocol, a, b })))),
  ...[0, 2, 47, 50].map((protocol) => ({ protocol, a: 0, b: 0 })),
];
const hosts = Array.from({ length: 16 }, (_, host) => BigInt(host));
const peers: readonly Packet['peer'][] = [
  ...[...hosts, 16n, 0x100n, 0x1000000n].map((offset) => ({ version: 4 as const, address: 0x0a000000n + offset })),
  ...[...hosts, 1n << 40n, 1n << 90n, 1n << 100n].map((offset) => ({
    version: 6 as const,
    address: (0x20010db8n << 96n) + offset,
  })),
  ...[...GROUPS, 'sg-00000003'].map((group) => ({ group })),
];

/** Packets, mostly such as the rule might let through: of its protocol, and from its kind of peer. */
export function packetsNear({ protocol, peer }: Rule, choices: readonly Choice[]): readonly Packet[] {
  const number = NUMBERS[protocol] ?? Number(protocol);
  const likely = traffics.filter((traffic) => number === -1 || traffic.protocol === number);
  const version = { ipv4: 4, ipv6: 6, group: undefined, 'prefix-list': 4 }[peer.kind];
  const near = peers.filter((candidate) => ('version' in candidate ? candidate.version : undefined) === version);
  return choices.map(([traffic, other, far]) => ({
    ...pick(far ? traffics : likely, traffic),
    peer: pick(far ? peers : near, other),
  }));
}

type Choice = readonly [traffic: number, peer: number, far: boolean];
export const choice: fc.Arbitrary<Choice> = fc
  .tuple(fc.nat(1000), fc.nat(1000), fc.nat(9))
  .map(([traffic, other, far]) => [traffic, other, far === 0] as const);

const NUMBERS: { readonly [name: string]: number } = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

function pick<Item>(items: readonly Item[], choice: number): Item {
  const item = items[choice % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}

export const everyPacket: readonly Packet[] = traffics.flatMap((traffic) =>
  peers.map((peer) => ({ ...traffic, peer })),
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRuleName } from '../../src/ingress/rule.ts';
import type { Rule } from '../../src/model/rule.ts';
import { reachesEveryone, replacesPartOf } from '../../src/render/narrowing.ts';

function rule(name: string): Rule {
  const parsed = parseRuleName(name);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe('an added rule', () => {
  it.each([
    ['tcp 22 from 198.51.100.0/24', 'tcp 22 from 0.0.0.0/0'],
    ['tcp 22 from 198.51.100.0/24', 'tcp 0-65535 from 198.51.100.0/24'],
    ['tcp 22 from 10.0.0.0/8', 'all from 0.0.0.0/0'],
    ['icmp 3/4 from 10.0.0.0/8', 'icmp all from 10.0.0.0/8'],
    ['icmp 3/4 from 10.0.0.0/8', 'icmp 3 from 10.0.0.0/8'],
    ['tcp 22 from 2001:db8:10::/48', 'tcp 22 from ::/0'],
    ['tcp 22 from sg-0abc', 'tcp 20-25 from sg-0abc'],
    ['protocol 50 from 10.0.0.0/8', 'protocol 50 from 10.0.0.0/7'],
    ['all from 10.0.0.0/8', 'all from 10.0.0.0/8'],
  ])('%s keeps a part of %s', (added, closed) => {
    expect(replacesPartOf(rule(added), [rule(closed)])).toBe(true);
  });

  it.each([
    ['tcp 22 from 0.0.0.0/0', 'tcp 22 from 198.51.100.0/24'],
    ['tcp 22-23 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8'],
    ['udp 22 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8'],
    ['all from 10.0.0.0/8', 'tcp 0-65535 from 10.0.0.0/8'],
    ['tcp 22 to 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8'],
    ['tcp 22 from ::/0', 'tcp 22 from 0.0.0.0/0'],
    ['tcp 22 from 0.0.0.0/0', 'tcp 22 from ::/0'],
    ['tcp 22 from 11.0.0.0/9', 'tcp 22 from 10.0.0.0/8'],
    ['tcp 22 from sg-0abc', 'tcp 22 from 0.0.0.0/0'],
    ['tcp 22 from sg-0abc', 'tcp 22 from sg-0def'],
    ['tcp 22 from 10.0.0.0/8', 'tcp 22 from pl-0abc'],
    ['icmp all from 10.0.0.0/8', 'icmp 3 from 10.0.0.0/8'],
    ['icmp 8 from 10.0.0.0/8', 'icmp 3 from 10.0.0.0/8'],
    ['protocol 51 from 10.0.0.0/8', 'protocol 50 from 10.0.0.0/8'],
  ])('%s is not a part of %s', (added, closed) => {
    expect(replacesPartOf(rule(added), [rule(closed)])).toBe(false);
  });

  it('is new where nothing is closed', () => {
    expect(replacesPartOf(rule('tcp 22 from 10.0.0.0/8'), [])).toBe(false);
  });

  it('that keeps a part lets no packet in that was not let in before', () => {
    const ports = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }));
    const address = fc.integer({ min: 0, max: 7 });
    const side = fc.record({ ports, network: address, length: fc.integer({ min: 29, max: 32 }) });
    const build = ({ ports: [a, b], network, length }: typeof side extends fc.Arbitrary<infer S> ? S : never): Rule => {
      const first = network - (network % 2 ** (32 - length));
      return rule(`tcp ${Math.min(a, b)}-${Math.max(a, b)} from 10.0.0.${first}/${length}`);
    };
    const admits = ({ from = 0, to = 0, peer }: Rule, port: number, last: number): boolean => {
      const [, first = '', length = ''] = /\.(\d+)\/(\d+)$/.exec('cidr' in peer ? peer.cidr : '') ?? [];
      const low = Number(first);
      return from <= port && port <= to && low <= last && last < low + 2 ** (32 - Number(length));
    };
    fc.assert(
      fc.property(side, side, (one, other) => {
        const [added, closed] = [build(one), build(other)];
        const packets = Array.from({ length: 64 }, (_, i) => [i % 8, Math.floor(i / 8)] as const);
        const within = packets.every(([port, last]) => !admits(added, port, last) || admits(closed, port, last));
        expect(replacesPartOf(added, [closed])).toBe(within);
      }),
    );
  });
});

it.each([
  ['tcp 22 from 0.0.0.0/0', true],
  ['tcp 22 from ::/0', true],
  ['tcp 22 from 128.0.0.0/1', true],
  ['tcp 22 from 2000::/3', true],
  ['tcp 22 from 10.0.0.0/8', false],
  ['tcp 22 from sg-0abc', false],
  ['tcp 22 from pl-0abc', false],
])('%s reaches everyone or nearly so: %s', (name, everyone) => {
  expect(reachesEveryone(rule(name))).toBe(everyone);
});

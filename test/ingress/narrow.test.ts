import { describe, expect, it, test } from 'vitest';
import { boxOf } from '../../src/ingress/box.ts';
import { type Cut, cutsOf } from '../../src/ingress/cuts.ts';
import { type Entry, otherPorts, widerThan6 } from '../../src/ingress/entry.ts';
import { narrow } from '../../src/ingress/narrow.ts';
import { parseRuleName, ruleName } from '../../src/ingress/rule.ts';
import type { Rule } from '../../src/model/rule.ts';

const LISTS: { readonly [id: string]: readonly { readonly cidr: string }[] } = {
  'pl-office': [{ cidr: '198.51.100.0/25' }, { cidr: '198.51.100.128/25' }],
  'pl-mixed': [{ cidr: '198.51.100.0/24' }, { cidr: '203.0.113.0/24' }],
  'pl-pair': [{ cidr: '203.0.112.0/24' }, { cidr: '203.0.113.0/24' }, { cidr: '100.64.0.0/10' }],
  'pl-nested': [{ cidr: '203.0.113.0/24' }, { cidr: '203.0.113.0/28' }, { cidr: '203.0.113.16/28' }],
  'pl-both': [{ cidr: '198.51.100.0/24' }, { cidr: '2001:db8:10::/48' }, { cidr: '2001:db8:11::/48' }],
  'pl-empty': [],
};
const entriesOf = (id: string) => LISTS[id];

const named = (name: string): Rule => {
  const rule = parseRuleName(name);
  if ('problem' in rule) throw new Error(rule.problem);
  return rule;
};

const ALL_PORTS = [{ from: 0, to: 65_535 }];
const CORPORATE = { cidrs: ['198.51.100.0/24', '2001:db8:10::/48'], groups: 'any', prefixLists: [] } as const;
const ssh: Entry = { protocols: ['tcp'], ports: [{ from: 22, to: 22 }], allowed: CORPORATE };
const wide: Entry = { protocols: ['-1'], ports: ALL_PORTS, widerThan: { v4: 24, v6: 48 }, allowed: CORPORATE };
const nobody: Entry = { protocols: ['-1'], ports: ALL_PORTS, allowed: { cidrs: [], groups: [], prefixLists: [] } };

function after(name: string, entries: readonly Entry[], spared: readonly string[] = []): readonly string[] {
  const rule = named(name);
  const cuts = entries.flatMap((entry) => cutsOf(rule, entry, entriesOf));
  const { kept, lost } = narrow(
    rule,
    cuts,
    spared.map((name) => [boxOf(named(name), entriesOf)]),
    entriesOf,
  );
  return [...kept.map(ruleName), ...lost.map((phrase) => `lost: ${phrase}`)];
}

describe('a rule becomes', () => {
  test.each<[string, readonly Entry[], readonly string[]]>([
    ['tcp 22 from 198.51.100.7/32', [ssh], ['tcp 22 from 198.51.100.7/32']],
    ['tcp 22 from 0.0.0.0/0', [ssh], ['tcp 22 from 198.51.100.0/24']],
    ['tcp 22 from ::/0', [ssh], ['tcp 22 from 2001:db8:10::/48']],
    ['tcp 22 from 203.0.113.0/24', [ssh], []],
    ['udp 22 from 0.0.0.0/0', [ssh], ['udp 22 from 0.0.0.0/0']],
    ['tcp 22 to 0.0.0.0/0', [nobody], ['tcp 22 to 0.0.0.0/0']],
    ['tcp 22 from sg-1', [ssh], ['tcp 22 from sg-1']],
    ['tcp 22 from sg-1', [nobody], []],
    ['tcp 20-30 from sg-1', [{ ...ssh, allowed: nobody.allowed }], ['tcp 20-21 from sg-1', 'tcp 23-30 from sg-1']],
    ['tcp 22 from sg-1', [{ ...nobody, allowed: { ...nobody.allowed, groups: ['sg-1'] } }], ['tcp 22 from sg-1']],
    [
      'tcp 22 from 111122223333/sg-1',
      [{ ...nobody, allowed: { ...nobody.allowed, groups: ['sg-1'] } }],
      ['tcp 22 from 111122223333/sg-1'],
    ],
    [
      'tcp 0-65535 from 0.0.0.0/0',
      [ssh],
      ['tcp 0-21 from 0.0.0.0/0', 'tcp 22 from 198.51.100.0/24', 'tcp 23-65535 from 0.0.0.0/0'],
    ],
    [
      'all from 0.0.0.0/0',
      [ssh],
      [
        'all from 198.51.100.0/24',
        'icmp all from 0.0.0.0/0',
        'tcp 0-21 from 0.0.0.0/0',
        'tcp 23-65535 from 0.0.0.0/0',
        'udp 0-65535 from 0.0.0.0/0',
        'lost: protocols other than tcp, udp and icmp from 0.0.0.0/0 except 198.51.100.0/24',
      ],
    ],
    [
      'all from 2001:db8::/32',
      [{ ...ssh, allowed: nobody.allowed }],
      [
        'tcp 0-21 from 2001:db8::/32',
        'tcp 23-65535 from 2001:db8::/32',
        'udp 0-65535 from 2001:db8::/32',
        'icmpv6 all from 2001:db8::/32',
        'lost: protocols other than tcp, udp and icmpv6 from 2001:db8::/32',
      ],
    ],
    [
      'all from sg-1',
      [{ ...ssh, allowed: nobody.allowed }],
      [
        'icmp all from sg-1',
        'tcp 0-21 from sg-1',
        'tcp 23-65535 from sg-1',
        'udp 0-65535 from sg-1',
        'icmpv6 all from sg-1',
        'lost: protocols other than tcp, udp, icmp and icmpv6 from sg-1',
      ],
    ],
    // Nothing of the other protocols is left, hence nothing of them is lost.
    [
      'all from 0.0.0.0/0',
      [{ ...nobody, ports: otherPorts([{ from: 443, to: 443 }]) }],
      ['tcp 443 from 0.0.0.0/0', 'udp 443 from 0.0.0.0/0'],
    ],
    // What IPv4 does not speak is told, and no rule spent on it.
    [
      'all from 10.0.0.0/8',
      [{ ...nobody, protocols: allProtocolsBut('58', '50') }],
      ['protocol 50 from 10.0.0.0/8', 'lost: what is left of icmpv6 from 10.0.0.0/8'],
    ],
    ['icmpv6 all from 0.0.0.0/0', [{ ...nobody, allowed: CORPORATE }], ['icmpv6 all from 198.51.100.0/24']],
    ['protocol 50 from 0.0.0.0/0', [wide], ['protocol 50 from 198.51.100.0/24']],
    ['icmp 8 from 0.0.0.0/0', [wide], ['icmp 8 from 198.51.100.0/24']],
  ])('%s', (name, entries, expected) => {
    expect(after(name, entries)).toEqual(expected);
  });
});

function allProtocolsBut(...kept: string[]): string[] {
  return Array.from({ length: 256 }, (_, number) => String(number))
    .filter((number) => !kept.includes(number))
    .map((number) => ({ '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6' })[number] ?? number);
}

describe('widerThan governs a rule by the width of its own range', () => {
  test.each([
    ['tcp 80 from 203.0.113.0/24', ['tcp 80 from 203.0.113.0/24']],
    ['tcp 80 from 203.0.112.0/23', []],
    ['tcp 80 from 2001:db8:f::/48', ['tcp 80 from 2001:db8:f::/48']],
    ['tcp 80 from 2001:db8:e::/47', []],
    ['tcp 80 from 0.0.0.0/0', ['tcp 80 from 198.51.100.0/24']],
    ['tcp 80 from sg-1', ['tcp 80 from sg-1']],
    // Each entry of a list is judged by itself, and two adjacent /24 are not written as a /23, which would be governed.
    ['tcp 80 from pl-pair', ['tcp 80 from 203.0.112.0/24', 'tcp 80 from 203.0.113.0/24']],
  ])('%s', (name, expected) => {
    expect(after(name, [wide])).toEqual(expected);
  });

  test.each([
    [24, 48],
    [0, 0],
    [16, 32],
    [32, 128],
  ])('/%i for IPv4 is /%i for IPv6', (v4, v6) => {
    expect(widerThan6(v4)).toBe(v6);
  });
});

describe('a prefix list is judged by its entries', () => {
  test.each<[string, readonly Entry[], readonly string[]]>([
    ['tcp 22 from pl-office', [ssh], ['tcp 22 from pl-office']],
    ['tcp 22 from pl-mixed', [ssh], ['tcp 22 from 198.51.100.0/24']],
    [
      'tcp 20-30 from pl-mixed',
      [ssh],
      ['tcp 20-21 from pl-mixed', 'tcp 22 from 198.51.100.0/24', 'tcp 23-30 from pl-mixed'],
    ],
    ['tcp 22 from pl-both', [ssh], ['tcp 22 from 198.51.100.0/24', 'tcp 22 from 2001:db8:10::/48']],
    [
      'tcp 20-22 from pl-both',
      [ssh],
      ['tcp 20-22 from 198.51.100.0/24', 'tcp 20-21 from pl-both', 'tcp 22 from 2001:db8:10::/48'],
    ],
    ['tcp 22 from pl-empty', [nobody], ['tcp 22 from pl-empty']],
    [
      'tcp 22 from pl-nested',
      [{ ...nobody, allowed: { ...nobody.allowed, cidrs: ['203.0.113.0/27'] } }],
      ['tcp 22 from 203.0.113.0/27'],
    ],
    [
      'tcp 22 from 0.0.0.0/0',
      [{ ...nobody, allowed: { ...nobody.allowed, prefixLists: ['pl-office'] } }],
      ['tcp 22 from 198.51.100.0/24'],
    ],
    [
      'tcp 22 from pl-mixed',
      [{ ...nobody, allowed: { ...nobody.allowed, prefixLists: ['pl-mixed'] } }],
      ['tcp 22 from pl-mixed'],
    ],
  ])('%s', (name, entries, expected) => {
    expect(after(name, entries)).toEqual(expected);
  });

  it('is never assumed: without its entries there is no answer', () => {
    const unread = expect.objectContaining({ code: 'prefix-list-unread' });
    const allowing = { ...nobody, allowed: { ...nobody.allowed, prefixLists: ['pl-gone'] } };
    expect(() => cutsOf(named('tcp 22 from pl-gone'), ssh, entriesOf)).toThrow(unread);
    expect(() => cutsOf(named('tcp 22 from 0.0.0.0/0'), allowing, entriesOf)).toThrow(unread);
    expect(() => narrow(named('tcp 22 from pl-gone'), ['all'], [], entriesOf)).toThrow(unread);
  });

  it('takes nothing from a rule through a list that nobody is in', () => {
    expect(cutsOf(named('tcp 22 from pl-empty'), nobody, entriesOf)).toEqual([]);
    expect(cutsOf(named('tcp 22 from pl-mixed'), nobody, entriesOf)).toHaveLength(1);
    expect(cutsOf(named('tcp 22 from pl-gone'), nobody, entriesOf)).toHaveLength(1);
  });

  it('is read anew for every place: the same entry may stand for other addresses elsewhere', () => {
    const entry = { ...nobody, allowed: { ...nobody.allowed, prefixLists: ['pl-office'] } };
    const rule = named('tcp 22 from 198.51.100.0/24');
    expect(cutsOf(rule, entry, entriesOf)).toEqual([]);
    expect(cutsOf(rule, entry, () => [{ cidr: '10.0.0.0/8' }])).toHaveLength(1);
    expect(cutsOf(rule, entry, entriesOf)).toEqual([]);
  });
});

describe('what is spared stays, and nothing is added', () => {
  test.each([
    [
      'tcp 22 from 0.0.0.0/0',
      ['tcp 22 from 203.0.113.7/32'],
      ['tcp 22 from 198.51.100.0/24', 'tcp 22 from 203.0.113.7/32'],
    ],
    ['tcp 22 from 0.0.0.0/0', ['all from 0.0.0.0/0'], ['tcp 22 from 0.0.0.0/0']],
    ['tcp 22 from 0.0.0.0/0', ['tcp 80 from 0.0.0.0/0'], ['tcp 22 from 198.51.100.0/24']],
    ['tcp 22 from 10.0.0.0/8', ['tcp 0-65535 from 10.1.0.0/16', 'udp 22 from 10.0.0.0/8'], ['tcp 22 from 10.1.0.0/16']],
  ])('%s, spared %j', (name, spared, expected) => {
    expect(after(name, [ssh], spared)).toEqual(expected);
  });

  it('holds for a whole rule that is cut, too', () => {
    const spared = [[boxOf(named('tcp 443 from 0.0.0.0/0'), entriesOf)]];
    const { kept } = narrow(named('tcp 0-65535 from 10.0.0.0/8'), ['all'], spared, entriesOf);
    expect(kept.map(ruleName)).toEqual(['tcp 443 from 10.0.0.0/8']);
  });
});

describe('ICMP has no ranges, so what would take more than eight rules is named as lost', () => {
  const cutting = (name: string): readonly Cut[] => [[boxOf(named(name), entriesOf)]];
  const { kept: aroundTen } = narrow(named('icmp 3 from 0.0.0.0/0'), cutting('icmp 3 from 10.0.0.0/8'), [], entriesOf);

  test.each<[string, string, readonly Rule[], readonly string[]]>([
    ['icmp all from 0.0.0.0/0', 'icmp 8 from 0.0.0.0/0', [], ['what is left of icmp from 0.0.0.0/0']],
    [
      'icmp 3 from 0.0.0.0/0',
      'icmp 3/4 from 10.0.0.0/8',
      aroundTen,
      ['what is left of icmp from 0.0.0.0/0 within 10.0.0.0/8'],
    ],
    ['icmp 3 from 10.0.0.0/24', 'icmp 3 from 10.0.0.0/25', [named('icmp 3 from 10.0.0.128/25')], []],
    ['icmp 3/4 from 10.0.0.0/24', 'icmp 3 from 10.0.0.0/24', [], []],
  ])('%s without %s', (name, cut, kept, lost) => {
    expect(narrow(named(name), cutting(cut), [], entriesOf)).toEqual({ kept, lost });
  });

  it('keeps up to eight pieces', () => {
    const types = Array.from({ length: 9 }, (_, type) => [boxOf(named(`icmp ${type + 5} from 10.0.0.0/8`), entriesOf)]);
    const rule = named('icmp all from 10.0.0.0/8');
    expect(narrow(rule, ['all'], types.slice(0, 8), entriesOf)).toMatchObject({ kept: { length: 8 }, lost: [] });
    expect(narrow(rule, ['all'], types, entriesOf)).toMatchObject({ kept: [], lost: { length: 1 } });
  });
});

describe('ports that are not these', () => {
  test.each([
    [
      [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
      ],
      [
        { from: 0, to: 79 },
        { from: 81, to: 442 },
        { from: 444, to: 65_535 },
      ],
    ],
    [
      [
        { from: 443, to: 500 },
        { from: 400, to: 450 },
      ],
      [
        { from: 0, to: 399 },
        { from: 501, to: 65_535 },
      ],
    ],
    [[{ from: 0, to: 65_535 }], []],
    [
      [
        { from: 0, to: 100 },
        { from: 5, to: 10 },
      ],
      [{ from: 101, to: 65_535 }],
    ],
    [[], [{ from: 0, to: 65_535 }]],
  ])('not %j is %j', (ports, others) => {
    expect(otherPorts(ports)).toEqual(others);
  });
});

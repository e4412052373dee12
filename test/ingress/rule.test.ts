import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalRule, parseRuleName, parseWrittenRule, type RawRule, ruleName } from '../../src/ingress/rule.ts';
import { same } from '../../src/model/json.ts';
import type { Peer, Rule } from '../../src/model/rule.ts';
import { lawRuns } from '../support/law-runs.ts';
import { rule as nearRule } from './arbitraries.ts';

const world: Peer = { kind: 'ipv4', cidr: '0.0.0.0/0' };
const raw = (part: Partial<RawRule>): RawRule => ({ direction: 'ingress', protocol: '-1', peer: world, ...part });

const groupPeer = fc
  .record({
    id: fc.constantFrom('sg-0abc', 'sg-0def'),
    account: fc.option(fc.constantFrom('111122223333')),
    peering: fc.option(fc.constantFrom('pcx-1')),
  })
  .map(
    ({ id, account, peering }): Peer => ({
      kind: 'group',
      id,
      ...(account && { account }),
      ...(peering && { peering }),
    }),
  );
const direction = fc.constantFrom('ingress' as const, 'egress' as const);
const anyRule = fc
  .tuple(nearRule, direction, groupPeer, fc.boolean())
  .map(([rule, direction, group, refer]): Rule => ({ ...rule, direction, ...(refer && { peer: group }) }));

describe('every way to write a rule has one canonical form', () => {
  test.each<[string, Partial<RawRule>, Partial<Rule>]>([
    ['6 is tcp', { protocol: '6', from: 22, to: 22 }, { protocol: 'tcp', from: 22, to: 22 }],
    ['17 is udp', { protocol: '17', from: 53, to: 53 }, { protocol: 'udp', from: 53, to: 53 }],
    ['1 is icmp', { protocol: '1', from: 8, to: -1 }, { protocol: 'icmp', from: 8, to: -1 }],
    ['58 is icmpv6', { protocol: '58', from: 1, to: 4 }, { protocol: 'icmpv6', from: 1, to: 4 }],
    ['names are lower-case', { protocol: 'TCP', from: 1, to: 2 }, { protocol: 'tcp', from: 1, to: 2 }],
    ['all is -1', { protocol: 'All' }, { protocol: '-1' }],
    ['everything has no ports, whatever was sent', { protocol: '-1', from: 22, to: 22 }, { protocol: '-1' }],
    ['-1/-1 is how one read model says no ports', { protocol: '-1', from: -1, to: -1 }, { protocol: '-1' }],
    ['another protocol has no ports', { protocol: '50', from: 0, to: 0 }, { protocol: '50' }],
    ['icmpv6 without ports is any type and code', { protocol: 'icmpv6' }, { protocol: 'icmpv6', from: -1, to: -1 }],
    ['all types force all codes', { protocol: 'icmp', from: -1, to: 4 }, { protocol: 'icmp', from: -1, to: -1 }],
  ])('%s', (_, written, canonical) => {
    expect(canonicalRule(raw(written))).toEqual({ direction: 'ingress', peer: world, ...canonical });
  });

  test.each<[Peer, Peer]>([
    [
      { kind: 'ipv4', cidr: '100.68.0.18/18' },
      { kind: 'ipv4', cidr: '100.68.0.0/18' },
    ],
    [
      { kind: 'ipv6', cidr: '2001:0DB8:0::1/64' },
      { kind: 'ipv6', cidr: '2001:db8::/64' },
    ],
    [
      { kind: 'prefix-list', id: 'PL-0A' },
      { kind: 'prefix-list', id: 'pl-0a' },
    ],
    [
      { kind: 'group', id: 'sg-0A', account: '111122223333', peering: 'pcx-1' },
      { kind: 'group', id: 'sg-0a', account: '111122223333', peering: 'pcx-1' },
    ],
  ])('%o is %o', (written, canonical) => {
    expect(canonicalRule(raw({ peer: written })).peer).toEqual(canonical);
  });

  it('drops an empty description and empty tags, and keeps others', () => {
    expect(canonicalRule(raw({ description: '', tags: {} }))).toEqual({
      direction: 'ingress',
      protocol: '-1',
      peer: world,
    });
    expect(canonicalRule(raw({ description: 'web', tags: { a: '' } }))).toMatchObject({
      description: 'web',
      tags: { a: '' },
    });
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyRule, (rule) => {
        expect(canonicalRule(rule)).toEqual(rule);
      }),
    );
  });
});

describe('a rule that cannot be judged is refused', () => {
  test.each<[string, Partial<RawRule>]>([
    ['an unknown protocol', { protocol: 'esp' }],
    ['a protocol above 255', { protocol: '256' }],
    ['a protocol below -1', { protocol: '-2' }],
    ['a protocol with zeros in front', { protocol: '06' }],
    ['no protocol', { protocol: '' }],
    ['a name from the prototype', { protocol: 'constructor' }],
    ['tcp without ports', { protocol: 'tcp' }],
    ['tcp without its last port', { protocol: 'tcp', from: 1 }],
    ['tcp with -1', { protocol: 'tcp', from: -1, to: -1 }],
    ['ports turned round', { protocol: 'udp', from: 2, to: 1 }],
    ['a port above 65535', { protocol: 'tcp', from: 0, to: 65536 }],
    ['half a port', { protocol: 'tcp', from: 0.5, to: 1 }],
    ['an ICMP type above 255', { protocol: 'icmp', from: 256, to: -1 }],
    ['an ICMP code below -1', { protocol: 'icmp', from: 3, to: -2 }],
    ['an IPv6 range as IPv4', { peer: { kind: 'ipv4', cidr: '::/0' } }],
    ['an IPv4 range as IPv6', { peer: { kind: 'ipv6', cidr: '0.0.0.0/0' } }],
    ['no range', { peer: { kind: 'ipv4', cidr: '' } }],
    ['no group', { peer: { kind: 'group', id: '' } }],
    ['a group that is a sentence', { peer: { kind: 'group', id: 'sg-1 via pcx-1' } }],
    ['an account that is a sentence', { peer: { kind: 'group', id: 'sg-1', account: '1/2' } }],
    ['a peering that is none', { peer: { kind: 'group', id: 'sg-1', peering: 'x' } }],
    ['a prefix list that is none', { peer: { kind: 'prefix-list', id: 'sg-1' } }],
  ])('%s', (_, part) => {
    expect(() => canonicalRule(raw(part))).toThrow(expect.objectContaining({ code: 'rule-malformed' }));
  });
});

describe('the name of a rule says all of its identity', () => {
  test.each<[Partial<RawRule>, string]>([
    [
      { protocol: 'tcp', from: 22, to: 22, peer: { kind: 'ipv4', cidr: '203.0.113.7/32' } },
      'tcp 22 from 203.0.113.7/32',
    ],
    [
      { direction: 'egress', protocol: 'tcp', from: 0, to: 65535, peer: { kind: 'ipv6', cidr: '::/0' } },
      'tcp 0-65535 to ::/0',
    ],
    [{ peer: { kind: 'group', id: 'sg-0abc' } }, 'all from sg-0abc'],
    [{ peer: { kind: 'group', id: 'sg-0abc', account: '111122223333' } }, 'all from 111122223333/sg-0abc'],
    [{ peer: { kind: 'group', id: 'sg-0abc', peering: 'pcx-1' } }, 'all from sg-0abc via pcx-1'],
    [{ peer: { kind: 'prefix-list', id: 'pl-0abc' } }, 'all from pl-0abc'],
    [{ protocol: 'icmp', from: 8, to: -1 }, 'icmp 8 from 0.0.0.0/0'],
    [{ protocol: 'icmp', from: 3, to: 4 }, 'icmp 3/4 from 0.0.0.0/0'],
    [{ protocol: 'icmp', from: -1, to: -1 }, 'icmp all from 0.0.0.0/0'],
    [{ protocol: 'icmpv6' }, 'icmpv6 all from 0.0.0.0/0'],
    [{ protocol: '50' }, 'protocol 50 from 0.0.0.0/0'],
  ])('%o is %s', (part, name) => {
    expect(ruleName(canonicalRule(raw(part)))).toBe(name);
  });

  it('reads back as the identity, and two rules share a name exactly when they share it', () => {
    const law = fc.property(anyRule, anyRule, (a, b) => {
      expect(parseRuleName(ruleName(a))).toEqual(a);
      expect(ruleName(a) === ruleName(b)).toBe(same(a, b));
    });
    fc.assert(law, { numRuns: lawRuns(10_000) });
  });

  it('leaves out description and tags', () => {
    fc.assert(
      fc.property(anyRule, fc.string(), (rule, description) => {
        expect(ruleName({ ...rule, description, tags: { description } })).toBe(ruleName(rule));
      }),
    );
  });
});

describe('a person may write a name in another way', () => {
  test.each([
    ['  TCP   22  From 203.0.113.7/32 ', 'tcp 22 from 203.0.113.7/32'],
    ['tcp 0 - 65535 from 0.0.0.0 / 0', 'tcp 0-65535 from 0.0.0.0/0'],
    ['tcp all from 0.0.0.0/0', 'tcp 0-65535 from 0.0.0.0/0'],
    ['6 22 from 10.0.0.0/8', 'tcp 22 from 10.0.0.0/8'],
    ['-1 to 2001:0DB8::/32', 'all to 2001:db8::/32'],
    ['protocol 50 from sg-1', 'protocol 50 from sg-1'],
    ['protocol 1 from sg-1', 'icmp all from sg-1'],
    ['icmp 3 / 4 from SG-1', 'icmp 3/4 from sg-1'],
    ['all from 111122223333 / sg-00000001 VIA pcx-1', 'all from 111122223333/sg-00000001 via pcx-1'],
  ])('%j is %s', (text, name) => {
    const rule = parseRuleName(text);
    expect('problem' in rule ? rule : ruleName(rule)).toBe(name);
  });

  test.each([
    '',
    'from',
    'from 0.0.0.0/0',
    'tcp from 0.0.0.0/0',
    'tcp 22',
    'tcp 22 0.0.0.0/0',
    'tcp 22 80 from 0.0.0.0/0',
    'tcp 22 from 0.0.0.0/0 10.0.0.0/8',
    'tcp 22 from 0.0.0.0/0 via pcx-1',
    'tcp 70000 from 0.0.0.0/0',
    'tcp 23-22 from 0.0.0.0/0',
    'tcp 22 from 10.0.0.1',
    'tcp 22 from 10.0.0.0/33',
    'tcp 22 from web',
    'icmp 256 from 0.0.0.0/0',
    'protocol from 0.0.0.0/0',
    'protocol 256 from 0.0.0.0/0',
    'all 22 from 0.0.0.0/0',
    'all from sg-1 via',
    'all from sg-1 over pcx-1',
    `tcp 22 from ${' '.repeat(100_000)}0.0.0.0/0`,
  ])('%j names no rule', (text) => {
    expect(parseRuleName(text)).toMatchObject({ problem: expect.any(String) });
  });

  test.each([
    ['22 from 10.0.0.0/8', /may be meant as a port/, /"tcp 22".*"protocol 22"/],
    ['tcp 022 from 10.0.0.0/8', /"022" has a leading zero/, /write "tcp 22"/],
    ['tcp 00-080 from 10.0.0.0/8', /"00-080" has a leading zero/, /write "tcp 0-80"/],
    ['icmp 08/00 from 10.0.0.0/8', /"08\/00" has a leading zero/, /write "icmp 8\/0"/],
    ['protocol 050 from 10.0.0.0/8', /"050" is neither/, undefined],
    ['tcp from 10.0.0.0/8', /tcp is without its ports/, /"tcp 443"/],
    ['protocol 6 from 10.0.0.0/8', /tcp is without its ports/, /"tcp 443"/],
    ['tcp ssh from 10.0.0.0/8', /"ssh" is no port/, /"tcp 443"/],
    ['icmpv6 from ::/0', /icmpv6 is without its type/, /"icmpv6 all"/],
    ['icmp echo from 10.0.0.0/8', /"echo" is no type of icmp/, /"icmp all"/],
    ['http from 10.0.0.0/8', /"http" is not a protocol/, /tcp, udp/],
    ['http 80 from 10.0.0.0/8', /"http" is not a protocol/, /tcp, udp/],
    ['50 1 from 10.0.0.0/8', /"50" is not a protocol/, /"protocol 50"/],
    ['all 22 from 10.0.0.0/8', /every protocol and takes no ports/, undefined],
    ['tcp 22 from 10.0.0.1', /has no prefix length/, /10\.0\.0\.1\/32/],
  ])('%j: the message has the text, what is wrong with it, and what to write', (text, problem, advice) => {
    const rule = parseRuleName(text);
    if (!('problem' in rule)) throw new Error(`${text} is ${ruleName(rule)}`);
    expect(rule.problem.startsWith(`"${text}": `)).toBe(true);
    expect(rule.problem).toMatch(problem);
    if (advice) expect(rule.advice).toMatch(advice);
  });

  test.each([
    ['tcp 22 from sg-xyz', /not the id of a security group/],
    ['tcp 22 from sg-0123456789abcdef', /not the id of a security group/],
    ['tcp 22 from 1111/sg-00000001', /not the id of an account/],
    ['tcp 22 from pl-office', /not the id of a prefix list/],
    ['tcp 22 from 203.0.113.7/24', /host bits set; the network it lies in is 203\.0\.113\.0\/24/],
    ['tcp 22 from 2001:db8::1/64', /host bits set/],
  ])('%j is a name that AWS could give, but not what a person means', (text, problem) => {
    expect(parseRuleName(text)).not.toHaveProperty('problem');
    expect(parseWrittenRule(text)).toMatchObject({ problem: expect.stringMatching(problem) });
  });

  it('is read alike where nothing is doubtful', () => {
    for (const text of [
      'tcp 22 from 203.0.113.7/32',
      'all from 111122223333 / sg-00000001 VIA pcx-1',
      'all to 2001:0DB8::/32',
    ])
      expect(parseWrittenRule(text)).toEqual(parseRuleName(text));
  });

  it('never throws', () => {
    const words = fc.constantFrom(
      'tcp',
      'icmp',
      'protocol',
      '22',
      '3/4',
      '-1',
      'from',
      'to',
      'sg-1',
      '::/0',
      'via',
      '/',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((list) => list.join(' ')),
        ),
        (text) => void parseRuleName(text),
      ),
    );
  });
});

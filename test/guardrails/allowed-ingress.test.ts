/** What an entry of allowed ingress may say, and what of it is refused because it would not mean what it seems to. */
import { describe, expect, it } from 'vitest';
import { allowedIngress } from '../../src/guardrails/allowed-ingress.ts';
import { ingressFindings } from '../../src/guardrails/ingress-findings.ts';
import type { Rules } from '../../src/model/rule.ts';
import { rulesOf, stateOf } from '../support/snapshots.ts';
import { refusalsOf } from './refusals.ts';

const policy = (guardrail: string, body: string): string =>
  `kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails: { ${guardrail}: ${body} }\n`;
const entry = (fields: string): string => policy(allowedIngress.name, `[{ otherwise: narrow, ${fields} }]`);
const refused = (yaml: string): string => refusalsOf(() => stateOf(yaml));

describe('an entry that governs more than it seems to, or nothing, is refused', () => {
  it.each([
    ['ports: [22], protocols: [icmp], from: none', 'icmp has no ports: the entry would govern all of it'],
    ['ports: [22], protocols: [tcp, icmpv6], from: none', 'icmpv6 has no ports'],
    ['ports: [22], protocols: ["50"], from: none', '50 has no ports'],
    ['ports: [22], protocols: [all], from: none', 'most protocols have no ports'],
    ['ports: { not: [80] }, protocols: [icmp], from: none', 'icmp has no ports'],
    ['ports: [22], protocols: [icmp], from: none', 'in an entry of its own, without "ports"'],
    [
      'protocols: ["300"], from: none',
      'is not a protocol. write tcp, udp, icmp, icmpv6, all, or a number from 0 to 255',
    ],
    ['protocols: ["017"], from: none', 'is not a protocol'],
    ['protocols: [http], from: none', 'is not a protocol'],
    ['protocols: ["6"], ports: [22], from: none', 'protocol 6 is tcp. write tcp'],
    ['protocols: ["58"], from: none', 'protocol 58 is icmpv6. write icmpv6'],
    [
      'widerThan: /64, from: none',
      'is not the length of a prefix of IPv4. write /1 to /32, e.g. /24; the length for IPv6',
    ],
    ['widerThan: /0, from: none', 'is not the length of a prefix of IPv4'],
    ['widerThan: /08, from: none', 'is not the length of a prefix of IPv4'],
    ['widerThan: "24", from: none', 'is not the length of a prefix of IPv4'],
    ['widerThan: /24, widerThan6: /999, from: none', 'is not the length of a prefix of IPv6. write /1 to /128'],
    ['widerThan6: /48, from: none', 'says nothing of IPv4, which would be governed whatever its width'],
    ['ports: { not: [0-65535] }, from: none', 'leaves no port, so that the entry governs none'],
    ['ports: { not: [0-1023, 1024-65535] }, from: none', 'leaves no port'],
    ['ports: [023-25], from: none', 'is neither a port nor a range of ports'],
    ['ports: ["22"], from: none', 'write e.g. 8080 or 8000-8080'],
    ['from: [none]', 'write from: none'],
    ['from: [sg-web]', 'is not the id of a security group'],
    ['from: [sg-0123456789abcdef]', '17 hexadecimal digits, or 8'],
    ['from: [SG-0abc]', 'is not the id of a security group'],
    ['from: [pl-xyz]', 'is not the id of a prefix list'],
    ['ports: [25-22], from: none', 'the first port must not be above the second'],
  ])('%s', (fields, words) => {
    expect(refused(entry(fields))).toContain(words);
  });

  it.each([
    'ports: [22, 8000-8080, "9000-9001"], from: none',
    'ports: [22], protocols: [tcp], from: none',
    'ports: { not: [80, 443] }, protocols: [all], from: none',
    'protocols: [icmp, "50", udp], from: none',
    'widerThan: /32, from: none',
    'widerThan: /1, widerThan6: /128, from: none',
  ])('%s is not', (fields) => {
    expect(refused(entry(fields))).toBe('');
  });

  it('with every mistake of it at once', () => {
    const words = refused(entry('ports: [22], protocols: [icmp, "300"], widerThan: /64, from: [10.0.0.1/8, offise]'));
    const parts = ['icmp has no ports', 'is not a protocol', 'a prefix of IPv4', 'host bits', 'unknown range "offise"'];
    for (const part of parts) expect(words).toContain(part);
  });

  it('with those of the other entries, whatever is wrong with this one', () => {
    const entries =
      '[{ port: [22], from: none }, { from: [offise, 10.0.0.1/8, sg-0000000a], otherwise: narow }, 7, { from: 3 }]';
    const words = refused(policy(allowedIngress.name, entries));
    for (const part of ['unknown key "port"', 'unknown range "offise"', 'host bits', 'expected "narrow"'])
      expect(words).toContain(part);
  });
});

describe('what `from` does to references to groups', () => {
  const BEFORE = [
    'tcp 22 from sg-00000001',
    'tcp 22 from sg-00000002',
    'tcp 22 from sg-00000003',
    'tcp 22 from 10.0.0.0/8',
  ];
  const around = (id: string) => ({
    account: '111122223333',
    region: 'eu-west-1',
    id,
    about: { name: 'web', vpc: 'vpc-00000001', tags: {} },
    ranges: { offices: ['10.0.0.0/8'] },
    look: () => undefined,
    elsewhere: () => ({ state: 'not-asked' as const }),
  });
  const keptIn = (id: string, params: unknown): readonly string[] => {
    const rules: Rules = rulesOf(...BEFORE);
    const cut = new Set(allowedIngress.cuts(rules, params as never, around(id)).map(({ field }) => field));
    return BEFORE.filter((name) => !cut.has(name));
  };
  const parsed = (from: unknown) => allowedIngress.schema.parse([{ ports: [22], from, otherwise: 'narrow' }]);

  it.each([
    ['ranges alone leave them', ['offices'], BEFORE],
    [
      'a group that is named is the only one that stays, itself not',
      ['offices', 'sg-00000002'],
      [BEFORE[1], BEFORE[3]],
    ],
    [
      'itself is one of those that can be named',
      ['offices', 'sg-00000002', 'itself'],
      [BEFORE[0], BEFORE[1], BEFORE[3]],
    ],
    ['only itself', ['itself'], [BEFORE[0]]],
    ['none is nobody, itself included', 'none', []],
  ])('%s', (_, from, kept) => {
    expect(keptIn('sg-00000001', parsed(from))).toEqual(kept);
  });

  it('`itself` is another group in each group', () => {
    const params = parsed(['itself']);
    for (const [id, name] of [
      ['sg-00000001', BEFORE[0]],
      ['sg-00000002', BEFORE[1]],
      ['sg-00000001', BEFORE[0]],
    ] as const)
      expect(keptIn(id, params)).toEqual([name]);
  });

  it('is not a name that a range can have', () => {
    const ranges = 'kind: Ranges\nranges: { itself: [10.0.0.0/8], none: [10.0.0.0/8] }\n';
    expect(refused(ranges)).toContain('"itself" is built in: it means the members of the group');
    expect(refused(ranges)).toContain('"none" is built in: it means nobody');
  });
});

it.each([
  ['world: /64', 'is not the length of a prefix of IPv4'],
  ['world6: /129', 'is not the length of a prefix of IPv6'],
  ['wide: /33', 'is not the length of a prefix of IPv4'],
  ['wide6: "48"', 'is not the length of a prefix of IPv6'],
])('findings refuse %s', (fields, words) => {
  expect(refused(policy(ingressFindings.name, `{ ${fields} }`))).toContain(words);
});

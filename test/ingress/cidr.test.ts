import { parseCidr as oracle } from 'cidr-tools';
import fc from 'fast-check';
import { Address6 } from 'ip-address';
import { describe, expect, it, test } from 'vitest';
import { type Cidr, formatCidr, parseCidr } from '../../src/ingress/cidr.ts';
import { lawRuns } from '../support/law-runs.ts';
import { cidr4, cidr6 } from './arbitraries.ts';

const parsed = (text: string): Cidr => {
  const cidr = parseCidr(text);
  if ('problem' in cidr) throw new Error(cidr.problem);
  return cidr;
};

describe('a text that some tool somewhere accepts is refused', () => {
  test.each([
    ['010.0.0.0/8', 'octal', 'leading zeros'],
    ['10.0.0.08/32', 'a leading zero in a part', 'leading zeros'],
    ['0x0a.0.0.0/8', 'hexadecimal', 'e.g.'],
    ['0x0a000000/8', 'hexadecimal without dots', 'e.g.'],
    ['167772160/8', 'a whole number', 'e.g.'],
    ['10/8', 'missing parts', 'e.g.'],
    ['10.0.0/24', 'a missing part', 'e.g.'],
    ['10.0.0.0.0/24', 'a part too many', 'e.g.'],
    ['256.0.0.0/8', 'a part above 255', 'e.g.'],
    ['10.0.0.0/33', 'a prefix above 32', '0 to 32'],
    ['10.0.0.0/-1', 'a negative prefix', '0 to 32'],
    ['10.0.0.0/08', 'a leading zero in the prefix', 'leading zeros'],
    ['10.0.0.0/', 'an empty prefix', '0 to 32'],
    ['10.0.0.0/8/8', 'two prefixes', '0 to 32'],
    ['10.0.0.0/+8', 'a sign', '0 to 32'],
    ['10.0.0.0/8.0', 'a fraction', '0 to 32'],
    ['10.0.0.0/255.0.0.0', 'a netmask', '0 to 32'],
    ['10.0.0.0 /8', 'white space before the slash', 'white space'],
    [' 10.0.0.0/8', 'white space in front', 'white space'],
    ['10.0.0.0/8\n', 'a line break', '0 to 32'],
    ['10.0.0.1', 'a bare address', 'write 10.0.0.1/32'],
    ['2001:db8::1', 'a bare IPv6 address', 'write 2001:db8::1/128'],
    ['\uff11\uff10.0.0.0/8', 'full-width digits', 'e.g.'],
    ['fe80::1%eth0/64', 'a zone id', 'zone id'],
    ['2001:db8:::/32', 'three colons', 'e.g.'],
    ['2001::db8::/32', 'two gaps', 'e.g.'],
    ['::/129', 'a prefix above 128', '0 to 128'],
    ['2001:db8:0:0:0:0:0:0:0/32', 'nine groups', 'e.g.'],
    ['2001:db8:0:0:0:0:0/32', 'seven groups', 'e.g.'],
    ['1:2:3:4:5:6:7:8::/128', 'a gap that stands for nothing', 'e.g.'],
    ['2001:db80000::/32', 'five digits', 'e.g.'],
    ['::ffff:192.0.2.0/120', 'a dotted tail', 'IPv4 range by itself'],
    ['::192.0.2.0/120', 'a dotted tail without ffff', 'IPv4 range by itself'],
    ['[2001:db8::]/32', 'brackets', 'e.g.'],
    [':/0', 'one colon', 'e.g.'],
    ['/0', 'no address', 'e.g.'],
    ['', 'nothing', 'e.g.'],
    ['any', 'a word', 'e.g.'],
    ['0.0.0.0/0,::/0', 'two at once', '0 to 32'],
  ])('%j: %s', (text, _, advice) => {
    const cidr = parseCidr(text);
    expect(cidr).toHaveProperty('problem');
    expect(cidr).toHaveProperty('advice', expect.stringContaining(advice));
    expect(cidr).not.toHaveProperty('network');
  });

  it('quotes a hostile text short and without control characters', () => {
    const cidr = parseCidr(`\u001b[31m${'9'.repeat(5000)}`);
    expect(cidr).toHaveProperty('problem', expect.stringMatching(/^[\x20-\x7e…]{0,100}$/));
  });
});

describe('host bits are a problem that names the network meant', () => {
  test.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['100.68.0.18/18', '100.68.0.0/18'],
    ['255.255.255.255/0', '0.0.0.0/0'],
    ['192.0.2.1/31', '192.0.2.0/31'],
    ['2001:db8::1/64', '2001:db8::/64'],
    ['ffff::1/1', '8000::/1'],
  ])('%s means %s', (text, network) => {
    expect(parseCidr(text)).toEqual({
      problem: `"${text}" has host bits set; the network it lies in is ${network}`,
      advice: `write ${network}`,
      network: parsed(network),
    });
  });
});

describe('one network has one text', () => {
  test.each([
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0000/32', '2001:db8::/32'],
    ['2001:db8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['0:0:0:0:0:0:0:0/0', '::/0'],
    ['0:0:0:0:0:0:0:1/128', '::1/128'],
    ['::FFFF:C000:0200/120', '::ffff:c000:200/120'],
    ['1:0:0:0:0:0:0:0/16', '1::/16'],
  ])('%s is written %s', (text, canonical) => {
    expect(formatCidr(parsed(text))).toBe(canonical);
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(fc.oneof(cidr4(), cidr6()), (cidr) => {
        expect(parsed(formatCidr(cidr))).toEqual(cidr);
      }),
      { numRuns: lawRuns(5000) },
    );
  });

  it('writes IPv6 as ip-address does', () => {
    // Few distinct groups, so that runs of zeros are frequent.
    const groups = fc.array(fc.constantFrom('0', '0', '1', 'ab', 'ffff'), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, (parts) => {
        expect(formatCidr(parsed(`${parts.join(':')}/128`))).toBe(`${new Address6(parts.join(':')).correctForm()}/128`);
      }),
      { numRuns: lawRuns(5000) },
    );
  });

  it('means the addresses that cidr-tools means', () => {
    fc.assert(
      fc.property(fc.oneof(cidr4(), cidr6()), (cidr) => {
        const { start } = oracle(formatCidr(cidr));
        expect(BigInt(cidr.first)).toBe(start);
      }),
      { numRuns: lawRuns(5000) },
    );
  });
});

/** Is it told before the apply when a group has no room for what is planned? */
import { describe, expect, it } from 'vitest';
import type { Observation, Room } from '../../src/model/resource.ts';
import type { Rules } from '../../src/model/rule.ts';
import { overflow } from '../../src/resources/security-group/quota.ts';
import { ruleTransition } from '../../src/resources/security-group/transition.ts';
import { rulesOf } from '../support/snapshots.ts';

const list = (weight: number, family: string): Observation => ({ value: {}, handles: {}, about: { weight, family } });
const LISTS: { readonly [id: string]: Observation } = { 'pl-4': list(5, 'IPv4'), 'pl-6': list(5, 'IPv6') };
const room = (rulesPerGroup: number): Room => ({ rulesPerGroup, look: (_, id) => LISTS[id] });

function messageOf(before: Rules, after: Rules, quota: number): string | undefined {
  return overflow(before, ruleTransition(before, after, 'sg-1'), room(quota))?.message;
}

/** Rules for single addresses. */
function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `tcp 22 from 198.51.100.${i}/32`);
}

describe('the quota of rules per group', () => {
  it.each([
    ['exactly as many as it', addresses(3), addresses(4), 4],
    ['one changed in place beside a full group', addresses(4), [...addresses(3), 'tcp 23 from 198.51.100.3/32'], 4],
    ['the families apart', addresses(3), [...addresses(3), ...['a', 'b', 'c'].map((x) => `tcp 22 from ::${x}/128`)], 3],
    ['the directions apart', addresses(3), [...addresses(3), 'tcp 22 to 10.0.0.0/8', 'tcp 23 to 10.0.0.0/8'], 3],
    ['a list of the other family', addresses(3), [...addresses(3), 'tcp 22 from pl-6'], 5],
    ['fewer rules than there are in a group that is over the setting', addresses(6), addresses(5), 3],
  ])('has room for %s', (_, before, after, quota) => {
    expect(messageOf(rulesOf(...before), rulesOf(...after), quota)).toBeUndefined();
  });

  it.each([
    ['more than it', [], addresses(5), 4, 'would have IPv4 ingress rules: 5, 1 over the 4 of its quota'],
    ['the entries of a list', [], ['tcp 22 from pl-4'], 3, 'IPv4 ingress rules: 5, 2 over the 3'],
    [
      'a list that was not read',
      addresses(3),
      [...addresses(3), 'tcp 22 from pl-7'],
      3,
      'IPv4 ingress rules: 4, 1 over the 3',
    ],
    [
      'references, in both families',
      ['tcp 1 from ::/0'],
      ['tcp 1 from ::/0', 'tcp 1 from sg-1'],
      1,
      'IPv6 ingress rules: 2',
    ],
    ['egress', [], ['all to 10.0.0.0/8', 'all to 10.0.0.0/9'], 1, 'IPv4 egress rules: 2, 1 over the 1'],
    ['more than a group over the setting has', addresses(6), addresses(7), 3, '7, 1 over the 6'],
  ])('has no room for %s', (_, before, after, quota, words) => {
    expect(messageOf(rulesOf(...before), rulesOf(...after), quota)).toContain(words);
  });

  it('is about every instant: replacements stand beside what they replace', () => {
    const before = rulesOf('tcp 22 from sg-1', 'tcp 22 from sg-2');
    const after = rulesOf('tcp 22 from sg-3', 'tcp 22 from sg-4');
    expect(messageOf(before, after, 4)).toBeUndefined();
    expect(messageOf(before, after, 3)).toBe(
      'while replacements stand beside what they replace, the group would have IPv4 ingress rules: 4, 1 over the 3 of its quota',
    );
  });
});

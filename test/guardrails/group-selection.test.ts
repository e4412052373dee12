/** Which groups a selection means; their names and tags are chosen by whoever may make a group in the account. */
import { describe, expect, it } from 'vitest';
import { groupSelection, selects } from '../../src/guardrails/group-selection.ts';

const around = (name: string, tags: Readonly<Record<string, string>> = {}) => ({
  id: 'sg-1',
  about: { name, tags, vpc: 'vpc-00000001' },
});
const meant = (selection: unknown, name: string, tags = {}): boolean =>
  selects(groupSelection.parse(selection), around(name, tags));

describe('a selection of groups', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'web-1', false],
    ['web*', 'web-1', true],
    ['*-web', 'a-web', true],
    ['w?b', 'wab', true],
    ['w?b', 'wb', false],
    ['a.c', 'abc', false],
    ['(web)+[1]', '(web)+[1]', true],
    ['*', 'a\nb', true],
    ['w?b', 'w😀b', true],
  ])('by the name %j and %j: %s', (glob, name, yes) => {
    expect(meant({ names: [glob] }, name)).toBe(yes);
  });

  it('by tags: all of them, `*` is any value', () => {
    expect(meant({ tags: { env: 'prod*', team: '*' } }, 'x', { env: 'prod-1', team: '' })).toBe(true);
    expect(meant({ tags: { env: 'prod*', team: '*' } }, 'x', { env: 'prod-1' })).toBe(false);
  });

  it.each([
    { ids: ['sg-0123456789abcdef'] },
    { ids: ['sg-0123456789abcdef01'] },
    { ids: ['sg-web'] },
    { vpcs: ['vpc-0abc'] },
  ])('is refused for an id that EC2 gives to nothing: %j', (selection) => {
    expect(groupSelection.safeParse(selection).error?.issues[0]?.message).toMatch(/17 hexadecimal digits, or 8/);
    expect(groupSelection.safeParse({ ids: ['sg-0123456789abcdef0'], vpcs: ['vpc-0123abcd'] }).success).toBe(true);
  });

  it('takes no longer for a name and a pattern that backtracking would never be done with', () => {
    const name = 'a'.repeat(255);
    const start = performance.now();
    for (let i = 0; i < 20; i++) {
      expect(meant({ names: ['*a*a*a*a*a*a*a*a*b'] }, name)).toBe(false);
      expect(meant({ tags: { k: '*a*a*a*a*a*a*a*a*b' } }, name, { k: name })).toBe(false);
    }
    // Some milliseconds; the pattern as a regular expression takes more than a minute for one of them.
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

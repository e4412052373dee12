/** Rules read back after a call: as a first look would find them, and nothing where the group is gone. */
import { expect, it } from 'vitest';
import { openReader } from '../../src/fleet/sessions.ts';
import { securityGroup } from '../../src/resources/security-group.ts';
import { withSandbox } from '../support/sandbox.ts';
import { FIRST, FLEET, POLICY, SMALL_SEED } from '../support/small.ts';

it('are the same rules with the same handles; a group without rules is there, and one that is gone is not', () => {
  const seed = SMALL_SEED.replace('groups:', 'groups:\n              - { name: bare, ingress: [], egress: [] }');
  return withSandbox({ seed, state: `${FLEET}---\n${POLICY}` }, async ({ connection, fleet }) => {
    const target = { account: FIRST, region: 'eu-west-1' };
    const aws = await openReader(connection, fleet, target, securityGroup.reads);
    const first = await securityGroup.read(aws, { close: true });
    const ids = Object.keys(first);
    const again = await securityGroup.read(aws, { ids: [...ids, 'sg-0123456789abcdef0'], close: true, again: true });
    const valuesOf = (found: typeof first) =>
      Object.fromEntries(Object.entries(found).map(([id, { value, handles }]) => [id, { value, handles }]));
    expect(Object.values(first).map(({ value }) => Object.keys(value).length)).toContain(0);
    expect(valuesOf(again)).toEqual(valuesOf(first));
  });
});

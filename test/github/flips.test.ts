/** What is told of changes that keep coming back: bounded, escaped, and only where names may be told. */
import { describe, expect, it } from 'vitest';
import { remarkOnFlips } from '../../src/commands/action/flips.ts';
import type { Cell } from '../../src/model/plan.ts';
import type { Run } from '../../src/run.ts';
import { DATA, enter, HUB, MANAGEMENT, start, WEB } from '../aws/organisation.ts';
import { cell, rule, rules } from '../render/fixtures.ts';
import { HOSTILE } from '../render/hostile.ts';
import { intrusions } from '../render/parse-markdown.ts';

/** CloudTrail takes two requests a second of each. */
const ACCOUNTS = [WEB, DATA, HUB, MANAGEMENT] as const;
const accountOf = (index: number): string => ACCOUNTS[index % ACCOUNTS.length] ?? WEB;
const idOf = (index: number): string => `sg-${String(index).padStart(17, '0')}`;
const flipping: readonly Cell[] = HOSTILE.slice(0, 7).map((title, index) =>
  cell({
    account: accountOf(index),
    region: 'eu-west-1',
    resource: 'security-group',
    id: idOf(index),
    title,
    before: rules(rule('tcp', [22, 22], '0.0.0.0/0')),
    after: {},
  }),
);

describe('what keeps coming back', () => {
  it('is told for five, with three names each, none of which is obeyed', async () => {
    const sandbox = await start();
    const connection = await enter(sandbox);
    try {
      for (const [index, name] of HOSTILE.slice(0, 20).entries()) {
        const group = Math.floor(index / 4);
        const account = accountOf(group);
        sandbox.world.trail.push({
          ...{ id: String(index), at: Date.now() - 1000 * index, account, region: 'eu-west-1' },
          ...{ source: 'ec2.amazonaws.com', name, by: `arn:aws:sts::${account}:assumed-role/admin/${name}` },
          parameters: { groupId: idOf(group) },
        });
      }
      const run = { connection, fleet: { role: { read: 'trueup-read' } }, now: new Date() } as unknown as Run;
      const [told = '', ...more] = await remarkOnFlips(flipping, { publication: 'full' }, run);
      expect(more).toEqual([]);
      expect(told).toContain('**7 not healed any more**');
      expect(told.match(/\n {2}- .* and 1 more$/gm)).toHaveLength(5);
      expect(told).toMatch(/\n {2}- 2 more$/);
      expect(intrusions(`- ${told}`)).toEqual([]);
    } finally {
      await connection.close();
      await sandbox.close();
    }
  });

  it('is only counted where only numbers are published: CloudTrail is not asked', async () => {
    const [told] = await remarkOnFlips(flipping, { publication: 'counts' }, {} as Run);
    expect(told).toMatch(/^🟡 \*\*7 not healed any more\*\*[^`]*$/);
    expect(await remarkOnFlips([], { publication: 'full' }, {} as Run)).toEqual([]);
  });
});

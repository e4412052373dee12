/** Nobody at the terminal, or somebody who leaves: nothing is read in vain, and no half of a file stays behind. */
import type { ChildProcess } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { SMALL_SEED, STATE } from '../support/small.ts';

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(SMALL_SEED, STATE);
});
afterEach(() => desk.close());

describe('without anybody to ask', () => {
  it.each([[['apply']], [['apply', '--json']], [['revert', '20260101T000000Z-abcdef']]])(
    '%j refuses before it sends a single request',
    async (words) => {
      const { code, stdout, stderr } = await desk.trueup(words);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/there is nobody to ask|--json leaves no place to ask/);
      expect(stderr).toContain('add --yes when the');
      expect(desk.sandbox.requests).toEqual([]);
    },
  );

  it('a plan file is no answer: it says what, not yes', async () => {
    await desk.trueup(['plan', '--out', desk.path('plan.json')]);
    const before = desk.sandbox.requests.length;
    const { code, stderr } = await desk.trueup(['apply', desk.path('plan.json')]);
    expect(code).toBe(1);
    expect(stderr).toContain('there is nobody to ask');
    expect(desk.sandbox.requests).toHaveLength(before);
  });
});

describe('Ctrl-C while reading', () => {
  it.each([
    ['the regions', 'DescribeRegions', ['plan', '--out', 'plan.json']],
    ['groups', 'DescribeSecurityGroups', ['plan', '--out', 'plan.json']],
    ['rules, closer', 'DescribeSecurityGroupRules', ['plan', '--out', 'plan.json']],
    ['groups for a snapshot', 'DescribeSecurityGroups', ['snapshot', '--out', 'plan.json']],
    ['groups before an apply', 'DescribeSecurityGroups', ['apply', '--yes']],
  ])('%s ends with 130 and leaves no file', async (_what, action, words) => {
    const enabled = STATE['state/fleet.yaml'].replace('regions: [eu-west-1]', 'regions: enabled');
    await desk.write({ 'state/fleet.yaml': enabled });
    const files = await readdir(desk.directory);
    const held = desk.sandbox.hold({ action });
    const { child, ended } = desk.start(words);
    await held.arrived;
    child.kill('SIGINT');
    await said(child, 'stopping');
    held.release();
    const { code, stdout, stderr } = await ended;
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/stopped while .*\(interrupted\)/);
    expect(await readdir(desk.directory)).toEqual(files);
  });

  it('ends at once when it is pressed again, whatever AWS is doing', async () => {
    const held = desk.sandbox.hold({ action: 'DescribeSecurityGroups' });
    const { child, ended } = desk.start(['plan', '--out', 'plan.json']);
    await held.arrived;
    child.kill('SIGINT');
    await said(child, 'stopping');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(await readdir(desk.directory)).toEqual(['state']);
  });
});

function said(child: ChildProcess, text: string): Promise<void> {
  let heard = '';
  return new Promise((done) => {
    child.stderr?.on('data', (more: string) => {
      heard += more;
      if (heard.includes(text)) done();
    });
  });
}

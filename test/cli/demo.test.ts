/** The README's first command: the demo checks itself, so here it only has to end well and show what it promises. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('the demo plans, applies, plans again, reverts, and finds every value as before', async () => {
  const root = resolve(import.meta.dirname, '../..');
  const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli.js', 'demo'], {
    cwd: root,
    maxBuffer: 1 << 24,
  });
  expect(stdout).toMatch(/write sessions were opened; together they could touch \d+ groups and nothing else/);
  expect(stdout).toContain('Plan: nothing to change in what could be read, 1 held, 1 unread');
  expect(stdout).toContain('Every value is as it was before.');
  // Hostile names are in the seed on purpose.
  expect(stdout).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
});

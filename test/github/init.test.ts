/** "trueup init" as a process: what it writes is valid, and what is there already stays. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { workflows } from '../../src/commands/workflows.ts';
import { openDesk } from '../support/cli.ts';
import { SMALL_SEED } from '../support/small.ts';

it('writes a state that is valid and the workflows, and never over what is there', async () => {
  const mine = '# mine\nkind: Ranges\nranges: { corporate: [203.0.113.0/24] }\n';
  const desk = await openDesk(SMALL_SEED, { 'guardrails/ranges.yaml': mine });
  try {
    const words = ['init', '--state', 'guardrails', '--action', 'octo/trueup@v1'];
    const first = await desk.trueup(words);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('kept  guardrails/ranges.yaml');
    // What it says to do next can be done as it stands, and fits any terminal.
    expect(first.stderr).toContain('trueup validate --state guardrails\n');
    expect(first.stderr).toContain('octo/trueup@v1. A name can be moved');
    expect(first.stderr.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(await readFile(desk.path('guardrails/ranges.yaml'), 'utf8')).toBe(mine);
    expect(await desk.trueup(['validate', '--state', 'guardrails'])).toMatchObject({ code: 0 });
    for (const [path, text] of Object.entries(workflows({ action: 'octo/trueup@v1', state: 'guardrails' })))
      expect(await readFile(desk.path(path), 'utf8')).toBe(text);
    const again = await desk.trueup(words);
    expect(again.stdout).not.toContain('wrote');
    expect(await readdir(desk.path('guardrails'))).toEqual(['baseline.yaml', 'fleet.yaml', 'ranges.yaml']);
    expect(await desk.trueup(['init', '--state', '../elsewhere'])).toMatchObject({ code: 1 });
    await rm(desk.path('.github'), { recursive: true });
    expect(await desk.trueup([...words, '--shards', '3'])).toMatchObject({ code: 0 });
    for (const [path, text] of Object.entries(workflows({ action: 'octo/trueup@v1', state: 'guardrails', shards: 3 })))
      expect(await readFile(desk.path(path), 'utf8')).toBe(text);
    for (const number of ['0', '65', 'many'])
      expect((await desk.trueup([...words, '--shards', number])).stderr).toContain('from 1 to 64');
  } finally {
    await desk.close();
  }
});

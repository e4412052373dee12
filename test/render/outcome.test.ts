import { describe, expect, it } from 'vitest';
import type { CellResult } from '../../src/model/journal.ts';
import { type Ended, renderOutcomes, renderOutcomesMarkdown, viewOutcomes } from '../../src/render/outcome.ts';
import { names, realistic } from './fixtures.ts';
import { HOSTILE } from './hostile.ts';
import { hostilePlan } from './hostile-plan.ts';
import { intrusions } from './parse-markdown.ts';

const REASONS: { readonly [result in CellResult]?: Ended['reason'] } = {
  failed: {
    code: 'access-denied',
    message: 'not authorized to perform ec2:RevokeSecurityGroupIngress: a service control policy denies it',
    advice: 'ask whoever owns the policy, then plan again',
  },
  moved: { code: 'moved', message: 'it is no longer as it was planned from', advice: 'plan again' },
  interrupted: { code: 'interrupted', message: 'stopped on request', advice: 'the next run continues from here' },
};
const RESULTS: readonly CellResult[] = ['applied', 'failed', 'moved', 'interrupted', 'applied', 'applied'];

const outcomes: readonly Ended[] = realistic.cells
  .filter(({ outcome }) => outcome === 'change')
  .map((cell, i) => {
    const result = RESULTS[i] ?? 'applied';
    const reason = REASONS[result];
    return { cell, result, ...(reason && { reason }) };
  });

describe('the outcome of an apply', () => {
  it('shows first what somebody must act on', async () => {
    const text = renderOutcomes(outcomes, { colour: false, width: 100 }, names);
    await expect(text).toMatchFileSnapshot('snapshots/apply.txt');
    expect(viewOutcomes(outcomes, names).sections.map(({ title }) => title)).toEqual([
      'Failed',
      'Interrupted',
      'Moved',
      'Applied',
    ]);
  });

  it('fits into a comment', async () => {
    await expect(renderOutcomesMarkdown(outcomes, { budget: 60_000 }, names)).toMatchFileSnapshot(
      'snapshots/apply.md.snap',
    );
  });

  it('is clean only if every cell was applied', () => {
    expect(viewOutcomes(outcomes, names).clean).toBe(false);
    expect(
      viewOutcomes(
        outcomes.map(({ cell }) => ({ cell, result: 'applied' })),
        names,
      ).clean,
    ).toBe(true);
  });

  it('says so when nothing was to be done', () => {
    expect(renderOutcomes([], { colour: false, width: 80 })).toBe('Apply\n\nApply: nothing was to be done');
  });

  it('obeys no data either', () => {
    const ended = hostilePlan(HOSTILE).cells.map(
      (cell): Ended => ({ cell, result: 'failed', ...(cell.reason && { reason: cell.reason }) }),
    );
    expect(intrusions(renderOutcomesMarkdown(ended, { budget: 60_000 }))).toEqual([]);
  });
});

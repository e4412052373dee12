import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/render/flow.ts';
import { renderTerminal } from '../../src/render/terminal.ts';
import { viewOf } from '../../src/render/view.ts';
import { plan, realistic, stamp } from './fixtures.ts';
import { hostileText } from './hostile.ts';
import { hostilePlan } from './hostile-plan.ts';

const COLOURS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the only control sequences there may be
  /\u001b\[(?:0|1|2|7|22|27|3[0-79]|4[0-79])m/g;

describe('renderTerminal', () => {
  it('shows the plan', async () => {
    const text = renderTerminal(viewOf(realistic), { colour: false, width: 100 });
    await expect(text).toMatchFileSnapshot('snapshots/plan.txt');
  });

  it('shows the plan in colours, which change nothing but the colours', async () => {
    const text = renderTerminal(viewOf(realistic), { colour: true, width: 100 });
    expect(stripVTControlCharacters(text)).toBe(renderTerminal(viewOf(realistic), { colour: false, width: 100 }));
    await expect(text.replaceAll('\u001b', '␛')).toMatchFileSnapshot('snapshots/plan.ansi.txt');
  });

  it('says what an empty plan is worth', () => {
    const targets = [{ account: '222222222222', region: 'eu-west-1', inState: 7, governed: {}, digest: '' }];
    const lines = renderTerminal(viewOf(plan([], { targets, digest: 'sha256:00' })), {
      colour: false,
      width: 120,
    }).split('\n');
    expect(lines).toEqual([
      `Plan  sandbox · fleet ${stamp.fleet} · 1 account, 1 target`,
      '',
      'Plan: Everything that could be read is as the state says. 7 in state. · digest sha256:00',
    ]);
  });

  it('never writes beyond the width, and obeys no text', () => {
    const texts = fc.array(hostileText, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 40, max: 160 }), fc.boolean(), (all, width, colour) => {
        const text = renderTerminal(viewOf(hostilePlan(all)), { colour, width });
        for (const line of text.replace(COLOURS, '').split('\n')) {
          expect(line).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('takes anything narrower than forty columns as forty', () => {
    const text = renderTerminal(viewOf(realistic), { colour: false, width: 1 });
    expect(text).toBe(renderTerminal(viewOf(realistic), { colour: false, width: 40 }));
  });

  it('says in words what colours say', () => {
    const lines = renderTerminal(viewOf(realistic), { colour: false, width: 100 }).split('\n');
    expect(lines).toContain('      ~ changes maxAge 90 → never  loosens');
    expect(lines).toContain('      + opens tcp 3389 from 0.0.0.0/0 “vendor”  EVERYONE');
  });
});

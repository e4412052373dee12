import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell, Plan } from '../../src/model/plan.ts';
import { renderMarkdown } from '../../src/render/markdown.ts';
import { viewOf } from '../../src/render/view.ts';
import { cause, cell, egress, plan, realistic, rule, rules, unread } from './fixtures.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import { hostilePlan } from './hostile-plan.ts';
import { intrusions, nodesOf, parseMarkdown } from './parse-markdown.ts';

const BUDGET = 60_000;
const render = (of: Plan, budget = BUDGET): string => renderMarkdown(viewOf(of), { budget });
const showAll = (budget: number): string => renderMarkdown(viewOfAll, { budget });

const account = (i: number): string => String(100000000000 + i);
const causes = [cause('default-security-group', 6)];
const group = (at: string, region: string, id: string, before: Cell['before'], after: Cell['after'] = {}): Cell =>
  cell({ account: at, region, resource: 'security-group', id, title: 'default', before, after, causes });

const sameEverywhere: Plan = plan(
  Array.from({ length: 412 * 17 }, (_, i) => {
    const id = `sg-0${i.toString(16)}`;
    return group(
      account(i % 412),
      `region-${Math.floor(i / 412)}`,
      id,
      rules(rule('-1', undefined, id), egress('0.0.0.0/0')),
    );
  }),
);
const allDifferent: Plan = plan([
  ...Array.from({ length: 10_000 }, (_, i) =>
    group(account(i % 500), 'eu-west-1', `sg-${i}`, rules(rule('tcp', [i, i], '0.0.0.0/0', `number ${i}`))),
  ),
  group(account(7), 'eu-west-1', 'sg-danger', {}, rules(rule('tcp', [22, 22], '0.0.0.0/0'))),
  ...Array.from({ length: 1_000 }, (_, i) =>
    unread(account(i), 'eu-west-1', 'security-group', { code: 'x', message: `reason ${i}` }),
  ),
]);

const viewOfAll = viewOf(allDifferent);

describe('renderMarkdown', () => {
  it('shows the plan', async () => {
    await expect(render(realistic)).toMatchFileSnapshot('snapshots/plan.md.snap');
  });

  it('tells one change in 412 accounts and 17 regions in under 3,000 characters', () => {
    const text = render(sameEverywhere);
    expect(text.length).toBeLessThan(3_000);
    expect(text).toContain('412 accounts × 17 regions');
  });

  it('tells 10,000 different changes within the budget, and uses it', () => {
    const text = showAll(BUDGET);
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    expect(text.length).toBeGreaterThan(BUDGET * 0.8);
  });

  it('never lets much of one thing crowd out what is dangerous', () => {
    for (const budget of [BUDGET, 5_000, 2_500]) {
      const text = showAll(budget);
      expect(text).toContain('opens <code>tcp 22 from 0.0.0.0/0</code>');
      expect(text.indexOf('Unread')).toBeLessThan(text.indexOf('Loosens'));
      expect(text.indexOf('Loosens')).toBeLessThan(text.indexOf('Changes'));
    }
  });

  it('accounts for every cell that it does not show', () => {
    const text = showAll(20_000);
    const hidden = [...text.matchAll(/\*\*([\d,]+) more\*\*/g)].map(([, number = '']) =>
      Number(number.replaceAll(',', '')),
    );
    const shown = (text.match(/^(?:<details|- (?:security|password))/gm) ?? []).length;
    expect(hidden.reduce((sum, number) => sum + number, shown)).toBe(11_001);
  });

  it('says where the whole of it is', () => {
    expect(renderMarkdown(viewOfAll, { budget: 5_000, see: 'the artifact' })).toMatch(/more\*\*, see the artifact\n/);
  });

  it('stays under its budget, whatever is in the plan', () => {
    const texts = fc.array(hostileText, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1_000, max: 20_000 }), (all, budget) => {
        expect(render(hostilePlan(all), budget).length).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 60 },
    );
  });

  it('closes every fold and every fence, wherever it stops', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 12_000 }), (budget) => {
        const html = nodesOf(parseMarkdown(render(realistic, budget))).flatMap((node) =>
          node.type === 'html' ? [node.value] : [],
        );
        const text = html.join('\n');
        expect((text.match(/<details/g) ?? []).length).toBe((text.match(/<\/details>/g) ?? []).length);
      }),
      { numRuns: 30 },
    );
  });

  it('does not depend on the order of the cells', () => {
    const rendered = render(realistic);
    fc.assert(
      fc.property(fc.shuffledSubarray([...realistic.cells], { minLength: realistic.cells.length }), (cells) => {
        expect(render({ ...realistic, cells })).toBe(rendered);
      }),
      { numRuns: 20 },
    );
  });
});

describe('data in Markdown', () => {
  it('gives no link, image, mention or HTML: the examples', () => {
    expect(intrusions(render(realistic))).toEqual([]);
    for (const text of HOSTILE) expect(intrusions(render(hostilePlan([text])))).toEqual([]);
    expect(intrusions(render(hostilePlan(HOSTILE)))).toEqual([]);
  });

  it('gives no link, image, mention or HTML: anything', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 15 }), (texts) => {
        expect(intrusions(render(hostilePlan(texts)))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives no line of a diff that is not marked as one', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 15 }), (texts) => {
        for (const node of nodesOf(parseMarkdown(render(hostilePlan(texts)))))
          if (node.type === 'code') {
            for (const line of node.value.split('\n')) expect(line).toMatch(/^[-+ ] |^@@ [\d,]+ unchanged @@$/);
            expect(node.value.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}|\p{Cs}/u);
          }
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same outline as harmless data: no heading, list or fold of its own', () => {
    const outline = (text: string) =>
      nodesOf(parseMarkdown(text)).flatMap((node) =>
        ['heading', 'code', 'list', 'table', 'html'].includes(node.type) ? [node.type] : [],
      );
    const harmless = Array.from({ length: 90 }, (_, i) => `name ${i}`);
    const numbered = HOSTILE.flatMap((text) => [text, text, text]).map((text, i) => `${i} ${text}`.slice(0, 60));
    expect(outline(render(hostilePlan(numbered)))).toEqual(outline(render(hostilePlan(harmless))));
  });

  it.each(['[a](https://b.example)', '![a](https://b.example)', '@ada', 'see #12', '<b>x</b>', 'https://b.example'])(
    'would be noticed: %s',
    (text) => {
      expect(intrusions(`before ${text} after`)).not.toEqual([]);
    },
  );
});

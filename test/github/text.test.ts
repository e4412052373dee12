/** What is posted: within GitHub's limits however much there is, free of what others wrote into names, and discreet. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotatePlan, annotateProblems } from '../../src/github/annotations.ts';
import { MOST_REMEMBERED } from '../../src/github/issue.ts';
import {
  COMMENT_BUDGET,
  ISSUE_BUDGET,
  type PendingText,
  pendingText,
  planText,
  problemsText,
  reasonText,
  reportText,
  SUMMARY_BUDGET,
  type Telling,
  unplannedText,
} from '../../src/github/text.ts';
import type { Plan } from '../../src/model/plan.ts';
import { cause, cell, plan, realistic, rule, rules } from '../render/fixtures.ts';
import { HOSTILE, hostileText } from '../render/hostile.ts';
import { hostilePlan } from '../render/hostile-plan.ts';
import { intrusions } from '../render/parse-markdown.ts';

const RUN = 'https://github.com/octo/guardrails/actions/runs/1';
const full: Telling = { publication: 'full', salt: '', budget: COMMENT_BUDGET, run: RUN };
const counts: Telling = { ...full, publication: 'counts', salt: 'ab' };
const pendingOf = (some: Plan): PendingText => ({
  plan: some,
  digest: `sha256:${'0'.repeat(64)}`,
  branch: 'main',
  commit: '0123456789ab',
  workflow: 'trueup-apply.yml',
  remarks: [],
});
const outcomesOf = ({ cells, names }: Plan) => ({
  outcomes: cells.map((one, i) => ({
    cell: one,
    result: (['applied', 'failed', 'moved'] as const)[i % 3] ?? 'applied',
    reason: { code: 'x', message: one.title },
  })),
  names,
  settled: 3,
  moved: 2,
  held: 1,
  unknown: 4,
  pending: 7,
});

/** Every kind of text, from one plan. */
function textsOf(some: Plan, telling: Telling): readonly string[] {
  const [text = ''] = some.cells.map(({ title }) => title);
  const reason = { code: text, message: text, advice: text };
  const problem = { code: text, message: text, advice: text, at: { file: text, line: 1, column: 1 } };
  return [
    planText(some, new Set(), telling),
    pendingText(pendingOf(some), telling),
    reportText(outcomesOf(some), telling),
    reportText({ ...outcomesOf(some), outcomes: [], refusal: reason }, telling),
    reasonText('Plan: failed', reason, telling),
    problemsText(Array.from({ length: 60 }, () => problem)),
    unplannedText(some),
  ];
}

/** What is ours: the link to the run, the issue, and small print. */
function withoutOurs(text: string): string {
  return text
    .replaceAll(`[run](${RUN})`, '')
    .replaceAll(`[the run](${RUN})`, '')
    .replaceAll('#7', '')
    .replaceAll(/<\/?sub>/g, '');
}

const huge = plan(
  Array.from({ length: 10_000 }, (_, i) =>
    cell({
      account: String(100000000000 + i),
      region: 'eu-west-1',
      resource: 'security-group',
      id: `sg-${i}`,
      title: `${HOSTILE[i % HOSTILE.length]} ${i} ${'n'.repeat(300)}`,
      before: rules(rule('tcp', [22, 22], `10.${i >> 8}.${i & 255}.0/24`, `${HOSTILE[i % HOSTILE.length]}`)),
      after: {},
      causes: [cause('allowed-ingress', i)],
    }),
  ),
);

/** Rendered once: it takes its time. */
const hugeTexts = textsOf(huge, full);
const [hugePlan = ''] = hugeTexts;

describe('what is posted', () => {
  it('stays within the limits with ten thousand different changes', () => {
    for (const text of hugeTexts) expect(text.length).toBeLessThan(65_000);
    const memory = {
      salt: 'f'.repeat(32),
      healed: Object.fromEntries(
        Array.from({ length: MOST_REMEMBERED }, (_, i) => [
          String(i).padStart(16, '0'),
          { times: 3, last: '2026-11-21' },
        ]),
      ),
    };
    const issue =
      pendingText(pendingOf(huge), { ...full, budget: ISSUE_BUDGET }).length +
      Buffer.from(JSON.stringify(memory)).toString('base64').length;
    expect(issue).toBeLessThan(65_000);
    expect(hugePlan).toMatch(/\*\*[\d,]+ more\*\*, see \[the run\]/);
    const summary = planText(huge, new Set(), { ...full, budget: SUMMARY_BUDGET });
    expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  });

  it('has no link, image, mention or HTML that came from data', () => {
    for (const text of [...textsOf(hostilePlan(HOSTILE), full), hugePlan])
      expect(intrusions(withoutOurs(text))).toEqual([]);
  });

  it('has none either with anything else that somebody may think of', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { minLength: 1, maxLength: 6 }), (texts) => {
        for (const text of textsOf(hostilePlan(texts), full)) expect(intrusions(withoutOurs(text))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('tells only numbers where everybody may read', () => {
    const secrets = [
      ...Object.values(realistic.names),
      ...realistic.cells.flatMap(({ address }) => [address.account, address.id]),
    ];
    const told = [
      planText(realistic, new Set(), counts),
      pendingText(pendingOf(realistic), counts),
      reportText(outcomesOf(realistic), counts),
    ];
    for (const text of told) {
      expect(secrets.filter((secret) => secret !== '' && text.includes(secret))).toEqual([]);
      expect(text).not.toContain(realistic.digest.slice(7, 23));
      expect(text).not.toContain('```diff');
    }
  });

  it('puts plain text on lines, of the state’s own files', () => {
    const annotations = [
      ...annotatePlan(hostilePlan(HOSTILE)),
      ...annotateProblems([{ code: 'c', message: HOSTILE.join(''), at: { file: 'state/a.yaml', line: 1, column: 1 } }]),
    ];
    for (const { message, title } of annotations) expect(`${message}${title}`).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(annotatePlan(huge)).toHaveLength(10_000);
  });
});

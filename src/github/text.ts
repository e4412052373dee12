/**
 * What is written into comments, issues, checks and summaries? Markdown by pure functions, within GitHub's limits; where
 * only numbers may be published, there is nothing else in it. Everything that somebody else wrote is escaped.
 */
import type { Plan } from '../model/plan.ts';
import type { Problem, Reason } from '../model/problem.ts';
import { countPlan, verdictOf } from '../render/counts.ts';
import { forMarkdown } from '../render/escape.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { type Ended, renderOutcomesMarkdown } from '../render/outcome.ts';
import { counted, thousands, write } from '../render/phrase.ts';
import { type View, viewOf } from '../render/view.ts';
import { salted } from './mark.ts';
import type { Publication } from './repository.ts';

/** GitHub refuses a comment of more than 65,536 UTF-16 units; the rest is for what stands around the plan. */
export const COMMENT_BUDGET = 58_000;
/** The same, with what the issue remembers beside it. */
export const ISSUE_BUDGET = 34_000;
/** A step summary may have 1 MiB, and a UTF-16 unit takes up to three bytes. */
export const SUMMARY_BUDGET = 320_000;

export type Telling = {
  readonly publication: Publication;
  readonly salt: string;
  readonly budget: number;
  /** Where the run can be seen: our own address, from the runner. */
  readonly run: string;
};

export function planText(plan: Plan, drifting: ReadonlySet<string>, telling: Telling): string {
  return viewText(plan, viewOf(plan, { drifting }), telling);
}

/** The same from a view that is there already: computing one takes a while when a lot changes. */
export function viewText(plan: Plan, view: View, telling: Telling): string {
  if (telling.publication === 'counts') return countsText(plan, view, telling);
  return renderMarkdown(view, { budget: telling.budget, see: `[the run](${telling.run})` });
}

/** Numbers, which rule is broken how often, and a digest that tells nothing. */
function countsText(plan: Plan, { digest }: Pick<View, 'digest'>, { salt }: Telling): string {
  const trust = plan.notes.filter(({ code }) => code.startsWith('trust')).length;
  const lines = [
    `### Plan: ${write(verdictOf(countPlan(plan)), () => '')}`,
    '',
    ...(trust > 0
      ? [`- 🔴 **${trust} trust ${trust === 1 ? 'change' : 'changes'}** in the fleet: look at its lines`]
      : []),
    ...(plan.breaches.length > 0
      ? [`- 🟡 ${counted(plan.breaches.length, ['safety limit', 'safety limits'])} exceeded`]
      : []),
    ...(digest === '' ? [] : [`- digest \`${salted(salt, digest).slice(0, 16)}\` (salted)`]),
    '',
    COUNTS_ONLY,
  ];
  return lines.join('\n');
}

const COUNTS_ONLY =
  '_Only numbers: everybody may read this repository, or whether they may is not known. `publish: full` shows all._';

/** @param of our own words, e.g. a commit */
export function footer(of: string, run: string): string {
  return `\n<sub>${of} · [run](${run})</sub>\n`;
}

const MOST_PROBLEMS = 50;

export function problemsText(problems: readonly Problem[]): string {
  const shown = problems.slice(0, MOST_PROBLEMS).map(({ at, message, advice }) => {
    const place = forMarkdown(`${at.file}:${at.line}:${at.column}`, 200);
    return `- ${place} ${forMarkdown(message, 300)}${advice === undefined ? '' : ` → ${forMarkdown(advice, 300)}`}`;
  });
  const more = problems.length - shown.length;
  return [
    `### Plan: the state has ${thousands(problems.length)} ${problems.length === 1 ? 'problem' : 'problems'}`,
    '',
    ...shown,
    ...(more > 0 ? [`- **${thousands(more)} more**`] : []),
    '',
  ].join('\n');
}

/** @param title e.g. `Plan: failed` */
export function reasonText(
  title: string,
  { code, message, advice }: Reason,
  { publication }: Pick<Telling, 'publication'>,
): string {
  const said = publication === 'full' ? `: ${forMarkdown(message, 500)}` : '';
  const next = publication === 'full' && advice !== undefined ? `\n- → ${forMarkdown(advice, 500)}` : '';
  return `### ${title}\n\n- ${forMarkdown(code)}${said}${next}\n`;
}

export function unplannedText({ notes }: Pick<Plan, 'notes'>): string {
  return [
    '### Plan: only after the merge',
    '',
    'The base has no fleet of this name, or its state has mistakes, so nothing that is trusted says how to reach the',
    'accounts. Once this is merged, everything it would change waits as the pending plan, to be approved by its digest.',
    '',
    ...notes.map(({ message }) => `- 🔴 ${forMarkdown(message, 300)}`),
    '',
  ].join('\n');
}

export type Report = {
  /** What became of the changes that this pull request approved. */
  readonly outcomes: readonly Ended[];
  readonly names: Plan['names'];
  /** Reviewed, and since then as declared, or gone, without anybody's doing here. */
  readonly settled: number;
  /** Reviewed, and held by a safety rule since. */
  readonly held: number;
  /** Reviewed, and now where nobody could look. */
  readonly unknown: number;
  /** Reviewed, but no longer what was reviewed. */
  readonly moved: number;
  readonly refusal?: Reason;
  /** The number of the issue with the pending plan. */
  readonly pending?: number;
};

export function reportText(report: Report, telling: Telling): string {
  const { outcomes, settled, held, unknown, moved, refusal, pending } = report;
  const head = refusal
    ? `### Apply: this pull request approved nothing\n\n- ${forMarkdown(refusal.message, 300)}${
        refusal.advice === undefined ? '' : `\n- → ${forMarkdown(refusal.advice, 300)}`
      }\n`
    : outcomesText(outcomes, report.names, telling);
  const where =
    pending === undefined
      ? 'a new pull request proposes them again'
      : `they wait in #${pending}, to be approved by digest`;
  return [
    head,
    ...(settled > 0 ? [`- ${thousands(settled)} reviewed, and already as the state says, or gone`] : []),
    ...(unknown > 0 ? [`- **${thousands(unknown)} not applied**: they could not be read; ${STILL_APPROVED}`] : []),
    ...(held > 0 ? [`- **${thousands(held)} not applied**: a safety rule holds them now; ${STILL_APPROVED}`] : []),
    ...(moved > 0 ? [`- **${thousands(moved)} not applied**: they moved since the review; ${where}`] : []),
    ...(refusal ? [`- what it would change is not lost: ${where}`] : []),
    '',
  ].join('\n');
}

const STILL_APPROVED = 'they stay approved, and the next apply tries them again';

/** What a digest stands for is kept: nobody has to look for it again. */
export function waitingText(number: number): string {
  return `**${thousands(number)} of the given digest not applied**: held, or not to be read; the same digest can be given again.`;
}

function outcomesText(outcomes: readonly Ended[], names: Plan['names'], { publication, budget, run }: Telling): string {
  if (publication === 'full') return renderOutcomesMarkdown(outcomes, { budget, see: `[the run](${run})` }, names);
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const told = [...counts].map(([result, number]) => `${number} ${result}`).join(', ');
  return `### Apply: ${told === '' ? 'nothing was to be done' : told}\n`;
}

/** What is left, without its own digest: what approves it is another one, and stands beside it. */
export function leftText(plan: Plan, telling: Telling): string {
  return viewText(plan, { ...viewOf(plan), digest: '' }, telling);
}

/** Where it is told what waits, and what approves it; nothing where nothing waits. */
export type Waiting = {
  readonly digest?: string;
  /** The number of the issue; absent when none could be written. */
  readonly issue?: string;
  readonly clean: boolean;
};

export function waitsText({ digest, issue, clean }: Waiting): string {
  if (digest !== undefined)
    return issue === undefined
      ? `\nWhat waits for approval has this digest; no issue tells of it: \`${digest}\`.\n`
      : `\nWhat waits for approval is in #${issue}: \`${digest}\`.\n`;
  return clean || issue === undefined ? '' : `\nWhat is held or could not be read is in #${issue}.\n`;
}

export type PendingText = {
  readonly plan: Plan;
  /** What a person approves; absent when nothing can be approved. */
  readonly digest?: string;
  readonly branch: string;
  /** That was planned, in short. */
  readonly commit: string;
  /** File name of the workflow that applies. */
  readonly workflow: string;
  /** Healed too often, or over a limit, in sentences of ours. */
  readonly remarks: readonly string[];
};

export function pendingText(
  { plan, digest, branch, commit, workflow, remarks }: PendingText,
  telling: Telling,
): string {
  const how =
    digest === undefined
      ? []
      : [
          '#### To approve',
          '',
          `Run the workflow ${forMarkdown(workflow)} on ${forMarkdown(branch)} with this digest; of what it covers, only what has not moved until then is applied:`,
          '',
          '```',
          `gh workflow run ${plain(workflow)} --ref ${plain(branch)} -f approved=${digest}`,
          '```',
        ];
  const remarked = remarks.map((remark) => `- ${remark}`);
  const text = leftText(plan, { ...telling, budget: telling.budget - 2_000 - remarked.join('\n').length });
  return [text, ...remarked, '', ...how, footer(`of ${commit}`, telling.run)].join('\n');
}

/** For a command that somebody may paste into a shell. */
function plain(name: string): string {
  return /^[\w./-]+$/.test(name) ? name : '…';
}

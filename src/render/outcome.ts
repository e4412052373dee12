/** What became of each cell of an apply? The same view as a plan's, in the order in which somebody must act. */
import type { CellResult } from '../model/journal.ts';
import type { Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import { type MarkdownOptions, renderMarkdown } from './markdown.ts';
import { list, type Phrase, say, words } from './phrase.ts';
import type { Names } from './place.ts';
import { renderTerminal, type TerminalOptions } from './terminal.ts';
import { type Heading, sectionsOf, type View } from './view.ts';
import { describeCell } from './wording.ts';

/** `unread`: it was to be done, and could not even be looked at. */
export type Result = CellResult | 'unread';
export type Ended = { readonly cell: Cell; readonly result: Result; readonly reason?: Reason };

/** In the order in which they are shown. */
const HEADINGS: { readonly [result in Result]: Heading } = {
  failed: { title: 'Failed', meaning: 'AWS refused, or the change was not seen afterwards', alarm: 'danger' },
  interrupted: { title: 'Interrupted', meaning: 'not finished; the next run continues these', alarm: 'caution' },
  moved: { title: 'Moved', meaning: 'no longer as reviewed, so not touched; plan again', alarm: 'unknown' },
  unread: { title: 'Unread', meaning: 'could not be looked at, so not touched', alarm: 'unknown' },
  held: { title: 'Held', meaning: 'stopped by a safety rule', alarm: 'caution' },
  applied: { title: 'Applied', meaning: 'done, and seen to be done', alarm: 'calm' },
};

export function viewOutcomes(outcomes: readonly Ended[], names: Names): View {
  const entries = outcomes.map(({ cell, result, reason }) => ({
    cell,
    changes: describeCell(cell),
    section: result,
    ...(reason && { reason }),
  }));
  return {
    title: 'Apply',
    scope: [],
    verdict: verdictOf(outcomes),
    // Where nothing was to be done, something may still wait for somebody.
    clean: outcomes.length > 0 && outcomes.every(({ result }) => result === 'applied'),
    before: [],
    sections: sectionsOf(entries, HEADINGS, names),
    after: [],
    digest: '',
  };
}

export function renderOutcomes(outcomes: readonly Ended[], options: TerminalOptions, names: Names = {}): string {
  return renderTerminal(viewOutcomes(outcomes, names), options);
}

export function renderOutcomesMarkdown(
  outcomes: readonly Ended[],
  options: MarkdownOptions,
  names: Names = {},
): string {
  return renderMarkdown(viewOutcomes(outcomes, names), options);
}

function verdictOf(outcomes: readonly Ended[]): Phrase {
  if (outcomes.length === 0) return words('nothing was to be done');
  const results = ['applied', 'held', 'unread', 'moved', 'interrupted', 'failed'] satisfies Result[];
  return list(
    results.flatMap((result) => {
      const number = outcomes.filter((outcome) => outcome.result === result).length;
      return number === 0 ? [] : [say`${number} ${words(result)}`];
    }),
  );
}

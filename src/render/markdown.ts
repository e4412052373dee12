/**
 * The view as the body of a pull request comment: within a budget by construction, most dangerous first.
 * Data stands in code spans, in fenced blocks and in `<code>`: nowhere else can it link, mention or embed.
 */
import type { Alarm } from './alarm.ts';
import { type Block, fitInto, type Piece } from './budget.ts';
import type { DiffLine } from './diff.ts';
import { fenceFor, forHtml, forMarkdown, forTerminal } from './escape.ts';
import type { Item } from './item.ts';
import type { Notice, Remark } from './notices.ts';
import { count, list, type Phrase, say, thousands, words, write } from './phrase.ts';
import type { AccountPlace, Place } from './place.ts';
import type { Section, View } from './view.ts';

export type MarkdownOptions = {
  /** UTF-16 units that the body may take; GitHub refuses a comment of more than 65,536. */
  readonly budget: number;
  /** Where the whole of it can be seen: Markdown of the caller's own. */
  readonly see?: string;
};

const MARKS: { readonly [alarm in Alarm]: string } = { danger: '🔴', unknown: '🟣', caution: '🟡', calm: '🟢' };
const LONGEST_LINE = 300;

export function renderMarkdown(view: View, { budget, see = 'the whole plan' }: MarkdownOptions): string {
  const head = `### ${view.clean ? '✅ ' : ''}${view.title}: ${inline(view.verdict)}\n\n${subtitle(view)}`;
  const foot = view.digest === '' ? '' : `\n${inline(say`digest ${view.digest}`)}\n`;
  const blocks = [
    ...view.before.map((notice) => noticeBlock(notice, see)),
    ...view.sections.map((section) => sectionBlock(section, see)),
    ...view.after.map((notice) => noticeBlock(notice, see)),
  ];
  return head + fitInto(blocks, budget - head.length - foot.length) + foot;
}

function subtitle({ scope }: View): string {
  return scope.length === 0 ? '' : `${inline(scope)}\n`;
}

function inline(phrase: Phrase): string {
  return write(phrase, forMarkdown);
}

function html(phrase: Phrase): string {
  return write(phrase, (data, max) => `<code>${forHtml(data, max)}</code>`);
}

function heading({ title, meaning, alarm }: Notice | Section, number: number): string {
  return `\n#### ${MARKS[alarm]} ${title} · ${thousands(number)}\n\n_${meaning}_\n\n`;
}

function moreOf(see: string): (cells: number) => string {
  return (cells) => `\n**${thousands(cells)} more**, see ${see}\n`;
}

function noticeBlock(notice: Notice, see: string): Block {
  const pieces = notice.remarks.map((remark): Piece => {
    const line = () => remarkLine(remark);
    return { full: line, short: line, cells: 1 };
  });
  return { head: heading(notice, notice.remarks.length), pieces, more: moreOf(see) };
}

function remarkLine({ text, at, advice }: Remark): string {
  return `- ${inline(list([text, ...(at ? [at] : []), ...(advice ? [say`→ ${advice}`] : [])], ' · '))}\n`;
}

function sectionBlock(section: Section, see: string): Block {
  const pieces = section.groups.flatMap(({ place, items }) =>
    items.map(
      (item): Piece => ({
        full: () => folded(item, place, section.alarm),
        short: () => `- ${inline(lineOf(item, place))}\n`,
        cells: item.cells,
      }),
    ),
  );
  return { head: heading(section, section.cells), pieces, more: moreOf(see) };
}

/** Everything of an item in one line: what, where, and what happens to it. */
function lineOf({ subject, summary, reason, changes }: Item, place: Place): Phrase {
  const happens = changes.length > 0 ? [summary] : reason ? [reason.text] : [];
  return list([subject, ...happens, wherever(place)], ' · ');
}

function wherever({ only, size }: Place): Phrase {
  return only ? list([accountOf(only), size], ' · ') : size;
}

function accountOf({ id, name }: AccountPlace): Phrase {
  return name === undefined ? say`${id}` : say`${name} ${id}`;
}

/**
 * What needs eyes is open, the rest waits to be opened. A blank line ends it: until there is one, CommonMark takes
 * whatever follows the closing tag for HTML. https://spec.commonmark.org/0.31.2/#html-blocks
 */
function folded(item: Item, place: Place, alarm: Alarm): string {
  const summary = `<details${alarm === 'calm' ? '' : ' open'}><summary>${html(lineOf(item, place))}</summary>\n\n`;
  return `${summary}${diffBlock(item.diff)}${details(item, place)
    .map((detail) => `- ${inline(detail)}\n`)
    .join('')}\n</details>\n\n`;
}

function details({ reason, remarks, causes, changes }: Item, { only, accounts, more }: Place): readonly Phrase[] {
  const rest = more > 0 ? say` and ${count(more, ['more', 'more'])}` : [];
  return [
    ...(reason && changes.length > 0 ? [reason.text] : []),
    ...(reason?.advice ? [say`→ ${reason.advice}`] : []),
    ...remarks,
    ...(only ? [] : [say`in ${list(accounts.map(accountOf))}${rest}`]),
    ...causes.map(({ text, of }) => say`${words('by')} ${text}${of ? say`: ${of}` : []}`),
  ];
}

function diffBlock(diff: readonly DiffLine[]): string {
  if (diff.length === 0) return '';
  const lines = diff.map(({ sign, text }) => diffLine(sign, forTerminal(text, LONGEST_LINE)));
  const fence = fenceFor(lines);
  return `${fence}diff\n${lines.join('\n')}\n${fence}\n`;
}

function diffLine(sign: DiffLine['sign'], text: string): string {
  return sign === '@' ? `@@ ${text} @@` : `${sign} ${text}`;
}

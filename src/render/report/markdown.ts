/** The report as Markdown: for a job summary, a wiki, a pager. */
import type { Severity } from '../../ingress/findings.ts';
import { forMarkdown, forTableCell } from '../escape.ts';
import { count, list, type Phrase, say, words, write } from '../phrase.ts';
import type { Report } from './collect.ts';
import {
  type AccountView,
  type FindingView,
  type GroupView,
  type RuleView,
  type UnreadView,
  viewOfReport,
} from './view.ts';

const MARKS: { readonly [severity in Severity]: string } = { critical: '🔴', high: '🟠', medium: '🟡', low: '⚪' };

export function renderReport(report: Report): string {
  const { title, scope, verdict, first, untidy, unread, legend, accounts } = viewOfReport(report);
  return [
    `# ${inline(title)}`,
    inline(scope),
    `**${inline(verdict)}**`,
    ...section('Look at these first', findingsTable(first)),
    ...section('Tidy up', findingsTable(untidy)),
    ...section('Not read', unreadLines(unread)),
    ...section('Every group', [`_${inline(legend)}_`, ...accounts.flatMap(accountBlocks)]),
  ].join('\n\n');
}

function section(title: string, blocks: readonly string[]): readonly string[] {
  return blocks.length === 0 ? [] : [`## ${title}`, ...blocks];
}

function findingsTable(findings: readonly FindingView[]): readonly string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(({ severity, what, groups, where, users }) =>
    row([words(`${MARKS[severity]} ${severity}`), what, list(groups), where, usersOf(users)]),
  );
  return [[...header(['', 'What', 'Group', 'Where', 'Used by']), ...lines].join('\n')];
}

function usersOf(users: Phrase | undefined): Phrase {
  if (users === undefined) return words('?');
  return users.length === 0 ? words('–') : users;
}

function unreadLines(unread: readonly UnreadView[]): readonly string[] {
  const lines = unread.map(({ where, what, advice }) => {
    return `- ${inline(say`${where}: ${what}${advice ? say` → ${advice}` : []}`)}`;
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function accountBlocks({ name, regions, untouched }: AccountView): readonly string[] {
  const left = count(untouched, ['untouched default group', 'untouched default groups']);
  const tables = regions.map(({ region, groups }) =>
    [
      `**${inline(region)}**\n`,
      ...header(['Group', 'Rule', 'Description', 'Finding']),
      ...groups.flatMap(groupRows),
    ].join('\n'),
  );
  return [`### ${inline(name)}`, ...tables, ...(untouched > 0 ? [`${inline(left)}.`] : [])];
}

function groupRows(group: GroupView): readonly string[] {
  const rules = group.rules.length > 0 ? group.rules.map(ruleCells) : [[words('_no rules_'), [], []]];
  return rules.map((cells, i) => row([i === 0 ? groupCell(group) : [], ...cells]));
}

function groupCell({ name, use, unused }: GroupView): Phrase {
  return say`${name}${use.length > 0 ? say` · ${use}` : []}${words(unused ? ', **unused**' : '')}`;
}

function ruleCells({ rule, description, findings }: RuleView): readonly Phrase[] {
  const marks = findings.map(({ severity, code }) => words(`${MARKS[severity]} ${code}`));
  return [rule, description, list(marks, ' ')];
}

function header(titles: readonly string[]): readonly string[] {
  return [`| ${titles.join(' | ')} |`, `|${titles.map(() => '---|').join('')}`];
}

function row(cells: readonly Phrase[]): string {
  return `| ${cells.map((cell) => write(cell, forTableCell)).join(' | ')} |`;
}

function inline(phrase: Phrase): string {
  return write(phrase, forMarkdown);
}

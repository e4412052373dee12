/** The report as a page of its own: what to look at first, and an inventory to search in. */
import type { Severity } from '../../ingress/findings.ts';
import { type Child, element, type Html, page } from '../page.ts';
import { count, list, thousands } from '../phrase.ts';
import type { Report } from './collect.ts';
import {
  type AccountView,
  type FindingView,
  type GroupView,
  type RuleView,
  type UnreadView,
  viewOfReport,
} from './view.ts';

export function renderReportHtml(report: Report): string {
  const { title, scope, verdict, first, untidy, unread, legend, accounts } = viewOfReport(report);
  const parts = [
    part('Look at these first', 'danger', first.length, findingsTable(first)),
    part('Tidy up', 'caution', untidy.length, findingsTable(untidy)),
    part('Not read', 'unknown', unread.length, element('ul', {}, ...unread.map(unreadItem))),
    part(
      'Every group',
      'calm',
      accounts.reduce((sum, account) => sum + groupsIn(account), 0),
      element('p', { class: 'meaning' }, legend),
      element('nav', {}, ...accounts.map(({ name }, i) => element('a', { href: `#account-${i}` }, name))),
      ...accounts.map(accountPart),
    ),
  ].filter(({ size }) => size > 0);
  return page(
    title,
    element(
      'header',
      {},
      element('h1', {}, title),
      element('p', { class: 'scope' }, scope),
      element('p', { class: 'verdict' }, verdict),
      element(
        'nav',
        {},
        ...parts.map((one, i) =>
          element('a', { class: one.alarm, href: `#part-${i}` }, `${one.title} ${thousands(one.size)}`),
        ),
      ),
    ),
    element(
      'main',
      {},
      ...parts.map((one, i) =>
        element('section', { class: one.alarm, id: `part-${i}` }, element('h2', {}, one.title), ...one.inside),
      ),
    ),
  );
}

type Part = { readonly title: string; readonly alarm: string; readonly size: number; readonly inside: readonly Html[] };

function part(title: string, alarm: string, size: number, ...inside: readonly Html[]): Part {
  return { title, alarm, size, inside };
}

function groupsIn({ regions, untouched }: AccountView): number {
  return regions.reduce((sum, { groups }) => sum + groups.length, untouched);
}

function findingsTable(findings: readonly FindingView[]): Html {
  const rows = findings.map(
    ({ severity, what, groups, where, users }): Row => [
      badge(severity, severity),
      what,
      list(groups),
      where,
      users === undefined ? '?' : users.length > 0 ? users : '–',
    ],
  );
  return table('table findings', ['Severity', 'What', 'Group', 'Where', 'Used by'], rows);
}

function unreadItem({ where, what, advice }: UnreadView): Html {
  return element('li', {}, where, ': ', what, ...(advice ? [element('p', {}, '→ ', advice)] : []));
}

function accountPart({ name, regions, untouched }: AccountView, index: number): Html {
  const left = count(untouched, ['untouched default group', 'untouched default groups']);
  return element(
    'details',
    { id: `account-${index}`, open: '' },
    element('summary', {}, element('h3', {}, name)),
    ...regions.flatMap(({ region, groups }) => [
      element('h4', {}, region),
      table('table', ['Group', 'Rule', 'Description', 'Finding'], groups.flatMap(groupRows)),
    ]),
    ...(untouched > 0 ? [element('p', { class: 'faint' }, left, '.')] : []),
  );
}

function groupRows(group: GroupView): readonly Row[] {
  if (group.rules.length === 0) return [[groupCell(group), element('span', { class: 'faint' }, 'no rules'), '', '']];
  return group.rules.map((rule, i) => [i === 0 ? groupCell(group) : '', ...ruleCells(rule)]);
}

function groupCell({ name, use, unused }: GroupView): Html {
  const interfaces = use.length > 0 ? [element('span', { class: 'faint' }, ' · ', use)] : [];
  return element('div', {}, name, ...interfaces, ...(unused ? [' ', badge('low', 'unused')] : []));
}

function ruleCells({ rule, description, findings }: RuleView): readonly Child[] {
  const badges = findings.map(({ severity, code }) => badge(severity, code));
  const told = badges.length > 0 ? element('div', {}, ...badges.flatMap((one) => [one, ' '])) : '';
  return [rule, description, told];
}

function badge(severity: Severity, text: string): Html {
  return element('b', { class: `badge ${severity}` }, text);
}

/** A cell for each column; one that says nothing is `''`. */
type Row = readonly Child[];

function table(name: string, titles: readonly string[], rows: readonly Row[]): Html {
  const head = element('tr', {}, ...titles.map((title) => element('th', {}, title)));
  const body = rows.map((cells) => element('tr', {}, ...cells.map((cell) => element('td', {}, cell))));
  return element(
    'div',
    { class: name },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

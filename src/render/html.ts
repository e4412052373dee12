/** The view of a plan as a page of its own, for a browser or an archive: everything that the terminal shows, and the whole diff. */
import type { DiffLine } from './diff.ts';
import type { Group } from './fold.ts';
import type { Item } from './item.ts';
import type { Notice, Remark } from './notices.ts';
import { type Child, element, type Html, page } from './page.ts';
import { list, type Phrase, say, thousands, words } from './phrase.ts';
import type { AccountPlace, Place } from './place.ts';
import type { Section, View } from './view.ts';
import { type ChangeView, warningOf } from './wording.ts';

export function renderHtml(view: View): string {
  const { title, scope, verdict, clean, digest } = view;
  const parts = [...view.before, ...view.sections, ...view.after];
  return page(
    say`${words(title)}: ${verdict}`,
    element(
      'header',
      {},
      element('h1', {}, title),
      element('p', { class: 'scope' }, scope),
      element('p', { class: clean ? 'verdict calm' : 'verdict' }, clean ? '✓ ' : '', verdict),
      element('nav', {}, ...parts.map(linkTo)),
    ),
    element('main', {}, ...parts.map((part, i) => ('groups' in part ? section(part, i) : notice(part, i)))),
    ...(digest === '' ? [] : [element('footer', {}, 'digest ', element('span', { class: 'digest' }, say`${digest}`))]),
  );
}

type Part = Notice | Section;

/** Numbered by place: a name that came from elsewhere is no anchor. */
const anchorOf = (index: number): string => `part-${index}`;

function sizeOf(part: Part): number {
  return 'groups' in part ? part.cells : part.remarks.length;
}

function linkTo(part: Part, index: number): Html {
  return element('a', { class: part.alarm, href: `#${anchorOf(index)}` }, `${part.title} ${thousands(sizeOf(part))}`);
}

function framed(part: Part, index: number, ...inside: readonly Html[]): Html {
  return element(
    'section',
    { class: part.alarm, id: anchorOf(index) },
    element('h2', {}, `${part.title} · ${thousands(sizeOf(part))}`),
    element('p', { class: 'meaning' }, part.meaning),
    ...inside,
  );
}

function notice(part: Notice, index: number): Html {
  return framed(part, index, element('ul', {}, ...part.remarks.map(remarkItem)));
}

function remarkItem({ text, at, advice }: Remark): Html {
  return element(
    'li',
    {},
    text,
    ...(at ? [element('span', { class: 'faint' }, ' · ', at)] : []),
    ...(advice ? [element('p', {}, '→ ', advice)] : []),
  );
}

function section(part: Section, index: number): Html {
  return framed(part, index, ...part.groups.flatMap((group) => groupParts(group, part)));
}

function groupParts({ place, items }: Group, part: Section): readonly Html[] {
  return [...heading(place), ...items.map((item) => article(item, part))];
}

function heading({ only, size, accounts, more }: Place): readonly Html[] {
  if (only) return [element('h3', {}, accountOf(only), ' · ', size)];
  const rest = more > 0 ? ` and ${thousands(more)} more` : '';
  return [element('h3', {}, size), element('p', { class: 'faint' }, list(accounts.map(accountOf)), rest)];
}

function accountOf({ id, name }: AccountPlace): Phrase {
  return name === undefined ? say`${id}` : say`${name} ${id}`;
}

function article({ subject, changes, reason, remarks, causes, diff }: Item, { alarm }: Section): Html {
  return element(
    'article',
    {},
    element('h4', {}, subject),
    ...(reason ? [element('p', { class: `reason ${alarm}` }, reason.text)] : []),
    ...(reason?.advice ? [element('p', {}, '→ ', reason.advice)] : []),
    ...(changes.length > 0 ? [element('ul', { class: 'changes' }, ...changes.map(changeItem))] : []),
    ...remarks.map((remark) => element('p', { class: 'remark' }, remark)),
    ...causes.map(({ text }) => element('p', { class: 'causes' }, 'by ', text)),
    ...(diff.length > 0 ? [wholeDiff(diff)] : []),
  );
}

function changeItem(change: ChangeView): Html {
  const { sign, verb, what, effect, by } = change;
  const warning = warningOf(change);
  const badge: readonly Child[] = warning ? [' ', element('b', { class: 'badge danger' }, warning)] : [];
  const line = by ? [element('span', { class: 'faint' }, ' · ', by)] : [];
  return element(
    'li',
    { class: effect },
    element('span', { class: 'sign' }, sign),
    ` ${verb} `,
    what,
    ...badge,
    ...line,
  );
}

const CLASSES: { readonly [sign in DiffLine['sign']]: string } = { '+': 'add', '-': 'del', '@': 'gap', ' ': '' };

function wholeDiff(diff: readonly DiffLine[]): Html {
  const lines = diff.flatMap(({ sign, text }) => [
    element('span', { class: CLASSES[sign] }, `${sign === '@' ? '…' : sign} `, [{ data: text, max: LONGEST_LINE }]),
    { html: '\n' },
  ]);
  return element('details', {}, element('summary', {}, 'before and after'), element('pre', {}, ...lines));
}

const LONGEST_LINE = 500;

/** The view as lines for a terminal or a plain log: headings by place, one line for each change. */
import { createColors } from 'picocolors';
import type { Alarm } from './alarm.ts';
import { flow } from './flow.ts';
import type { Group } from './fold.ts';
import type { Item } from './item.ts';
import type { Notice, Remark } from './notices.ts';
import { type Paint, paintWith, type Span, span, spansOf, type Tone } from './paint.ts';
import { type Phrase, thousands } from './phrase.ts';
import type { AccountPlace, Place } from './place.ts';
import type { Section, View } from './view.ts';
import { type ChangeView, warningOf } from './wording.ts';

export type TerminalOptions = {
  readonly colour: boolean;
  /** Columns; fewer than 40 are taken as 40. */
  readonly width: number;
};

const NARROWEST = 40;

/** A line before it is broken: where it begins, and what stands in it. */
type Line = { readonly indent: number; readonly spans: readonly Span[] };
const EMPTY: Line = { indent: 0, spans: [] };

export function renderTerminal(view: View, { colour, width }: TerminalOptions): string {
  const lines = [
    { indent: 0, spans: [span(`${view.title}  `, 'strong'), ...spansOf(view.scope, 'faint')] },
    EMPTY,
    ...view.before.flatMap(noticeLines),
    ...view.sections.flatMap(sectionLines),
    ...view.after.flatMap(noticeLines),
    verdictLine(view),
  ];
  return layOut(lines, Math.max(width, NARROWEST), paintWith(createColors(colour)));
}

function layOut(lines: readonly Line[], width: number, paint: Paint): string {
  const laid = lines.flatMap(({ indent, spans }) => flow(spans, { first: indent, rest: indent + 2 }, width, paint));
  return laid.join('\n');
}

function verdictLine({ title, verdict, clean, digest }: View): Line {
  const tail = digest === '' ? [] : [span(' · digest ', 'faint'), ...spansOf([{ data: digest, max: 80 }], 'faint')];
  return { indent: 0, spans: [span(`${title}: `, 'strong'), ...spansOf(verdict, clean ? 'good' : 'strong'), ...tail] };
}

function heading({ title, meaning, alarm }: Notice | Section, cells: number): Line {
  const badge = span(` ${title.toUpperCase()} ${thousands(cells)} `, `${alarm} badge`);
  return { indent: 0, spans: [badge, span(' '), span(meaning, 'faint')] };
}

function noticeLines(notice: Notice): readonly Line[] {
  const lines = notice.remarks.flatMap((remark) => remarkLines(remark, notice.alarm));
  return [heading(notice, notice.remarks.length), ...lines, EMPTY];
}

function remarkLines({ text, at, advice }: Remark, alarm: Alarm): readonly Line[] {
  return [
    { indent: 2, spans: [...spansOf(text, alarm), ...(at ? [span('  '), ...spansOf(at, 'faint')] : [])] },
    ...(advice ? [adviceLine(advice, 4)] : []),
  ];
}

function adviceLine(advice: Phrase, indent: number): Line {
  return { indent, spans: [span('→ ', 'link'), ...spansOf(advice, 'link')] };
}

function sectionLines(section: Section): readonly Line[] {
  const lines = section.groups.flatMap((group) => groupLines(group, section.alarm));
  return [heading(section, section.cells), ...lines, EMPTY];
}

function groupLines({ place, items }: Group, alarm: Alarm): readonly Line[] {
  return [...placeLines(place), ...items.flatMap((item) => itemLines(item, alarm))];
}

function placeLines(place: Place): readonly Line[] {
  const { only, size, accounts, more } = place;
  if (only) return [{ indent: 2, spans: [...accountSpans(only), span(' · ', 'faint'), ...spansOf(size, 'plain')] }];
  const names = accounts.flatMap((account, i) => [
    ...(i > 0 ? [span(', ', 'faint')] : []),
    ...accountSpans(account, 'faint'),
  ]);
  const rest = more > 0 ? [span(` and ${thousands(more)} more`, 'faint')] : [];
  return [
    { indent: 2, spans: spansOf(size, 'strong') },
    { indent: 2, spans: [...names, ...rest] },
  ];
}

function accountSpans({ id, name }: AccountPlace, tone: Tone = 'strong'): readonly Span[] {
  const number = spansOf([{ data: id, max: 20 }], name === undefined ? tone : 'faint');
  return name === undefined ? number : [...spansOf([{ data: name, max: 60 }], tone), span(' '), ...number];
}

function itemLines(item: Item, alarm: Alarm): readonly Line[] {
  const { subject, changes, reason, remarks, causes } = item;
  return [
    { indent: 4, spans: spansOf(subject, 'plain', 'strong') },
    ...(reason ? [{ indent: 6, spans: spansOf(reason.text, alarm) }] : []),
    ...(reason?.advice ? [adviceLine(reason.advice, 6)] : []),
    ...changes.map(changeLine),
    ...remarks.map((remark) => ({ indent: 6, spans: spansOf(remark, 'caution') })),
    ...causes.map(({ text }) => ({ indent: 6, spans: [span('by ', 'faint'), ...spansOf(text, 'faint')] })),
  ];
}

const TONES: { readonly [effect in ChangeView['effect']]: Tone } = {
  tightens: 'good',
  loosens: 'danger',
  unclear: 'caution',
  neutral: 'plain',
};

function changeLine(change: ChangeView): Line {
  const { sign, verb, what, effect, by } = change;
  const warning = warningOf(change);
  const alarm = warning ? [span('  '), span(warning, warning === 'EVERYONE' ? 'danger badge' : 'danger')] : [];
  const line = by ? [span('  '), ...spansOf(by, 'faint')] : [];
  return { indent: 6, spans: [span(`${sign} ${verb} `, TONES[effect]), ...spansOf(what, 'plain'), ...alarm, ...line] };
}

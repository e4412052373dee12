/** What is said about cells that mean the same: what they are, what changes, why, and what depends on it? */
import { addressKey } from '../model/address.ts';
import { canonical } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Change } from '../model/resource.ts';
import { type DiffLine, diffLines } from './diff.ts';
import { list, message, type Phrase, say, words } from './phrase.ts';
import { type ChangeView, describeChanges, linesOf, tally } from './wording.ts';

/** A cell, the section it is shown in, and why it stands there: the plan's reason or an apply's. */
export type Entry = { readonly cell: Cell; readonly section: string; readonly reason?: Reason };

export type Item = {
  readonly subject: Phrase;
  readonly changes: readonly ChangeView[];
  /** The only change, or how many of each kind. */
  readonly summary: Phrase;
  readonly diff: readonly DiffLine[];
  readonly reason?: { readonly text: Phrase; readonly advice?: Phrase };
  /** Who uses it, what is lost, what else it rests on. */
  readonly remarks: readonly Phrase[];
  /** Which guardrail of which policy, and its line. */
  readonly causes: readonly Phrase[];
  readonly cells: number;
  /** 3: opens to everyone, 2: loosens, 1: something depends on it, 0: none of these. */
  readonly danger: number;
};

const LISTED = 3;

/** Entries with one key are told as one item. What differs only in names, ids and users of the resource means the same. */
export function meaningOf({ cell, section, reason }: Entry): string {
  const why = reason && template(reason, cell);
  if (cell.outcome === 'unread') return canonical([section, why]);
  const { resource, id } = cell.address;
  const changes = describeChanges(changesOf(cell), id);
  return canonical([section, why, resource, changes, cell.lost, cell.causes, cell.inputs, cell.evidence.length > 0]);
}

/** @param entries at least one; all of one meaning */
export function itemOf([first, ...others]: readonly [Entry, ...Entry[]]): Item {
  const cells = [first.cell, ...others.map(({ cell }) => cell)];
  const { cell, reason } = first;
  const changes = describeChanges(changesOf(cell), cell.address.id);
  return {
    subject: subjectOf(cells),
    changes,
    summary: summaryOf(changes),
    diff: others.length === 0 ? wholeDiff(cell) : changedDiff(cell),
    ...(reason && { reason: reasonOf(reason, [first, ...others]) }),
    remarks: remarksOf(cells),
    causes: cell.causes.map(
      ({ guardrail, policy, at }) => say`${guardrail} of ${policy}, ${`${at.file}:${at.line}`}`,
    ),
    cells: cells.length,
    danger: dangerOf(cell, changes),
  };
}

export function changesOf({ steps }: Cell): readonly Change[] {
  return steps.flatMap(({ changes }) => changes);
}

function dangerOf(cell: Cell, changes: readonly ChangeView[]): number {
  const loosening = changes.filter(({ effect }) => effect === 'loosens');
  if (loosening.some(({ toEveryone }) => toEveryone)) return 3;
  if (loosening.length > 0) return 2;
  return cell.evidence.length + cell.lost.length > 0 ? 1 : 0;
}

function summaryOf(changes: readonly ChangeView[]): Phrase {
  const [only] = changes;
  return only && changes.length === 1 ? say`${words(only.verb)} ${only.what}` : tally(changes);
}

/** `security group web (sg-0abc)`, `security group default` in many places, `security group × 3: cache, db, web`. */
function subjectOf(cells: readonly Cell[]): Phrase {
  const kinds = [...new Set(cells.map(({ address }) => address.resource))].sort();
  if (kinds.length > 1) return list(kinds.map(kindOf));
  const [kind = ''] = kinds;
  const titles = [...new Set(cells.map((cell) => titleOf(cell, kind)))].sort();
  const [title = ''] = titles;
  if (titles.length > 1) return say`${kindOf(kind)} × ${titles.length}: ${some(titles.map((text) => say`${text}`))}`;
  if (title === '') return kindOf(kind);
  const id = cells.length === 1 ? (cells[0]?.address.id ?? '') : '';
  return id === '' || title.includes(id) ? say`${kindOf(kind)} ${title}` : say`${kindOf(kind)} ${title} (${id})`;
}

/** Names of resources are ours when they look like it; a plan may come from a file. */
function kindOf(resource: string): Phrase {
  const spaced = resource.replaceAll('-', ' ');
  return /^[a-z0-9 ]{1,60}$/.test(spaced) ? words(spaced) : say`${resource}`;
}

/** The title without the kind, which is said before it. */
function titleOf({ title }: Cell, kind: string): string {
  const spaced = kind.replaceAll('-', ' ');
  return title.toLowerCase().startsWith(spaced) ? title.slice(spaced.length).trim() : title;
}

function some(phrases: readonly Phrase[]): Phrase {
  const shown = list(phrases.slice(0, LISTED));
  return phrases.length > LISTED ? say`${shown} and ${phrases.length - LISTED} more` : shown;
}

function remarksOf(cells: readonly [Cell, ...Cell[]] | readonly Cell[]): readonly Phrase[] {
  const evidence = [...new Set(cells.flatMap((cell) => cell.evidence))].sort();
  const [first] = cells;
  const inputs = Object.entries(first?.inputs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...(evidence.length > 0 ? [say`in use: ${some(evidence.map(message))}`] : []),
    ...(first?.lost ?? []).map((sentence) => say`lost: ${message(sentence)}`),
    ...(inputs.length > 0 ? [say`rests on ${list(inputs.map(([name, version]) => say`${name} ${version}`))}`] : []),
  ];
}

/** In the words of the one place, or with placeholders where places differ. */
function reasonOf(reason: Reason, entries: readonly Entry[]): NonNullable<Item['reason']> {
  const alike = new Set(entries.map((entry) => canonical(entry.reason))).size === 1;
  const [first] = entries;
  const { message: text, advice } = alike || !first ? reason : template(reason, first.cell);
  return { text: message(text), ...(advice !== undefined && { advice: message(advice) }) };
}

function template({ code, message: text, advice }: Reason, { address }: Cell): Reason {
  const blank = (sentence: string): string =>
    [['account', address.account] as const, ['region', address.region] as const, ['id', address.id] as const]
      .filter(([, value]) => value.length > 3)
      .reduce((filled, [name, value]) => filled.replaceAll(value, `{${name}}`), sentence);
  return { code, message: blank(text), ...(advice !== undefined && { advice: blank(advice) }) };
}

function wholeDiff({ before, after, address }: Cell): readonly DiffLine[] {
  return diffLines(linesOf(before, address.id), linesOf(after, address.id));
}

function changedDiff(cell: Cell): readonly DiffLine[] {
  const side = (which: 'before' | 'after') =>
    Object.fromEntries(
      changesOf(cell).flatMap((change) => (change[which] === undefined ? [] : [[change.field, change[which]]])),
    );
  return diffLines(linesOf(side('before'), cell.address.id), linesOf(side('after'), cell.address.id));
}

/** A stable order for cells, whatever order they came in. */
export function cellKey({ address }: Cell): string {
  return `${address.fleet}/${addressKey(address)}`;
}

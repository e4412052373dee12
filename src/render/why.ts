/** Why does a cell stand in its section, and what depends on it? The same words wherever the same is meant. */
import { GLOBAL } from '../model/address.ts';
import { type Cell, splitInput } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import { list, message, type Phrase, say, some, words } from './phrase.ts';
import { kindOf } from './subject.ts';
import type { ChangeView } from './wording.ts';

/** A cell, its changes in words, the section it is shown in, and why: the plan's reason or an apply's. */
export type Entry = {
  readonly cell: Cell;
  readonly changes: readonly ChangeView[];
  readonly section: string;
  readonly reason?: Reason;
};

export type ReasonView = { readonly text: Phrase; readonly advice?: Phrase };

/** Whether something may depend on what changes, or cannot be had back. */
export function isRisky(cell: Cell): boolean {
  return usersOf(cell).length > 0 || cell.lost.length > 0;
}

/** Who uses the resource, in sentences. */
export function usersOf({ evidence }: Cell): readonly string[] {
  return evidence.flatMap(({ users, sentence }) => (users.length > 0 ? [sentence] : []));
}

/** Who is told of although it does not count as a user. */
function bystandersOf({ evidence }: Cell): readonly string[] {
  return evidence.flatMap(({ users, sentence }) => (users.length === 0 && sentence !== '' ? [sentence] : []));
}

/** `tcp 22 from 0.0.0.0/0 closes for 3 interfaces: i-0ab… (web)`; where nothing closes, who uses it. */
function stopsFor(entries: readonly [Entry, ...Entry[]]): readonly Phrase[] {
  const [{ changes }] = entries;
  const told = entries.map(({ reason }) => reason?.message ?? '');
  const evidence = entries
    .flatMap(({ cell }) => cell.evidence)
    .filter(({ users, sentence }) => users.length > 0 && !told.includes(sentence));
  const closed = changes.filter(({ verb }) => verb === 'closes').map(({ name }) => name);
  const kept = changes.filter(({ verb }) => verb === 'keeps').map(({ name }) => name);
  const whom = distinct(evidence.flatMap((one) => one.whom ?? []));
  if (evidence.length === 0) return [];
  if (closed.length === 0 || whom.length === 0)
    return [some(distinct(evidence.map((one) => one.sentence)).map(message))];
  return [
    say`${some(closed)} ${words(closed.length === 1 ? 'closes' : 'close')} for ${some(whom.map(message))}`,
    ...(kept.length > 0 ? [say`stays open: ${some(kept)}`] : []),
  ];
}

/** What a reason says wherever it is given. That something is in use is one reason, whoever uses it. */
export function generalReason({ code, message: text, advice }: Reason, cell: Cell): Reason {
  const said = usersOf(cell).includes(text) ? '' : withBlanks(text, cell);
  return { code, message: said, ...(advice !== undefined && { advice: withBlanks(advice, cell) }) };
}

/** @param entries of one general reason */
export function reasonView(entries: readonly Entry[]): ReasonView | undefined {
  const told = entries.flatMap(({ cell, reason }) => (reason ? [{ cell, ...reason }] : []));
  if (told.length === 0) return undefined;
  const text = inCommon(told.map(({ cell, message: said }) => [said, cell]));
  const advice = inCommon(told.flatMap(({ cell, advice: said }) => (said === undefined ? [] : [[said, cell]])));
  return { text, ...(advice.length > 0 && { advice }) };
}

export function remarksOf(entries: readonly [Entry, ...Entry[]]): readonly Phrase[] {
  const [{ cell }] = entries;
  const bystanders = distinct(entries.flatMap((entry) => bystandersOf(entry.cell)));
  const inputs = Object.entries(cell.inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...stopsFor(entries),
    ...(bystanders.length > 0 ? [some(bystanders.map(message))] : []),
    ...(cell.kept ?? []).map(
      ({ owner, expires, at, fields }) =>
        say`an exception of ${owner} keeps ${some(fields.map((field) => say`${field}`))} until ${expires}, ${`${at.file}:${at.line}`}`,
    ),
    ...cell.lost.map((sentence) => say`lost: ${message(sentence)}`),
    ...(inputs.length > 0 ? [say`rests on ${list(inputs.map(inputView))}`] : []),
  ];
}

/** `version 3 of prefix list pl-0abc` */
function inputView([input, version]: readonly [string, string]): Phrase {
  const { reader, id } = splitInput(input);
  return say`version ${version} of ${kindOf(reader)} ${id}`;
}

/** A sentence as it was given; with blanks where it names a different account, region or id in each place. */
function inCommon(told: readonly (readonly [sentence: string, cell: Cell])[]): Phrase {
  const exact = distinct(told.map(([sentence]) => sentence));
  if (exact.length === 1) return some(exact.map(message));
  const varying = BLANKS.filter((name) => new Set(told.map(([, { address }]) => address[name])).size > 1);
  return some(distinct(told.map(([sentence, cell]) => fillBlanks(withBlanks(sentence, cell, varying)))).map(message));
}

const BLANKS = ['account', 'region', 'id'] as const;

function withBlanks(sentence: string, { address }: Cell, names: readonly (typeof BLANKS)[number][] = BLANKS): string {
  return names
    .map((name) => [name, address[name]] as const)
    .filter(([, value]) => value.length > 3 && value !== GLOBAL)
    .reduce((text, [name, value]) => text.replaceAll(value, `{${name}}`), sentence);
}

/** A blank that stands as a word becomes words; inside a name, such as an ARN, it says where the name differs. */
function fillBlanks(sentence: string): string {
  return sentence
    .replaceAll(word('(?:account )?\\{account\\} \\{region\\}'), '$1each of these accounts and regions')
    .replaceAll(word('(?:account )?\\{account\\}'), '$1each of these accounts')
    .replaceAll(word('\\{region\\}'), '$1each of these regions')
    .replaceAll(word('\\{id\\}'), '$1…');
}

function word(blank: string): RegExp {
  return new RegExp(`(^|[\\s(])${blank}(?=[\\s,.;:)]|$)`, 'g');
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

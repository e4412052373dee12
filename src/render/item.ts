/** What is said about cells that mean the same: what they are, what changes, why, and what depends on it? */
import { canonical } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import { type DiffLine, diffLines } from './diff.ts';
import { type Phrase, say, some, words } from './phrase.ts';
import { subjectOf } from './subject.ts';
import { type Entry, generalReason, isRisky, type ReasonView, reasonView, remarksOf, usersOf } from './why.ts';
import { type ChangeView, changesOf, linesOf, tally } from './wording.ts';

/** `of`: what it asks for, where other causes ask for the rest. */
export type CauseView = { readonly text: Phrase; readonly of?: Phrase };

export type Item = {
  readonly subject: Phrase;
  readonly changes: readonly ChangeView[];
  /** The only change, or how many of each kind. */
  readonly summary: Phrase;
  readonly diff: readonly DiffLine[];
  readonly reason?: ReasonView;
  /** Who uses it, what is lost, what else it rests on. */
  readonly remarks: readonly Phrase[];
  /** Which guardrail of which policy, and its line. */
  readonly causes: readonly CauseView[];
  readonly cells: number;
  /** 3: opens to everyone, 2: loosens, 1: may loosen, or something depends on it, 0: none of these. */
  readonly danger: number;
};

/** Entries with one key are told as one item. What differs only in names, ids and users of the resource means the same. */
export function meaningOf({ cell, changes, section, reason }: Entry): string {
  const why = reason && generalReason(reason, cell);
  if (cell.outcome === 'unread') return canonical([section, why]);
  return canonical([
    section,
    why,
    cell.address.resource,
    changes,
    cell.lost,
    cell.kept ?? [],
    cell.causes,
    cell.inputs,
    usersOf(cell).length > 0,
  ]);
}

/** @param entries all of one meaning */
export function itemOf(entries: readonly [Entry, ...Entry[]]): Item {
  const [{ cell, changes }] = entries;
  const reason = reasonView(entries);
  return {
    subject: subjectOf(entries.map((entry) => entry.cell)),
    changes,
    summary: summaryOf(changes),
    diff: entries.length === 1 ? wholeDiff(cell) : changedDiff(cell),
    ...(reason && { reason }),
    remarks: remarksOf(entries),
    causes: causesIn(cell, changes),
    cells: entries.length,
    danger: dangerOf(cell, changes),
  };
}

function causesIn(cell: Cell, changes: readonly ChangeView[]): readonly CauseView[] {
  const differ = changes.some(({ causes }) => causes);
  return cell.causes.map(({ guardrail, policy, at }, index) => {
    // A way back has no line that asks for it.
    const text =
      at.line > 0 ? say`${guardrail} in ${policy}, ${`${at.file}:${at.line}`}` : say`${guardrail} of ${policy}`;
    const own = changes.filter(({ causes }) => causes?.includes(index) ?? true);
    return differ ? { text, of: some(own.map(({ name }) => name)) } : { text };
  });
}

function dangerOf(cell: Cell, changes: readonly ChangeView[]): number {
  const loosening = changes.filter(({ effect }) => effect === 'loosens');
  if (loosening.some(({ toEveryone }) => toEveryone)) return 3;
  if (loosening.length > 0) return 2;
  return changes.some(({ effect }) => effect === 'unclear') || isRisky(cell) ? 1 : 0;
}

/** A change that loosens, or may, is never hidden behind a number. */
function summaryOf(changes: readonly ChangeView[]): Phrase {
  const [first, ...others] = changes;
  if (!first || (others.length > 0 && first.effect !== 'loosens' && first.effect !== 'unclear')) return tally(changes);
  const sentence = say`${words(first.verb)} ${first.what}`;
  return others.length === 0 ? sentence : say`${sentence} and ${others.length} more`;
}

function wholeDiff({ before, after, address }: Cell): readonly DiffLine[] {
  return diffLines(linesOf(before, address.id), linesOf(after, address.id));
}

/** Only what all the cells have in common: their other rules and fields may differ. */
function changedDiff(cell: Cell): readonly DiffLine[] {
  const side = (which: 'before' | 'after') =>
    Object.fromEntries(
      changesOf(cell).flatMap((change) => (change[which] === undefined ? [] : [[change.field, change[which]]])),
    );
  return diffLines(linesOf(side('before'), cell.address.id), linesOf(side('after'), cell.address.id));
}

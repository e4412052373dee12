/** How much is there of each, and what does that amount to in one sentence? */
import { targetKey } from '../model/address.ts';
import type { Plan } from '../model/plan.ts';
import { list, type Phrase, say, words } from './phrase.ts';
import { describeCell, type Effect, effectOf } from './wording.ts';

/** Cells, but for the last five. A cell that loosens anything counts as loosening. */
export type Counts = { readonly [effect in Effect]: number } & {
  readonly change: number;
  readonly held: number;
  readonly unread: number;
  /** Resources. */
  readonly inState: number;
  readonly accounts: number;
  readonly targets: number;
  /** Of the targets, those that could be asked what there is. */
  readonly governed: number;
  /** Accounts. */
  readonly skipped: number;
};

export function countPlan({ cells, targets, skipped }: Plan): Counts {
  const changing = cells.filter(({ outcome }) => outcome === 'change');
  const effects = changing.map((cell) => effectOf(describeCell(cell)));
  const having = (effect: Effect): number => effects.filter((one) => one === effect).length;
  const places = [...targets, ...cells.map(({ address }) => address)];
  return {
    change: changing.length,
    tightens: having('tightens'),
    loosens: having('loosens'),
    unclear: having('unclear'),
    neutral: having('neutral'),
    held: cells.filter(({ outcome }) => outcome === 'held').length,
    unread: cells.filter(({ outcome }) => outcome === 'unread').length,
    inState: targets.reduce((sum, { inState }) => sum + inState, 0),
    accounts: new Set(places.map(({ account }) => account)).size,
    targets: new Set(places.map(targetKey)).size,
    governed: new Set(places.filter(({ region }) => region !== '*').map(targetKey)).size,
    skipped: skipped.length,
  };
}

/** Whether nothing is left to do and nothing is unknown. */
export function isClean({ change, held, unread, targets }: Counts): boolean {
  return change + held + unread === 0 && targets > 0;
}

export function verdictOf(counts: Counts): Phrase {
  const { change, held, unread, inState, targets, governed } = counts;
  if (targets === 0) return words('No target is governed by this state: nothing was checked.');
  if (governed === 0) return say`No target is governed by this state: nothing was checked, ${unread} unread.`;
  if (isClean(counts)) {
    const clean = words('Everything that could be read is as the state says.');
    return inState === 0 ? clean : say`${clean} ${inState} in state.`;
  }
  return list([
    change === 0
      ? words(`nothing to change${unread > 0 ? ' in what could be read' : ''}`)
      : say`${change} to change${effectsOf(counts)}`,
    ...(held > 0 ? [say`${held} held`] : []),
    ...(unread > 0 ? [say`${unread} unread`] : []),
    say`${inState} in state`,
  ]);
}

function effectsOf({ tightens, loosens, unclear, neutral }: Counts): Phrase {
  const parts = [
    ...(loosens > 0 ? [say`${loosens} ${words(loosens === 1 ? 'loosens' : 'loosen')}`] : []),
    ...(unclear > 0 ? [say`${unclear} may loosen`] : []),
    ...(tightens > 0 ? [say`${tightens} ${words(tightens === 1 ? 'tightens' : 'tighten')}`] : []),
    ...(neutral > 0 ? [say`${neutral} neutral`] : []),
  ];
  return parts.length === 0 ? [] : say` (${list(parts)})`;
}

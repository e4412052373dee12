/** What of a fresh plan does a record approve, and what would it, had nothing happened since? */
import type { Coverage } from '../execute/approve.ts';
import type { Cell, Outcome } from '../model/plan.ts';
import { type Mark, newcomersTo, salted, saltedPlace, saltedScope, scopeOf } from './mark.ts';
import type { Reviewed } from './record.ts';

/** A change that was reviewed, and is used by somebody who was not there then. */
export type NewlyUsed = { readonly cell: Cell; readonly newcomers: readonly string[] };

export type Match = {
  readonly approved: readonly Cell[];
  readonly newlyUsed: readonly NewlyUsed[];
  /** Would be approved, had it not changed since. */
  readonly moved: readonly Cell[];
  /** Reviewed as a change, and stopped by a safety rule since. */
  readonly held: readonly Cell[];
  /** Behind which something reviewed may be, as it was or not: nobody can say. */
  readonly unread: readonly Cell[];
  /** How many changes of the record are behind those. */
  readonly unknown: number;
  /** How many need no change any more: all of them were looked at. */
  readonly settled: number;
};

/** Of the fresh plan: what the record approves, and what it would if nothing had happened since. */
export function matchRecord(
  { salt, cells }: Pick<Reviewed, 'salt' | 'cells'>,
  fresh: readonly Cell[],
  covers: Coverage = (cell, approves) => approves(cell.digest),
): Match {
  const marks = new Map(cells.map((mark) => [mark[0], mark]));
  const asked = fresh.flatMap((cell) => {
    const mark = marks.get(saltedPlace(cell.address, salt));
    return mark ? [{ cell, mark }] : [];
  });
  const changing = asked.flatMap(({ cell, mark: [, reviewed, users] }) => {
    if (cell.outcome !== 'change') return [];
    const same = covers(cell, (of) => salted(salt, of) === reviewed);
    return [{ cell, same, newcomers: same ? newcomersTo(cell, new Set(users), salt) : [] }];
  });
  const met = new Set(asked.map(({ mark }) => mark));
  const hidden = hiddenBehind(
    fresh,
    cells.filter((mark) => !met.has(mark)),
    salt,
  );
  const withOutcome = (outcome: Outcome): Cell[] =>
    asked.filter(({ cell }) => cell.outcome === outcome).map(({ cell }) => cell);
  return {
    approved: changing.filter(({ same, newcomers }) => same && newcomers.length === 0).map(({ cell }) => cell),
    newlyUsed: changing.filter(({ newcomers }) => newcomers.length > 0),
    moved: changing.filter(({ same }) => !same).map(({ cell }) => cell),
    held: withOutcome('held'),
    unread: [...new Set([...withOutcome('unread'), ...hidden.map(({ cell }) => cell)])],
    unknown: withOutcome('unread').length + hidden.length,
    settled: cells.length - met.size - hidden.length,
  };
}

/** Of what a plan does not have: each that is where the plan could not look, with the cell that says so. */
function hiddenBehind(
  fresh: readonly Cell[],
  missing: readonly Mark[],
  salt: string,
): { readonly cell: Cell; readonly mark: Mark }[] {
  const wide = fresh.filter(({ outcome, address }) => outcome === 'unread' && address.id === '');
  const scopes = wide.map((cell) => ({ cell, scope: scopeOf(cell.address) }));
  return missing.flatMap((mark) => {
    const [place, , , within] = mark;
    const behind = scopes.find(({ scope }) => within.includes(saltedScope(place, scope, salt)));
    return behind ? [{ cell: behind.cell, mark }] : [];
  });
}

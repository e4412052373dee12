/** Of a fresh plan, which changes are approved, and by whom? Approval only ever narrows. Pure. */
import { type Coverage, coverage } from '../../execute/approve.ts';
import type { Approval } from '../../github/approval.ts';
import { type Match, matchRecord, type NewlyUsed } from '../../github/match-record.ts';
import type { Merged } from '../../github/merged.ts';
import type { Pending, Reviewed } from '../../github/record.ts';
import type { Cell, Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import type { ChangeLimits } from '../../model/state.ts';
import { breachesOfSome } from '../../plan/remaining.ts';
import type { Ended } from '../../render/outcome.ts';

/** What one pull request approved of the plan, or why nothing. */
export type Share = Match & { readonly pull: Merged; readonly refusal?: Reason };

export type Decision = {
  readonly shares: readonly Share[];
  /** Digests of all approved cells. */
  readonly digests: ReadonlySet<string>;
  /** Approved, and not to be executed: used by somebody who was not there then, held by a rule, or not to be read. */
  readonly stopped: readonly Ended[];
  /** Approved by digest, and no longer what that digest stands for. */
  readonly moved: readonly Cell[];
  /** How many changes of that digest are held or cannot be read: it may be given again. */
  readonly waiting: number;
};

export type Approvals = {
  readonly pulls: readonly Approval[];
  /** Of the pending plan, by the digest that a person gave. */
  readonly pending?: Pending;
};

export type Bounds = {
  /** Absent where they were judged before, over more than this plan. */
  readonly limits?: ChangeLimits;
  /** Cells that earlier runs have begun and not finished: the rest of what was approved is approved. */
  readonly unfinished: readonly Cell[];
};

export function decide(plan: Plan, { pulls, pending }: Approvals, { limits, unfinished }: Bounds): Decision {
  const covers = coverage(plan, unfinished);
  const given = pending && sameWorld(pending, plan) ? matchRecord(pending, plan.cells, covers) : NOTHING;
  const shares = withinLimits(
    pulls.map((approval) => shareOf(approval, plan, covers)),
    plan,
    limits,
  );
  const all = [given, ...shares];
  const approved = new Set(all.flatMap((match) => match.approved));
  // What one approval does not cover, another one may.
  const open = ({ cell }: NewlyUsed): boolean => !approved.has(cell);
  const used = new Map(all.flatMap(({ newlyUsed }) => newlyUsed.filter(open).map((one) => [one.cell, heldFor(one)])));
  return {
    shares: shares.map((share) => ({ ...share, moved: share.moved.filter((cell) => !approved.has(cell)) })),
    digests: new Set([...approved].map(({ digest }) => digest)),
    stopped: [...used.values(), ...new Map(all.flatMap(stoppedIn).map((one) => [one.cell, one])).values()],
    moved: given.moved.filter((cell) => !approved.has(cell)),
    waiting: given.held.length + given.unknown,
  };
}

const NOTHING: Match = { approved: [], newlyUsed: [], moved: [], held: [], unread: [], unknown: 0, settled: 0 };

function heldFor({ cell, newcomers }: NewlyUsed): Ended {
  return { cell, result: 'held', reason: newUser(newcomers) };
}

/** What a plan itself says cannot be done now, although it was reviewed. */
export function stoppedIn({ held, unread }: Pick<Match, 'held' | 'unread'>): Ended[] {
  const ended = (cell: Cell, result: 'held' | 'unread'): Ended => ({
    cell,
    result,
    ...(cell.reason && { reason: cell.reason }),
  });
  return [...held.map((cell) => ended(cell, 'held')), ...unread.map((cell) => ended(cell, 'unread'))];
}

function shareOf(approval: Approval, plan: Plan, covers: Coverage): Share {
  const { pull } = approval;
  if ('refusal' in approval) return { pull, ...NOTHING, refusal: approval.refusal };
  if (!sameWorld(approval.record, plan)) return { pull, ...NOTHING, refusal: OTHER_WORLD };
  return { pull, ...matchRecord(approval.record, plan.cells, covers) };
}

/** Each plan was within the limits; together they may not be. */
function withinLimits(shares: readonly Share[], plan: Plan, limits: ChangeLimits | undefined): readonly Share[] {
  if (!limits) return shares;
  const [breach] = breachesOfSome(plan, new Set(shares.flatMap(({ approved }) => approved)), limits);
  if (!breach) return shares;
  return shares.map((share) => {
    const { moved, settled } = share;
    return share.refusal ? share : { ...share, ...NOTHING, moved, settled, refusal: breach };
  });
}

const NAMED = 5;

/** The executor says the same of who came between the plan and the calls. */
function newUser(newcomers: readonly string[]): Reason {
  const named = newcomers.slice(0, NAMED).join(', ');
  const more = newcomers.length > NAMED ? ` and ${newcomers.length - NAMED} more` : '';
  return {
    code: 'new-user',
    message: `in use by ${named}${more}, not there when this was reviewed`,
    advice: 'approve it as it is now: it waits in the issue with the pending plan',
  };
}

function sameWorld(record: Pick<Reviewed | Pending, 'world' | 'partition' | 'fleet'>, { stamp }: Plan): boolean {
  return record.world === stamp.world && record.partition === stamp.partition && record.fleet === stamp.fleet;
}

const OTHER_WORLD: Reason = {
  code: 'other-world',
  message: 'its plan was made for another fleet, partition or world',
  advice: 'plan again where it is applied',
};

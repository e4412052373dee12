/** Of a fresh plan, which changes are approved, and by whom? Approval only ever narrows. Pure. */
import { type Coverage, coverage } from '../../execute/approve.ts';
import type { Approval } from '../../github/approval.ts';
import type { Merged } from '../../github/merged.ts';
import { type Match, matchRecord, type NewlyUsed, type Pending, type Reviewed } from '../../github/record.ts';
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
  /** Approved, but used by somebody who was not there then, whom no other approval covers either. */
  readonly held: readonly Ended[];
  /** Approved by digest, and no longer what that digest stands for. */
  readonly moved: readonly Cell[];
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
  const held = new Map(all.flatMap((match) => match.newlyUsed.filter(open).map((one) => [one.cell, one] as const)));
  return {
    shares: shares.map((share) => ({ ...share, moved: share.moved.filter((cell) => !approved.has(cell)) })),
    digests: new Set([...approved].map(({ digest }) => digest)),
    held: [...held.values()].map(({ cell, newcomers }) => ({ cell, result: 'held', reason: newUser(newcomers) })),
    moved: given.moved.filter((cell) => !approved.has(cell)),
  };
}

const NOTHING: Match = { approved: [], newlyUsed: [], moved: [], settled: 0 };

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
  return shares.map((share) => (share.refusal ? share : { ...share, approved: [], newlyUsed: [], refusal: breach }));
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

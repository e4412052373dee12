/** Of a fresh plan, which changes are approved, and by whom? Approval only ever narrows. Pure. */
import type { Approval } from '../../github/approval.ts';
import type { Merged } from '../../github/merged.ts';
import { matchRecord, type Pending, type Reviewed } from '../../github/record.ts';
import type { Cell, Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import type { ChangeLimits } from '../../model/state.ts';
import { breachesOfSome } from '../../plan/remaining.ts';

/** What one pull request approved of the plan, or why nothing. */
export type Share = {
  readonly pull: Merged;
  readonly approved: readonly Cell[];
  readonly moved: readonly Cell[];
  readonly settled: number;
  readonly refusal?: Reason;
};

export type Decision = {
  readonly shares: readonly Share[];
  /** Digests of all approved cells. */
  readonly digests: ReadonlySet<string>;
  /** Approved by digest, and no longer what that digest stands for. */
  readonly moved: readonly Cell[];
};

export type Approvals = {
  readonly pulls: readonly Approval[];
  /** Of the pending plan, by the digest that a person gave. */
  readonly pending?: Pending;
  /** Everything, because the digest given is the plan's own. */
  readonly whole: boolean;
};

export function decide(plan: Plan, { pulls, pending, whole }: Approvals, limits: ChangeLimits): Decision {
  const byDigest = pending && sameWorld(pending, plan) ? matchRecord(pending, plan.cells) : { approved: [], moved: [] };
  const given = whole ? plan.cells.filter(({ outcome }) => outcome === 'change') : byDigest.approved;
  const shares = withinLimits(
    pulls.map((approval) => shareOf(approval, plan)),
    plan,
    limits,
  );
  const approved = [...given, ...shares.flatMap((share) => share.approved)];
  return { shares, digests: new Set(approved.map(({ digest }) => digest)), moved: whole ? [] : byDigest.moved };
}

function shareOf(approval: Approval, plan: Plan): Share {
  const { pull } = approval;
  const nothing = { approved: [], moved: [], settled: 0 };
  if ('refusal' in approval) return { pull, ...nothing, refusal: approval.refusal };
  if (!sameWorld(approval.record, plan)) return { pull, ...nothing, refusal: OTHER_WORLD };
  return { pull, ...matchRecord(approval.record, plan.cells) };
}

/** Each plan was within the limits; together they may not be. */
function withinLimits(shares: readonly Share[], plan: Plan, limits: ChangeLimits): readonly Share[] {
  const [breach] = breachesOfSome(plan, new Set(shares.flatMap(({ approved }) => approved)), limits);
  if (!breach) return shares;
  return shares.map((share) => (share.refusal ? share : { ...share, approved: [], refusal: breach }));
}

function sameWorld(record: Pick<Reviewed | Pending, 'world' | 'partition' | 'fleet'>, { stamp }: Plan): boolean {
  return record.world === stamp.world && record.partition === stamp.partition && record.fleet === stamp.fleet;
}

const OTHER_WORLD: Reason = {
  code: 'other-world',
  message: 'its plan was made for another fleet, partition or world',
  advice: 'plan again where it is applied',
};

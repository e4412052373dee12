/**
 * What do the jobs of one sharded run hand on to each other? Parts: each says where it was made and from which list of
 * accounts, so that one of another commit, run or attempt is told from those that belong together. Pure.
 */
import type { StoredInventory } from '../../../fleet/inventory.ts';
import type { Cell, Plan } from '../../../model/plan.ts';
import type { Reason } from '../../../model/problem.ts';
import type { ChangeLimits } from '../../../model/state.ts';
import type { Shard } from '../../../plan/shard.ts';
import type { Ended } from '../../../render/outcome.ts';
import type { Approvals } from '../decide.ts';

/** Where a part was made. */
export type Origin = {
  readonly repository: number;
  readonly run: number;
  /** What is checked out, and the head that it is about: on a pull request the one is a merge of the other. */
  readonly commit: string;
  readonly head: string;
  readonly tree: string;
  /** Directory of the state; the slug stands for it and the fleet. */
  readonly state: string;
  readonly slug: string;
};

/** Accounts and regions, listed once for all shares. */
export type AccountsPart = {
  readonly kind: 'accounts';
  readonly listed: StoredInventory;
  /** On main: the commit that was applied last. */
  readonly since?: string;
};

/** A share of the plan. */
export type PlanPart = {
  readonly kind: 'plan';
  readonly share: Shard;
  /** Digest of the list of accounts that it was made from. */
  readonly list: string;
  readonly plan: Plan;
  /** Digests of what would change in the base too; absent when the base has no plan. */
  readonly drifting?: readonly string[];
};

/** What may be carried out, judged over the whole. It only narrows: what it names must still be approved by a record. */
export type OrderPart = Omit<AccountsPart, 'kind'> & {
  readonly kind: 'order';
  /** The shares that have something to do, as `3/8`, and the accounts in which. */
  readonly shares: readonly string[];
  readonly accounts: readonly string[];
  readonly digests: readonly string[];
  readonly approvals: Approvals;
  readonly limits: ChangeLimits;
  readonly plan: Plan;
  /** Why what a person asked for is not done. */
  readonly refusal?: Reason;
};

/** How the cells of a share ended. */
export type AppliedPart = {
  readonly kind: 'applied';
  readonly share: Shard;
  /** Digest of the order. */
  readonly order: string;
  /** Absent when nothing was done, because the commit was no longer the newest. */
  readonly done?: {
    /** What was found when its accounts were planned again. */
    readonly plan: Plan;
    /** Cells that earlier runs had left half-done there. */
    readonly begun: readonly Cell[];
    readonly outcomes: readonly (Pick<Ended, 'result' | 'reason'> & { readonly digest: string })[];
  };
};

/** In place of what could not be made. */
export type FailedPart = { readonly kind: 'failed'; readonly share?: Shard; readonly reason: Reason };

export type Content = AccountsPart | PlanPart | OrderPart | AppliedPart | FailedPart;
export type Part<Kind extends Content = Content> = Kind & {
  readonly format: 'trueup-part/1';
  readonly origin: Origin;
};

export function ofKind<Kind extends Content['kind']>(
  parts: readonly Part[],
  kind: Kind,
): Extract<Part, { kind: Kind }>[] {
  return parts.filter((part): part is Extract<Part, { kind: Kind }> => part.kind === kind);
}

export function nameOf({ index, of }: Shard): string {
  return `share ${index} of ${of}`;
}

/** How did the shares of an apply end, by what they left? One that left nothing did not come back. Pure. */
import type { Cell, Plan } from '../../../model/plan.ts';
import type { Reason } from '../../../model/problem.ts';
import { renewPlan } from '../../../plan/renew.ts';
import { shardOf } from '../../../plan/shard.ts';
import type { Ended } from '../../../render/outcome.ts';
import { parseShard } from '../../options.ts';
import { misfitsOf } from './fit.ts';
import { type AppliedPart, nameOf, type OrderPart, type Origin, ofKind, type Part } from './part.ts';

/** The order, and what stands for it. */
export type Ordered = { readonly order: Part<OrderPart>; readonly digest: string };

/** How one share ended; `lost` says why nothing is known of it. */
export type End = {
  readonly share: string;
  readonly index: number;
  readonly of: number;
  readonly done?: AppliedPart['done'];
  readonly outcomes: ReadonlyMap<string, Pick<Ended, 'result' | 'reason'>>;
  readonly behind: boolean;
  readonly lost?: Reason;
};

/** How the share ended by what it left; what it left for another order is of an earlier attempt. */
export function endOf(share: string, parts: readonly Part[], here: Origin, { digest }: Ordered): End {
  const { index, of } = parseShard(share) ?? { index: 0, of: 0 };
  const isOurs = (one: { readonly share?: { readonly index: number } }): boolean => one.share?.index === index;
  const failed = ofKind(parts, 'failed').find(isOurs);
  const left = ofKind(parts, 'applied').filter((one) => isOurs(one) && one.order === digest);
  const [part, second] = left;
  const end = { share, index, of, behind: false, outcomes: new Map() };
  const lose = (why: string): End => ({ ...end, lost: lost(nameOf({ index, of }), why) });
  if (failed) return lose(`failed: ${failed.reason.message} (${failed.reason.code})`);
  if (!part) return lose('left no report');
  const [misfit] = [...(second ? ['is there twice'] : []), ...misfitsOf(part, here)];
  if (misfit !== undefined) return lose(misfit);
  if (!part.done) return { ...end, behind: true };
  return { ...end, done: part.done, outcomes: new Map(part.done.outcomes.map((one) => [one.digest, one])) };
}

function lost(name: string, why: string): Reason {
  return {
    code: 'share-lost',
    message: `${name} did not come back: it ${why}`,
    advice: 'its journal says what it did; run the failed jobs again, or leave it to the next apply',
  };
}

export function lostShares(ended: readonly End[]): Reason | undefined {
  const [first, ...others] = ended.flatMap((one) => one.lost ?? []);
  return first && { ...first, message: [first, ...others].map(({ message }) => message).join('; ') };
}

/** With what the shares found when they planned again. */
export function renewed({ order }: Ordered, ended: readonly End[]): Plan {
  const back = ended.flatMap(({ done, index, of }) => (done ? [{ done, index, of }] : []));
  const accounts = order.accounts.filter((account) => back.some(({ index, of }) => shardOf(account, of) === index));
  const plans = back.map(({ done }) => done.plan);
  return renewPlan(order.plan, plans, new Set(accounts), order.limits);
}

/** How an approved cell ended. */
export function outcomeOf(cell: Cell, ended: readonly End[]): Ended {
  const end = ended.find(({ index, of }) => shardOf(cell.address.account, of) === index);
  const known = end?.outcomes.get(cell.digest);
  if (known) return { cell, result: known.result, ...(known.reason && { reason: known.reason }) };
  if (end?.lost) return { cell, result: 'interrupted', reason: end.lost };
  return end?.behind ? { cell, result: 'interrupted', reason: NEWER } : { cell, result: 'moved', reason: LATER };
}

const NEWER: Reason = {
  code: 'behind',
  message: 'its share began when this commit was no longer the newest',
  advice: 'the run of the newest commit carries out what was merged; a digest can be given again',
};

const LATER: Reason = {
  code: 'moved',
  message: 'it did not need this change yet when the whole was judged',
  advice: 'the next apply judges it',
};

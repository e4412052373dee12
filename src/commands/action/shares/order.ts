/**
 * Between planning and carrying out: who approved what of the whole plan, and is that within the limits? What comes of it
 * is the order, which says to each share what it may carry out at most.
 */
import type { Plan } from '../../../model/plan.ts';
import { shardOf } from '../../../plan/shard.ts';
import { countPlan } from '../../../render/counts.ts';
import { counted } from '../../../render/phrase.ts';
import { approvalsSince, setDriftAside, unknownDigest, withPending } from '../approvals.ts';
import { type Approvals, type Decision, decide } from '../decide.ts';
import { countOutputs, type Desk, type Ending } from '../desk.ts';
import { overtaken } from '../ending.ts';
import { groundOfMain } from '../ground.ts';
import { isBehind, mainBranch } from '../history.ts';
import { wholeOf } from './fit.ts';
import { planOfShares } from './join-plan.ts';
import type { OrderPart } from './part.ts';
import { leavePart, listedIn, originOf, readParts } from './parts.ts';

export async function orderApply(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  const [parts, here] = [await readParts(desk), await originOf(desk)];
  const { accounts, list } = listedIn(parts, here);
  const shares = wholeOf(parts, here, list);
  const { listed, since } = accounts;
  const ground = await groundOfMain(desk, since);
  const plan = planOfShares(shares, ground);
  const approvals = await withPending(
    desk,
    plan,
    setDriftAside(await approvalsSince(desk, since, branch), ground.fleet),
  );
  if (await isBehind(desk, branch)) return overtaken(desk);
  const { limits } = ground.fleet.safety;
  const decision = decide(plan, approvals, { limits, unfinished: [] });
  const refusal = unknownDigest(desk, approvals);
  const of = shares[0]?.share.of ?? 1;
  const order: OrderPart = {
    kind: 'order',
    listed,
    ...(since !== undefined && { since }),
    ...workOf(plan, decision, of),
    digests: [...decision.digests].sort(),
    approvals: withinLimits(approvals, decision),
    limits,
    plan,
    ...(refusal && { refusal }),
  };
  return {
    outputs: {
      ...countOutputs(plan),
      result: 'decided',
      shards: JSON.stringify(order.shares),
      ...(await leavePart(desk, 'applying', order)),
    },
    summary: `### ${decision.digests.size} of ${counted(countPlan(plan).change, ['change', 'changes'])} may be carried out\n`,
  };
}

/** Which shares and accounts have something to do. */
function workOf(plan: Plan, { digests, shares, moved }: Decision, of: number): Pick<OrderPart, 'shares' | 'accounts'> {
  const approved = plan.cells.filter(({ digest }) => digests.has(digest));
  // The rest of what a killed run left half-done looks like moved: its journal tells, and a share may read that.
  const begun = [...moved, ...shares.flatMap((share) => share.moved)];
  const accounts = [...new Set([...approved, ...begun].map(({ address }) => address.account))].sort();
  const indices = [...new Set(accounts.map((account) => shardOf(account, of)))].sort((a, b) => a - b);
  return { accounts, shares: indices.map((index) => `${index}/${of}`) };
}

/** A pull request that was refused for the limits has no approval that a share could go by. */
function withinLimits({ pulls, pending }: Approvals, { shares }: Decision): Approvals {
  const judged = pulls.map((approval, index) => {
    const refusal = shares[index]?.refusal;
    return refusal ? { pull: approval.pull, refusal } : approval;
  });
  return { pulls: judged, ...(pending && { pending }) };
}

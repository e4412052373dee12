/**
 * One job of the matrix that carries out: plans the accounts of its share again, in which something is approved, and
 * executes what both a record and the order approve.
 */
import type { Cell, Plan } from '../../../model/plan.ts';
import { type Shard, shardOf } from '../../../plan/shard.ts';
import { narrow, observe, plan as planOf, protect } from '../../../reconcile.ts';
import { type Ended, renderOutcomes } from '../../../render/outcome.ts';
import type { Run } from '../../../run.ts';
import { record } from '../../carry-out.ts';
import { journalPlace } from '../../journal-place.ts';
import { underLock } from '../../lock.ts';
import { withFleet } from '../../session.ts';
import { pullRequestOf } from '../approvals.ts';
import { announceJournal, begunBefore } from '../begun.ts';
import { type Desk, type Ending, optionsOf } from '../desk.ts';
import { behind, failureOf } from '../ending.ts';
import { groundOfMain } from '../ground.ts';
import { isBehind, mainBranch } from '../history.ts';
import { appliedOf, keptHere } from '../report-apply.ts';
import { executable } from './executable.ts';
import type { AppliedPart, OrderPart } from './part.ts';
import { leavePart, orderIn, originOf, readParts, shardOfJob } from './parts.ts';
import { withAccounts } from './plan-share.ts';

export async function applyShare(desk: Desk): Promise<Ending> {
  const share = shardOfJob(desk);
  const branch = mainBranch(desk);
  const { inputs, io } = desk;
  const journal = journalPlace(inputs.journal, io);
  const { order, digest } = orderIn(await readParts(desk), await originOf(desk));
  const part = { kind: 'applied', share, order: digest } as const;
  if (await isBehind(desk, branch)) {
    const ending = behind(desk);
    return { ...ending, outputs: { ...ending.outputs, ...(await leavePart(desk, 'applying', part)) } };
  }
  const ground = await groundOfMain(desk, order.since);
  announceJournal(desk, journal);
  const named = { ...io, env: { ...io.env, ...pullRequestOf(order.approvals.pulls) } };
  const done = await withFleet(ground, { ...optionsOf(desk), purpose: 'apply' }, named, async (reached) => {
    const run = onlyWork(withAccounts(reached, order), order, share);
    const { result } = await underLock(run, { journal, breakLock: inputs['break-lock'] }, named, (signal) =>
      carryOut({ ...desk, io: { ...named, signal } }, run, order, { share, journal, branch }),
    );
    return result;
  });
  return endingOf(desk, done, await leavePart(desk, 'applying', { ...part, done: partOf(done) }));
}

/** Nothing is read that will not be changed: the other accounts were planned already. */
function onlyWork(run: Run, { accounts }: OrderPart, { index, of }: Shard): Run {
  return { ...run, only: { ...run.only, accounts: accounts.filter((account) => shardOf(account, of) === index) } };
}

type Done = {
  readonly plan: Plan;
  readonly begun: readonly Cell[];
  readonly outcomes: readonly Ended[];
};

type Place = { readonly share: Shard; readonly journal: string; readonly branch: string };

async function carryOut(desk: Desk, run: Run, order: OrderPart, { share, journal, branch }: Place): Promise<Done> {
  const plan = planOf(run, await observe(run));
  const unfinished = await begunBefore(desk, run, journal, branch);
  const begun = unfinished.filter(({ address }) => shardOf(address.account, share.of) === share.index);
  const approved = executable(plan, order, begun);
  const { cells } = narrow(plan, { digests: new Set(approved.map(({ digest }) => digest)) });
  if (cells.length === 0) return { plan, begun, outcomes: [] };
  const how = { journal, protection: await protect(run, order.listed.inventory), failFast: false };
  const { outcomes } = await record(cells, plan, run, how, desk.io);
  return { plan, begun, outcomes };
}

function partOf({ plan, begun, outcomes }: Done): Required<AppliedPart>['done'] {
  const ended = outcomes.map(({ cell, result, reason }) => ({
    digest: cell.digest,
    result,
    ...(reason && { reason }),
  }));
  return { plan, begun, outcomes: ended };
}

function endingOf({ io, inputs }: Desk, { plan, outcomes }: Done, left: Ending['outputs']): Ending {
  const journal = inputs.journal ?? '';
  io.result(renderOutcomes(outcomes, { colour: io.colour, width: io.width }, plan.names));
  const failure = failureOf(outcomes);
  return {
    outputs: {
      result: outcomes.length > 0 ? 'applied' : 'clean',
      applied: String(appliedOf(outcomes).size),
      ...left,
      ...(outcomes.length > 0 && keptHere(journal) && { 'journal-path': journal }),
    },
    summary: `### ${inputs.shard}: ${appliedOf(outcomes).size} applied\n`,
    ...(failure && { failure }),
  };
}

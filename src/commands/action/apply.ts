/**
 * The apply on main: what merged pull requests approved, or a person by digest, of a plan made afresh from what is there
 * now; and a report to each of them. Everything else waits as the pending plan.
 */

import type { Approval } from '../../github/approval.ts';
import { narrow, observe, plan as planOf, protect } from '../../reconcile.ts';
import type { Ended } from '../../render/outcome.ts';
import type { Run } from '../../run.ts';
import { record } from '../carry-out.ts';
import { journalPlace } from '../journal-place.ts';
import { underLock } from '../lock.ts';
import { withFleet } from '../session.ts';
import { approvalsSince, pullRequestOf, setDriftAside, unknownDigest, withPending } from './approvals.ts';
import { announceJournal, begunBefore } from './begun.ts';
import { decide } from './decide.ts';
import { type Desk, type Ending, optionsOf } from './desk.ts';
import { overtaken } from './ending.ts';
import { groundOfMain } from './ground.ts';
import { appliedUpTo, isBehind, mainBranch } from './history.ts';
import { reportApply } from './report-apply.ts';

export async function applyMain(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  const { inputs, io } = desk;
  const journal = journalPlace(inputs.journal, io);
  if (await isBehind(desk, branch)) return overtaken(desk);
  const since = await appliedUpTo(desk, branch);
  const pulls = await approvalsSince(desk, since, branch);
  const ground = await groundOfMain(desk, since);
  const named = { ...io, env: { ...io.env, ...pullRequestOf(pulls) } };
  return withFleet(ground, { ...optionsOf(desk), purpose: 'apply' }, named, async (run) => {
    const { result } = await underLock(run, { journal, breakLock: inputs['break-lock'] }, named, (signal) =>
      applyTo({ ...desk, io: { ...named, signal } }, run, { branch, journal, pulls }),
    );
    return result;
  });
}

type Place = { readonly branch: string; readonly journal: string; readonly pulls: readonly Approval[] };

async function applyTo(desk: Desk, run: Run, { branch, journal, pulls }: Place): Promise<Ending> {
  const seen = await observe(run);
  const plan = planOf(run, seen);
  const approvals = await withPending(desk, plan, setDriftAside(pulls, run.fleet));
  const unfinished = await begunBefore(desk, run, journal, branch);
  const decision = decide(plan, approvals, { limits: run.fleet.safety.limits, unfinished });
  const { cells } = narrow(plan, { digests: decision.digests });
  const refusal = unknownDigest(desk, approvals);
  // Between looking and doing some time has passed; whoever merged meanwhile has a run of their own waiting.
  if (cells.length > 0 && (await isBehind(desk, branch))) return overtaken(desk);
  const how = { journal, protection: await protect(run, seen.inventory), failFast: false };
  if (cells.length > 0) announceJournal(desk, journal);
  const outcomes: readonly Ended[] = cells.length === 0 ? [] : (await record(cells, plan, run, how, desk.io)).outcomes;
  const done = {
    plan,
    decision,
    outcomes,
    branch,
    journal,
    limits: run.fleet.safety.limits,
    ...(refusal && { refusal }),
  };
  return reportApply(desk, done);
}

/**
 * The apply on main: what merged pull requests approved, or a person by digest, of a plan made afresh from what is there
 * now; and a report to each of them. Everything else waits as the pending plan.
 */

import { stricterFleet } from '../../fleet/trusted-fleet.ts';
import { type Approval, approvalOf } from '../../github/approval.ts';
import { mergedSince } from '../../github/merged.ts';
import { unfinishedCells } from '../../journal/unfinished.ts';
import type { Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import type { Fleet, State } from '../../model/state.ts';
import { narrow, observe, plan as planOf, protect, type Run } from '../../reconcile.ts';
import type { Ended } from '../../render/outcome.ts';
import { record } from '../carry-out.ts';
import { journalPlace, openStore } from '../journal-place.ts';
import { underLock } from '../lock.ts';
import { chooseFleet, withFleet } from '../session.ts';
import { type Approvals, decide } from './decide.ts';
import type { Desk, Ending } from './desk.ts';
import { BEHIND } from './ending.ts';
import { isBehind, lastApplied, mainBranch } from './history.ts';
import { findPending } from './pending.ts';
import { optionsOf } from './plan.ts';
import { reportApply } from './report-apply.ts';
import { readHead, stateAt } from './states.ts';

export async function applyMain(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  const { inputs, io } = desk;
  const journal = journalPlace(inputs.journal, io);
  if (await isBehind(desk, branch)) return BEHIND;
  const since = (await lastApplied(desk, branch)) ?? beforeOf(desk);
  const pulls = await approvalsSince(desk, since, branch);
  const head = await readHead(desk);
  const fleet = await strictFleet(desk, head, since);
  const named = { ...io, env: { ...io.env, ...pullRequestOf(pulls) } };
  return withFleet({ state: head, fleet }, { ...optionsOf(desk), purpose: 'apply' }, named, async (run) => {
    const { result } = await underLock(run, { journal }, named, (signal) =>
      applyTo({ ...desk, io: { ...named, signal } }, run, { branch, journal, pulls }),
    );
    return result;
  });
}

function beforeOf({ event }: Desk): string | undefined {
  return event.kind === 'push' ? event.before : undefined;
}

/** CloudTrail shows the pull request when there is only one that could have approved anything. */
function pullRequestOf(pulls: readonly Approval[]): { readonly TRUEUP_PULL_REQUEST?: string } {
  const [only, second] = pulls.filter((approval) => 'record' in approval);
  return only && !second ? { TRUEUP_PULL_REQUEST: String(only.pull.number) } : {};
}

async function approvalsSince(desk: Desk, since: string | undefined, branch: string): Promise<Approval[]> {
  const { api, job, inputs, slug, io } = desk;
  if (since === undefined) return [];
  const { pulls, strays, rewritten } = await mergedSince(api, job, since, branch);
  if (rewritten) io.say('main was rewritten since the last apply: nothing counts as approved');
  if (strays.length > 0) io.say(`${strays.length} commits came without a pull request: they approve nothing`);
  const rules = {
    approval: inputs.approval,
    workflows: [...new Set([inputs['plan-workflow'], job.workflow])],
    prefix: `trueup-reviewed-${slug}-`,
    state: inputs.state,
  };
  const approvals: Approval[] = [];
  for (const pull of pulls) approvals.push(await approvalOf(api, job, pull, rules));
  return approvals;
}

/** A change that loosens safety is itself still applied under the stricter one. */
async function strictFleet(desk: Desk, head: State, since: string | undefined): Promise<Fleet> {
  const fleet = chooseFleet(head, desk.inputs.fleet);
  const before = since === undefined ? undefined : await stateAt(since, desk);
  const was = before?.fleets.find(({ name }) => name === fleet.name);
  return was ? stricterFleet(was, fleet) : fleet;
}

type Place = { readonly branch: string; readonly journal: string; readonly pulls: readonly Approval[] };

async function applyTo(desk: Desk, run: Run, { branch, journal, pulls }: Place): Promise<Ending> {
  const seen = await observe(run);
  const plan = planOf(run, seen);
  const approvals = await withPending(desk, plan, pulls);
  const unfinished = await unfinishedCells(await openStore(journal, run));
  const decision = decide(plan, approvals, { limits: run.fleet.safety.limits, unfinished });
  const { cells } = narrow(plan, { digests: decision.digests });
  const refusal = unknownDigest(desk, approvals);
  // Between looking and doing some time has passed; whoever merged meanwhile has a run of their own waiting.
  if (cells.length > 0 && (await isBehind(desk, branch))) return BEHIND;
  const how = { journal, protection: await protect(run, seen.inventory), failFast: false };
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

async function withPending(desk: Desk, plan: Plan, pulls: readonly Approval[]): Promise<Approvals> {
  const { approved } = desk.inputs;
  const pending = approved === undefined ? undefined : await findPending(desk, approved, plan);
  return { pulls, ...(pending && { pending }) };
}

function unknownDigest({ inputs }: Desk, { pending }: Approvals): Reason | undefined {
  if (inputs.approved === undefined || pending) return undefined;
  return {
    code: 'digest-unknown',
    message: 'the digest that was given stands for no plan that is still kept',
    advice: 'take the one that the issue shows now',
  };
}

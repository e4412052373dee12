/** Who approved what since main was applied last: pull requests by being merged, a person by the digest that was given. */
import { type Approval, approvalOf } from '../../github/approval.ts';
import { mergedSince } from '../../github/merged.ts';
import { withoutDrift } from '../../github/record.ts';
import type { Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import type { Fleet } from '../../model/state.ts';
import { counted } from '../../render/phrase.ts';
import type { Approvals } from './decide.ts';
import type { Desk } from './desk.ts';
import { findPending } from './pending.ts';

export async function approvalsSince(desk: Desk, since: string | undefined, branch: string): Promise<Approval[]> {
  const { api, job, inputs, slug, tell, clone } = desk;
  if (since === undefined) return [];
  if (!(await clone.hasCommit(since))) {
    const commit = since.slice(0, 12);
    tell(
      `${commit}, which was applied last, is not in the checkout: main was rewritten, or "fetch-depth: 0" is missing`,
    );
    tell(
      'nothing counts as approved by pull requests, and the safety that is there unless loosened holds for this run',
    );
    return [];
  }
  const { pulls, strays, rewritten, tooMuch } = await mergedSince(api, job, since, branch);
  if (rewritten) tell('main was rewritten since the last apply: nothing counts as approved');
  if (tooMuch !== undefined)
    tell(
      `main got ${tooMuch} since the last apply: more than GitHub would answer questions about; none of that is approved by merging, and waits as the pending plan, to be approved by its digest`,
    );
  if (strays.length > 0)
    tell(`without a pull request came ${counted(strays.length, ['commit', 'commits'])}: nothing is approved by that`);
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

/** @param fleet that is applied: where drift waits merging has not approved it, whatever the plan said then */
export function setDriftAside(pulls: readonly Approval[], { drift }: Pick<Fleet, 'drift'>): readonly Approval[] {
  if (drift === 'merge') return pulls;
  return pulls.map((one) => ('record' in one ? { ...one, record: withoutDrift(one.record) } : one));
}

/** CloudTrail shows the pull request when there is only one that could have approved anything. */
export function pullRequestOf(pulls: readonly Approval[]): { readonly TRUEUP_PULL_REQUEST?: string } {
  const [only, second] = pulls.filter((approval) => 'record' in approval);
  return only && !second ? { TRUEUP_PULL_REQUEST: String(only.pull.number) } : {};
}

export async function withPending(desk: Desk, plan: Plan, pulls: readonly Approval[]): Promise<Approvals> {
  const { approved } = desk.inputs;
  const pending = approved === undefined ? undefined : await findPending(desk, approved, plan);
  return { pulls, ...(pending && { pending }) };
}

export function unknownDigest({ inputs }: Desk, { pending }: Approvals): Reason | undefined {
  if (inputs.approved === undefined || pending) return undefined;
  return {
    code: 'digest-unknown',
    message: 'the digest that was given stands for no plan that is still kept',
    advice: 'take the one that the issue shows now',
  };
}

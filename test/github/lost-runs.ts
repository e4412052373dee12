/** Runs of the apply that came to nothing, and pull requests for which they were. */
import type { FakeGitHub, FakeRun } from '../support/github.ts';
import { FLEET } from '../support/small.ts';
import type { Project } from './project.ts';

export const EMPTY = { 'state/fleet.yaml': FLEET };
export const PASSWORDS = {
  'state/passwords.yaml':
    'kind: Policy\nname: passwords\ntargets: { accounts: [all] }\nguardrails: { password-policy: { minimumLength: 14 } }\n',
};
export const GROUPS = {
  'state/groups.yaml':
    'kind: Policy\nname: groups\ntargets: { accounts: [all] }\nguardrails: { default-security-group: { ingress: none, egress: none } }\n',
};
export const NOTHING = { 'state/ranges.yaml': 'kind: Ranges\nranges: { office: [10.0.0.0/8] }\n' };
export const ALL = { code: 0, outputs: { result: 'applied', applied: '4', changes: '0' } };

/** Planned side by side, so that neither shows the other's changes as drift. */
export async function planBoth({ open, plan }: Project) {
  const [first, second] = [await open(PASSWORDS), await open(GROUPS)];
  await plan(first);
  await plan(second);
  return { first, second };
}

/** A run for the push of main's tip of which nothing is left but how it ended. */
export function lose(
  { begin, pushOf }: Project,
  conclusion: NonNullable<FakeRun['conclusion']>,
  event?: 'workflow_dispatch',
) {
  const run = begin(pushOf(event));
  run.conclusion = conclusion;
  return run;
}

/** As if the machine had gone away before it could keep anything. */
export function forget({ artifacts }: FakeGitHub, { run }: { readonly run: FakeRun }): void {
  run.conclusion = 'failure';
  artifacts.splice(0, artifacts.length, ...artifacts.filter((left) => left.run !== run));
}

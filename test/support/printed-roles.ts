/** The roles that `trueup iam` prints for a state, and how they come into an account of the sandbox, where they are enforced. */
import { guardrails } from '../../src/guardrails/index.ts';
import { asJson } from '../../src/iam/json.ts';
import { memberRoles } from '../../src/iam/member-roles.ts';
import { neededBy } from '../../src/iam/needed.ts';
import type { PolicyDocument } from '../../src/model/aws.ts';
import { parsePolicy } from '../../src/sandbox/iam/policy.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { TODAY } from './sandbox.ts';

export type PrintedRole = {
  readonly name: string;
  readonly trust: PolicyDocument;
  readonly policies: { readonly trueup: PolicyDocument };
};

/** @param yaml the whole state, fleet included */
export function printedRoles(yaml: string, hub: string): readonly PrintedRole[] {
  const state = loadDocuments([{ path: 'state/test.yaml', text: yaml }], { guardrails, env: {}, today: TODAY });
  const [only] = state.fleets;
  if (!only) throw new Error('the state of this test has no fleet');
  const roles = memberRoles(only, neededBy(state, only), { callers: ['administrator'] });
  const known = { partition: 'aws', hub };
  return (asJson({ part: 'members', roles, provider: false, known }) as { roles: unknown }).roles as PrintedRole[];
}

/** From now on the roles of the account may do what is printed for this state, and for those before it. */
export function enforcePrinted({ world }: Sandbox, account: string, yaml: string): void {
  for (const { name, policies } of printedRoles(yaml, account)) {
    const role = world.accounts.get(account)?.roles.get(name);
    if (!role) throw new Error(`the account has no role ${name}`);
    role.policies.delete('everything');
    role.policies.set(`printed-${role.policies.size + 1}`, parsePolicy(JSON.stringify(policies.trueup), 'permissions'));
  }
}

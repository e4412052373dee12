/** Does a role's trust policy let this caller in? */
import type { Demand } from './evaluate.ts';
import type { Policy, Statement } from './policy.ts';

export type Principal = { readonly account: string; readonly role: string; readonly session: string };

/** `named`: the caller itself; `account`: its account, which leaves the decision to the caller's own policies. */
export type Trust = 'named' | 'account' | 'none';

type Covers = (statement: Statement, demand: Demand) => boolean;

export function trusts(policy: Policy, demand: Demand, caller: Principal, covers: Covers): Trust {
  const matching = policy.statements
    .filter((statement) => covers(statement, demand))
    .map((statement) => ({ allows: statement.allows, trust: matchPrincipal(statement.principal, caller) }))
    .filter(({ trust }) => trust !== 'none');
  if (matching.some(({ allows }) => !allows)) return 'none';
  if (matching.some(({ trust }) => trust === 'named')) return 'named';
  return matching.length > 0 ? 'account' : 'none';
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
function matchPrincipal(principal: unknown, caller: Principal): Trust {
  if (principal === '*') return 'named';
  if (principal === null || typeof principal !== 'object' || !('AWS' in principal)) return 'none';
  const names: readonly unknown[] = Array.isArray(principal.AWS) ? principal.AWS : [principal.AWS];
  if (names.some((name) => name === '*' || name === caller.role || name === caller.session)) return 'named';
  const account = names.some((name) => name === caller.account || isRootOf(name, caller.account));
  return account ? 'account' : 'none';
}

function isRootOf(name: unknown, account: string): boolean {
  return typeof name === 'string' && new RegExp(`^arn:[a-z-]+:iam::${account}:root$`).test(name);
}

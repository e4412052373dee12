/** Why was nothing looked at? A run that had nothing to do must not look like one that found everything in order. */
import { guardrails } from '../guardrails/index.ts';
import type { Inventory } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import { governedTargets, type Only } from '../plan/govern.ts';
import { forTerminal } from '../render/escape.ts';

/** @returns A sentence with what to do; nothing where some target is governed. */
export function whyNothing(
  state: Pick<State, 'policies' | 'ranges' | 'fleets' | 'exceptions'>,
  inventory: Inventory,
  only: Only | undefined,
): string | undefined {
  if (governedTargets(state, inventory, guardrails, only).length > 0) return undefined;
  if (state.policies.every((policy) => policy.guardrails.length === 0))
    return 'nothing is governed: the state has no policy with a guardrail; docs/guardrails.md has them all';
  const left = inventory.skipped.filter(({ id }) => only?.accounts?.includes(id));
  const [first] = left;
  if (first) return `--only leaves nothing: account ${first.id} is skipped, ${forTerminal(first.reason.message, 300)}`;
  const away = inventory.unreachable.find(({ id }) => only?.accounts?.includes(id));
  if (away)
    return `--only leaves nothing: account ${away.id} cannot be reached, ${forTerminal(away.reason.message, 300)}`;
  if (only)
    return '--only leaves nothing: no policy asks for that there; "trueup targets" shows what governs which account';
  if (inventory.accounts.length === 0) return 'nothing is governed: the fleet has no account that can be reached';
  return 'nothing is governed: the targets of no policy mean any account here; "trueup targets" shows the accounts';
}

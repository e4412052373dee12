/** Loads what a page shows with the real loader, and says which codes it is refused with. */
import { guardrails } from '../../src/guardrails/index.ts';
import { TrueupError } from '../../src/model/problem.ts';
import type { State } from '../../src/model/state.ts';
import { planState } from '../../src/plan/plan.ts';
import { loadDocuments } from '../../src/state/load.ts';
import { TODAY } from '../support/sandbox.ts';
import { reading, snapshotOf } from '../support/snapshots.ts';

const FLEET = 'kind: Fleet\naccounts: self\n';
const RANGES = 'kind: Ranges\nranges: { corporate: [198.51.100.0/24], internal: [10.0.0.0/8] }\n';

/** A page shows parts of a state: what the others would bring is added, unless it is there. */
export function load(text: string, more: readonly string[] = []): State {
  const added = [...more, ...(has(text, 'Fleet') ? [] : [FLEET]), ...(has(text, 'Ranges') ? [] : [RANGES])];
  const files = [
    { path: 'page.yaml', text },
    { path: 'rest.yaml', text: added.join('---\n') },
  ];
  return loadDocuments(files, { guardrails, env: environmentFor(text), today: TODAY });
}

/** @returns the codes of all problems; none if it loads */
export function refusals(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    return error.problems.length > 0 ? error.problems.map(({ code }) => code) : [error.code];
  }
}

/** Plans it in two accounts that have nothing set. */
export function plan(text: string): unknown {
  const state = load(text);
  const [fleet] = state.fleets;
  const policies = reading({
    region: 'global',
    reader: 'password-policy',
    found: { '': { value: {}, handles: {}, about: {} } },
  });
  return fleet && planState(state, fleet, snapshotOf(policies), { guardrails, today: TODAY });
}

function has(text: string, kind: string): boolean {
  return new RegExp(`^kind: ${kind}$`, 'm').test(text);
}

/** One text that can be an account id, a role's name and an external id. `…_NOT_SET` is not there. */
function environmentFor(text: string): { readonly [name: string]: string } {
  const names = [...text.matchAll(/\$\{env:(TRUEUP_[A-Z0-9_]+)\}/g)].map(([, name]) => name ?? '');
  return Object.fromEntries(names.filter((name) => !name.endsWith('_NOT_SET')).map((name) => [name, '123456789012']));
}

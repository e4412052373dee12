/** Which states does a run of the action look at: the one checked out, and the one of an earlier commit. */

import type { Event } from '../../github/event.ts';
import { guardrails } from '../../guardrails/index.ts';
import { TrueupError } from '../../model/problem.ts';
import type { State } from '../../model/state.ts';
import { loadDocuments } from '../../state/load.ts';
import { usageError } from '../io.ts';
import { readState } from '../session.ts';
import type { Desk, Reviewable } from './desk.ts';

/** @throws TrueupError `invalid-state` with every problem */
type Looking = Pick<Desk, 'inputs' | 'io' | 'tell' | 'checkout'>;

export async function readHead({ inputs, io, tell, checkout }: Looking): Promise<State> {
  // Hints are about lines of the repository itself.
  return readState(inputs.state, { ...io, say: tell }, checkout);
}

/** Without secrets, what they would fill in is missing: that alone is no mistake. */
export async function validateHead(desk: Looking): Promise<void> {
  try {
    await readHead(desk);
  } catch (error) {
    if (!(error instanceof TrueupError) || error.code !== 'invalid-state') throw error;
    const problems = error.problems.filter(({ code }) => code !== 'env-missing');
    if (problems.length > 0) throw new TrueupError({ code: error.code, message: error.message }, { problems });
  }
}

/** `undefined`: there was none, or it cannot be used (its own commit says why). */
export async function stateAt(
  commit: string,
  { inputs, io, clone }: Pick<Desk, 'inputs' | 'io' | 'clone'>,
): Promise<State | undefined> {
  const files = await clone.filesAt(commit, inputs.state);
  if (files.length === 0) return undefined;
  try {
    return loadDocuments(files, { guardrails, env: io.env, today: io.now.toISOString().slice(0, 10) });
  } catch (error) {
    if (error instanceof TrueupError && error.code === 'invalid-state') return undefined;
    throw error;
  }
}

/**
 * What a pull request is compared with. A checkout for `pull_request` is the merge of head into base: its first parent
 * is the base as it is now, which is what the merge will be made with.
 */
export async function baseCommit({ event, clone }: Pick<Reviewable, 'event' | 'clone'>): Promise<string> {
  const base = event.kind === 'queue' ? event.base : await firstParent(event, clone);
  if (await clone.hasCommit(base)) return base;
  throw usageError(
    `the base commit ${base.slice(0, 12)} is not in the checkout`,
    'give actions/checkout "fetch-depth: 2" (or 0 for merge queues)',
  );
}

async function firstParent({ head, base }: Extract<Event, { kind: 'pull' }>, clone: Desk['clone']): Promise<string> {
  const [first, second] = await clone.parentsOf('HEAD');
  return first !== undefined && second === head.sha ? first : base.sha;
}

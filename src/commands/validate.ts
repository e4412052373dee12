/** `trueup validate`: is the state right? Needs no AWS. */
import { TrueupError } from '../model/problem.ts';
import type { State } from '../model/state.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';
import { readState } from './session.ts';

export type ValidateOptions = { readonly state: string; readonly json?: boolean };

const SINGULAR = { fleets: 'fleet', policies: 'policy', guardrails: 'guardrail', exceptions: 'exception' } as const;

/** @throws TrueupError `invalid-state` with every problem */
export async function validate(options: ValidateOptions, io: Io): Promise<ExitCode> {
  const state = await readOrTell(options, io);
  const counts = {
    fleets: state.fleets.length,
    policies: state.policies.length,
    guardrails: state.policies.reduce((sum, policy) => sum + policy.guardrails.length, 0),
    exceptions: state.exceptions.length,
  };
  const words = Object.entries(counts).map(
    ([what, count]) => `${count} ${count === 1 ? SINGULAR[what as keyof typeof SINGULAR] : what}`,
  );
  io.result(
    options.json ? JSON.stringify({ valid: true, ...counts }) : `${options.state}: valid (${words.join(', ')})`,
  );
  if (counts.guardrails === 0)
    io.say('nothing is governed yet: no policy has a guardrail; docs/guardrails.md has them all');
  return EXIT.done;
}

/** A program that asked for data is told of mistakes as data, too. */
async function readOrTell({ state, json }: ValidateOptions, io: Io): Promise<State> {
  try {
    return await readState(state, io);
  } catch (error) {
    if (json && error instanceof TrueupError && error.problems.length > 0)
      io.result(JSON.stringify({ valid: false, problems: error.problems }));
    throw error;
  }
}

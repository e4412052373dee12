/** Endings that several modes share. */
import { tellsJournalFailure } from '../../model/journal.ts';
import type { Plan } from '../../model/plan.ts';
import type { Reason } from '../../model/problem.ts';
import { mistakesIn } from '../../plan/mistakes.ts';
import type { Ended } from '../../render/outcome.ts';
import { type Desk, type Ending, writeFiles } from './desk.ts';
import { attemptedPrefix } from './first-apply.ts';

const BEHIND: Ending = {
  outputs: { result: 'behind' },
  summary: '### Nothing done: this commit is no longer the newest\n\nThe run of the newest commit covers it.\n',
};

/** The newest commit has a run of its own, which does not know what a person gave to this one. */
export function behind({ inputs }: Pick<Desk, 'inputs'>, given = inputs.approved !== undefined): Ending {
  if (!given) return BEHIND;
  const text = 'The newest commit has a run of its own, but the digest was given to this one';
  return {
    outputs: BEHIND.outputs,
    summary: `### Nothing done: this commit is no longer the newest\n\n${text}: ${GIVE_AGAIN.advice}.\n`,
    failure: GIVE_AGAIN,
  };
}

/** An apply that says so to later ones: it ends well, and has completed nothing. */
export async function overtaken(desk: Desk, given?: boolean): Promise<Ending> {
  const { job, slug } = desk;
  const ending = behind(desk, given);
  const note = { format: 'trueup-overtaken/1', commit: job.sha, run: job.run };
  const left = {
    'artifact-name': `${attemptedPrefix(slug)}${job.attempt}`,
    'artifact-path': await writeFiles(desk, 'overtaken', { 'overtaken.json': note }),
  };
  return { ...ending, outputs: { ...ending.outputs, ...left } };
}

const GIVE_AGAIN = {
  code: 'behind',
  message: 'the digest was not applied: this commit is no longer the newest',
  advice: 'run the workflow again with the same digest; of what it covers, what has not moved is applied then',
} as const satisfies Reason;

export function mistakeFailure(plan: Plan): Reason | undefined {
  const mistakes = mistakesIn(plan).length;
  if (mistakes === 0) return undefined;
  return {
    code: 'held-for-mistake',
    message: `${mistakes} of what the state says cannot be, as AWS shows`,
    advice: 'mend the lines that the plan names under what is held; no run can',
  };
}

export function failureOf(outcomes: readonly Ended[]): Reason | undefined {
  const number = (result: Ended['result']): number => outcomes.filter((one) => one.result === result).length;
  const unwritten = outcomes.find(({ reason }) => reason && tellsJournalFailure(reason));
  if (unwritten?.reason) return unwritten.reason;
  if (number('interrupted') > 0)
    return {
      code: 'interrupted',
      message: 'the run was stopped',
      advice: 'run again: it goes on where this one stopped',
    };
  if (number('failed') > 0)
    return {
      code: 'apply-failed',
      message: `${number('failed')} of the changes failed`,
      advice: 'the report says why each did; the next apply tries them again',
    };
  const gone = number('moved');
  if (gone > 0)
    return {
      code: 'moved',
      message: `${gone} of the approved changes moved since; not applied`,
      advice: WAITING,
    };
  const used = outcomes.filter(({ reason }) => reason?.code === 'new-user').length;
  if (used > 0)
    return {
      code: 'new-user',
      message: `${used} of the approved changes: somebody has begun to use what they are for; not applied`,
      advice: WAITING,
    };
  return number('held') === 0 ? undefined : heldNow(number('held'));
}

function heldNow(held: number): Reason {
  return {
    code: 'held',
    message: `${held} of the approved changes ${held === 1 ? 'is' : 'are'} held by a safety rule now; not applied`,
    advice: 'the report says why; what was merged stays approved, and the next apply tries it again',
  };
}

const WAITING = 'they wait in the issue with the pending plan, as they are now';

/** What AWS must have answered: without it nothing is known, and nothing may be assumed. */
import { TrueupError } from '../model/problem.ts';

/** @throws TrueupError `answer-incomplete`, which makes the reading unread. */
export function reported<Answer>(answer: Answer | undefined, operation: { readonly id: string }): Answer {
  if (answer !== undefined) return answer;
  throw new TrueupError({
    code: 'answer-incomplete',
    message: `${operation.id} answered without saying what is set`,
    advice: 'run again; if it stays, a proxy or a custom endpoint may be answering in place of AWS',
  });
}

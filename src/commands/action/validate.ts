/** Is the state right? Needs neither AWS nor a token that writes. */
import { annotateProblems } from '../../github/annotations.ts';
import { problemsText } from '../../github/text.ts';
import { TrueupError } from '../../model/problem.ts';
import type { Desk, Ending } from './desk.ts';
import { validateHead } from './states.ts';

export async function validate(desk: Pick<Desk, 'inputs' | 'io' | 'tell' | 'checkout'>): Promise<Ending> {
  try {
    await validateHead(desk);
    return { outputs: { result: 'valid' }, summary: '### The state is valid\n' };
  } catch (error) {
    if (!(error instanceof TrueupError) || error.problems.length === 0) throw error;
    return {
      outputs: { result: 'invalid' },
      summary: problemsText(error.problems),
      annotations: annotateProblems(error.problems),
      failure: { code: error.code, message: error.message },
    };
  }
}

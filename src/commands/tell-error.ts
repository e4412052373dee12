/** An error for the person at the terminal: what happened, what to do, and for a bad state every line that is wrong. */
import { TrueupError } from '../model/problem.ts';
import { forTerminal } from '../render/escape.ts';
import { showProblems } from '../state/show-problems.ts';

const LONGEST = 1000;

export function tellError(error: unknown): string {
  if (!(error instanceof TrueupError)) return tellDefect(error);
  const { code, message, advice, problems } = error;
  if (problems.length > 0) {
    const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'} in the state (${code})`;
    return `${showProblems(problems)}\n\nerror: ${count}`;
  }
  return [
    `error: ${forTerminal(message, LONGEST)} (${code})`,
    ...(advice ? [`  ${forTerminal(advice, LONGEST)}`] : []),
  ].join('\n');
}

/** Not foreseen, so the stack may be all there is to go by. */
function tellDefect(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split('\n').map((line) => forTerminal(line, LONGEST));
  return [
    ...lines,
    'This is a defect of Trueup; please report it with these lines. What was applied is in the journal.',
  ].join('\n');
}

/** One step of a job, from what the machine gives it to the code it ends with: inputs → command → outputs. */
import { act } from './commands/action/act.ts';
import { type Machine, openRunner } from './runner.ts';

/** GitHub shows no more of one step. */
const MOST_ANNOTATIONS = 10;

export async function runStep(machine: Machine): Promise<0 | 1> {
  const runner = openRunner(machine);
  const { outputs, summary, annotations = [], failure } = await act(runner);
  for (const annotation of annotations.slice(0, MOST_ANNOTATIONS)) runner.annotate(annotation);
  for (const [name, value] of Object.entries(outputs)) runner.setOutput(name, value);
  if (summary) await machine.toolkit.summarize(summary);
  if (!failure) return 0;
  runner.announceFailure(`trueup: ${failure.code}`);
  return 1;
}

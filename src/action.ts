/** The GitHub Action: inputs → command → outputs. */
import { getInput, setOutput, summary } from '@actions/core';
import { act } from './commands/action/act.ts';
import { annotate, announceFailure, openRunner } from './runner.ts';

/** GitHub shows no more of one step. */
const MOST_ANNOTATIONS = 10;

async function main(): Promise<void> {
  const { outputs, summary: text, annotations = [], failure } = await act(getInput, setOutput, openRunner());
  for (const annotation of annotations.slice(0, MOST_ANNOTATIONS)) annotate(annotation);
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  if (text && process.env.GITHUB_STEP_SUMMARY) await summary.addRaw(text, true).write();
  if (!failure) return;
  announceFailure(`trueup: ${failure.code}`);
  process.exitCode = 1;
}

void main();

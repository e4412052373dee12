/** The GitHub Action: a process that is one step of a job. */
import { setTimeout as sleep } from 'node:timers/promises';
import { getInput, setOutput, summary } from '@actions/core';
import { gitIn } from './github/git.ts';
import { runStep } from './step.ts';

const stop = new AbortController();
// A cancelled job has a few seconds: the call in flight is finished and recorded.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

const { env } = process;
const directory = process.cwd();

const code = runStep({
  env,
  directory,
  git: gitIn(directory, env),
  toolkit: { getInput, setOutput, summarize },
  write: (text) => void process.stdout.write(text),
  signal: stop.signal,
  wait: (ms) => sleep(ms),
});
void code.then((ended) => {
  process.exitCode = ended;
});

async function summarize(text: string): Promise<void> {
  if (env.GITHUB_STEP_SUMMARY) await summary.addRaw(text, true).write();
}

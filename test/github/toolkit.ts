/** What @actions/core does, from an environment that need not be the one of this process. */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import type { Toolkit } from '../../src/runner.ts';

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files */
export function toolkitIn(env: NodeJS.ProcessEnv): Toolkit {
  const append = (file: string | undefined, text: string): void => {
    if (file) appendFileSync(file, `${text}\n`);
  };
  return {
    getInput: (name) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    setOutput: (name, value) => {
      const end = randomUUID();
      append(env.GITHUB_OUTPUT, `${name}<<${end}\n${value}\n${end}`);
    },
    summarize: async (text) => append(env.GITHUB_STEP_SUMMARY, text),
  };
}

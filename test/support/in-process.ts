/** Runs the command line inside the test: the same options and commands over the same HTTP, without starting a process. */
import type { ExitCode, Io } from '../../src/commands/io.ts';
import { tellError } from '../../src/commands/tell-error.ts';
import { buildProgram } from '../../src/program.ts';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import type { Desk, Ended } from './cli.ts';

/** As `desk.trueup`, where nothing hangs on its being a process of its own. */
export async function runHere(
  desk: Pick<Desk, 'sandbox' | 'path'>,
  words: readonly string[],
  env: Io['env'] = {},
): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const io: Io = {
    result: (text) => {
      said.stdout += `${text}\n`;
    },
    say: (text) => {
      said.stderr += `${text}\n`;
    },
    progress() {},
    canAsk: false,
    ask: async () => undefined,
    env: { TRUEUP_SANDBOX: desk.sandbox.url, TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID, ...env },
    colour: false,
    width: 120,
    now: new Date(),
    signal: new AbortController().signal,
  };
  let code: ExitCode = 0;
  const program = buildProgram(async (work) => {
    code = await work(io).catch((error: unknown) => {
      said.stderr += `${tellError(error)}\n`;
      return 1 as const;
    });
  });
  const state = words.includes('--state') ? [] : ['--state', desk.path('state')];
  await program.parseAsync([...words, ...state], { from: 'user' });
  return { code, ...said };
}

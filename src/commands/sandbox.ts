/** `trueup sandbox`: an embedded AWS on localhost, for trying a state without an account. */
import type { TrueupError } from '../model/problem.ts';
import { DEMO_SEED } from '../sandbox/seeds/demo.ts';
import { startSandbox } from '../sandbox/server.ts';
import { readText } from './files.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';

export type SandboxOptions = { readonly seed?: string; readonly port?: string; readonly latency?: string };

/** Runs until Ctrl-C. */
export async function sandbox(options: SandboxOptions, io: Io): Promise<ExitCode> {
  const seed = options.seed ? await readText(options.seed) : DEMO_SEED;
  const port = numberOf(options.port, '--port', 65_535);
  const latencyMs = numberOf(options.latency, '--latency', 60_000);
  const running = await startSandbox({
    seed,
    ...(port !== undefined && { port }),
    ...(latencyMs !== undefined && { latencyMs }),
  }).catch((error: unknown) => {
    throw mistakeIn(error, options) ?? error;
  });
  io.result(`export TRUEUP_SANDBOX=${running.url}`);
  io.say(
    `an embedded AWS${options.seed ? '' : ' with the demo organisation'} at ${running.url}; Ctrl-C ends it and forgets everything in it`,
  );
  await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }));
  await running.close();
  return EXIT.done;
}

/** A seed or a port that cannot be used is the caller's; whatever else goes wrong is ours. */
function mistakeIn(error: unknown, { seed = '', port }: SandboxOptions): TrueupError | undefined {
  if (!(error instanceof Error)) return undefined;
  const [, why] = /^The seed is not valid:\s*([\s\S]+)/.exec(error.message) ?? [];
  if (why !== undefined) {
    const mistakes = why.split(/\s*✖ /).filter((text) => text !== '');
    return usageError(
      `the seed ${seed} is not valid: ${mistakes.join('; ')}`,
      'leave out --seed for the one of the demo',
    );
  }
  const { code = '' } = error as NodeJS.ErrnoException;
  if (!['EADDRINUSE', 'EACCES'].includes(code)) return undefined;
  const what = code === 'EACCES' ? 'may not be listened on' : 'is in use already';
  return usageError(`port ${port ?? ''} ${what}`, 'name another one, or leave out --port for a free one');
}

function numberOf(text: string | undefined, option: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= most) return number;
  throw usageError(
    `${option} ${JSON.stringify(text)} is not a whole number from 0 to ${most}`,
    `write for example ${option} 4566`,
  );
}

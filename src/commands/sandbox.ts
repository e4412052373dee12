/** `trueup sandbox`: an embedded AWS on localhost, for trying a state without an account. */
import { readFile } from 'node:fs/promises';
import { DEMO_SEED } from '../sandbox/seeds/demo.ts';
import { startSandbox } from '../sandbox/server.ts';
import { EXIT, type ExitCode, type Io, usageError } from './io.ts';

export type SandboxOptions = { readonly seed?: string; readonly port?: string; readonly latency?: string };

/** Runs until Ctrl-C. */
export async function sandbox(options: SandboxOptions, io: Io): Promise<ExitCode> {
  const seed = options.seed ? await readFile(options.seed, 'utf8') : DEMO_SEED;
  const port = numberOf(options.port, '--port', 65_535);
  const latencyMs = numberOf(options.latency, '--latency', 60_000);
  const running = await startSandbox({
    seed,
    ...(port !== undefined && { port }),
    ...(latencyMs !== undefined && { latencyMs }),
  });
  io.result(`export TRUEUP_SANDBOX=${running.url}`);
  io.say(
    `an embedded AWS${options.seed ? '' : ' with the demo organisation'} at ${running.url}; Ctrl-C ends it and forgets everything in it`,
  );
  await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }));
  await running.close();
  return EXIT.done;
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

/**
 * The runner of GitHub Actions as commands see it: a log whose lines the runner obeys if they look like its commands,
 * so every line is made harmless here. Part of the entry point.
 */
import type { Io } from './commands/io.ts';
import type { Annotation } from './github/checks.ts';
import { forCommand, forLog } from './render/escape.ts';

const WIDTH = 120;
const EVERY_MS = 10_000;

export function openRunner(): Io {
  const stop = new AbortController();
  // A cancelled job has a few seconds: the call in flight is finished and recorded.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const log = (text: string): void => void process.stdout.write(`${forLog(text)}\n`);
  let last = Date.now();
  return {
    result: log,
    say: log,
    progress: (stage, done, total) => {
      if (Date.now() - last < EVERY_MS) return;
      last = Date.now();
      log(`${stage}: ${done} of ${total}`);
    },
    canAsk: false,
    ask: async () => undefined,
    env: process.env,
    colour: false,
    width: WIDTH,
    now: new Date(),
    signal: stop.signal,
  };
}

const COMMANDS = { notice: 'notice', warning: 'warning', failure: 'error' } as const;

/** The only place that writes a workflow command. */
export function annotate({ path, line, level, title, message }: Annotation): void {
  const place = `file=${forCommand(path, 'property')},line=${line},title=${forCommand(title, 'property')}`;
  process.stdout.write(`::${COMMANDS[level]} ${place}::${forCommand(message, 'data')}\n`);
}

export function announceFailure(message: string): void {
  process.stdout.write(`::error::${forCommand(message, 'data')}\n`);
}

/** The terminal as commands see it: streams, colour, width, progress, questions, Ctrl-C. Part of the entry point. */
import { createInterface } from 'node:readline/promises';
import type { Io } from './commands/io.ts';

/** What is around a run of the command line. A process has all of it. */
export type Surroundings = {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Io['env'];
  exitCode?: string | number | null | undefined;
  on(event: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  exit(code: number): void;
};

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Where text goes for as long as somebody reads it. */
export type Streams = { out(text: string): void; err(text: string): void };

/** A reader that goes away (`trueup apply | head`) must not stop what is being done, nor change how it ends. */
export function openStreams(around: Surroundings): Streams {
  const err = writerTo(around.stderr, () => {});
  const out = writerTo(around.stdout, (error) => {
    err(`error: the result could not be written to stdout (${error.code}); what was done is done\n`);
    // Set last of all: the command may have ended well but for this.
    around.on('exit', (code) => {
      if (code === 0) around.exitCode = 1;
    });
  });
  return { out, err };
}

export function openTerminal(around: Surroundings, { out, err }: Streams, options: { readonly quiet: boolean }): Io {
  const { stdin, stdout, stderr, env } = around;
  const stop = new AbortController();
  const progress = stderr.isTTY ? bar() : lines();
  const interrupt = (): void => {
    if (stop.signal.aborted) around.exit(130);
    stop.abort();
    err(STOPPING);
  };
  around.on('SIGINT', interrupt);
  around.on('SIGTERM', interrupt);
  around.on('SIGHUP', interrupt);
  const canAsk = Boolean(stdin.isTTY && stderr.isTTY);
  return {
    result: (text) => out(`${progress.clear()}${text}\n`),
    say: (text) => {
      if (!options.quiet) err(`${progress.clear()}${text}\n`);
    },
    progress: (stage, done, total) => {
      if (!options.quiet) err(progress.show(stage, done, total));
    },
    canAsk,
    ask: async (question) => {
      if (!canAsk) return undefined;
      const prompt = createInterface({ input: stdin, output: stderr });
      // The prompt takes Ctrl-C for itself: it stops the run as anywhere else.
      prompt.on('SIGINT', () => {
        stop.abort();
        prompt.close();
      });
      return prompt
        .question(question, { signal: stop.signal })
        .catch(() => '')
        .finally(() => prompt.close());
    },
    env,
    colour: wantsColour(env, stdout.isTTY ?? false),
    width: stdout.columns ?? 100,
    now: new Date(),
    signal: stop.signal,
  };
}

/** Writes until nobody reads any more; from then on it says nothing, and nothing else changes. Any other error is `failed`. */
function writerTo(stream: Output, failed: (error: NodeJS.ErrnoException) => void): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (open && error.code !== 'EPIPE') failed(error);
    open = false;
  });
  return (text) => {
    if (open && text !== '') stream.write(text);
  };
}

/** https://no-color.org: any value that is not empty switches colour off. */
function wantsColour(env: Io['env'], terminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  return Boolean(env.FORCE_COLOR && env.FORCE_COLOR !== '0') || (terminal && env.TERM !== 'dumb');
}

const STOPPING = '\nstopping: the call in flight is finished and recorded first (Ctrl-C again ends at once)\n';

type Progress = { clear(): string; show(stage: string, done: number, total: number): string };

function bar(): Progress {
  const WIDTH = 24;
  const CLEAR = '\r\u001b[2K';
  let shown = false;
  return {
    clear: () => {
      const wasShown = shown;
      shown = false;
      return wasShown ? CLEAR : '';
    },
    show: (stage, done, total) => {
      shown = done < total;
      if (!shown) return CLEAR;
      const full = Math.round((done / total) * WIDTH);
      return `${CLEAR}${stage} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total}`;
    },
  };
}

/** In a log: a sign of life every few seconds, and nothing about work that is quick. */
function lines(): Progress {
  const EVERY_MS = 5000;
  let last = Date.now();
  return {
    clear: () => '',
    show: (stage, done, total) => {
      if (Date.now() - last < EVERY_MS) return '';
      last = Date.now();
      return `${stage}: ${done} of ${total}\n`;
    },
  };
}

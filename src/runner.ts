/**
 * The runner of GitHub Actions as commands meet it: above all a log whose lines the runner obeys if they look like its
 * commands, so every line is made harmless here. Part of the entry point.
 */
import type { Step } from './commands/action/desk.ts';
import type { Io } from './commands/io.ts';
import type { Annotation } from './github/checks.ts';
import { forCommand, forLog } from './render/escape.ts';

const WIDTH = 120;
const EVERY_MS = 10_000;

/** What a process finds around it. */
export type Machine = {
  readonly env: Io['env'];
  /** Where it was started. */
  readonly directory: string;
  readonly git: Step['git'];
  readonly toolkit: Toolkit;
  /** To the log. */
  write(text: string): void;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly wait: Step['wait'];
};

/** What actions have in common: inputs come in, and outputs and the summary of the run go out. */
export type Toolkit = {
  /** Without the spaces around it; empty where there is none. */
  getInput(name: string): string;
  setOutput(name: string, value: string): void;
  /** @param text Markdown, shown with the run */
  summarize(text: string): Promise<void>;
};

export type Runner = Step & {
  /** Shown on a line of a file. */
  annotate(annotation: Annotation): void;
  announceFailure(message: string): void;
};

export function openRunner({ env, directory, git, toolkit, write, signal, wait }: Machine): Runner {
  return {
    git,
    wait,
    io: openLog({ env, write, signal }),
    checkout: directory,
    input: toolkit.getInput,
    setOutput: toolkit.setOutput,
    annotate: (annotation) => write(`${command(annotation)}\n`),
    announceFailure: (message) => write(`::error::${forCommand(message, 'data')}\n`),
  };
}

function openLog({ env, write, signal }: Pick<Machine, 'env' | 'write' | 'signal'>): Io {
  const log = (text: string): void => write(`${forLog(text)}\n`);
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
    env,
    colour: false,
    width: WIDTH,
    now: new Date(),
    signal,
  };
}

const COMMANDS = { notice: 'notice', warning: 'warning', failure: 'error' } as const;

/** A workflow command: the runner takes it from the log. */
function command({ path, line, level, title, message }: Annotation): string {
  const place = `file=${forCommand(path, 'property')},line=${line},title=${forCommand(title, 'property')}`;
  return `::${COMMANDS[level]} ${place}::${forCommand(message, 'data')}`;
}

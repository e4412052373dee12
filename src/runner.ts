/**
 * The runner of GitHub Actions as a step meets it: inputs and addresses in the environment, files for outputs and the
 * summary, and a log whose lines the runner obeys if they look like its commands, so every line is made harmless here.
 * Part of the entry point.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
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
  /** To the log. */
  write(text: string): void;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly wait: Step['wait'];
};

export type Runner = Step & {
  /** Markdown, shown with the run. */
  summarize(text: string): void;
  /** Shown on a line of a file. */
  annotate(annotation: Annotation): void;
  announceFailure(message: string): void;
};

export function openRunner({ env, directory, git, write, signal, wait }: Machine): Runner {
  return {
    git,
    wait,
    io: openLog({ env, write, signal }),
    checkout: directory,
    // https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputs
    input: (name) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    setOutput: (name, value) => append(env.GITHUB_OUTPUT, output(name, value)),
    summarize: (text) => append(env.GITHUB_STEP_SUMMARY, text),
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

/** Lines up to one that nobody can guess: no value can end early and set another output. */
function output(name: string, value: string): string {
  const end = `trueup_${randomUUID()}`;
  return `${name}<<${end}${EOL}${value}${EOL}${end}`;
}

/**
 * The runner reads the file when the step has ended.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files
 */
function append(file: string | undefined, text: string): void {
  if (file) appendFileSync(file, `${text}${EOL}`);
}

const COMMANDS = { notice: 'notice', warning: 'warning', failure: 'error' } as const;

/** A workflow command: the runner takes it from the log. */
function command({ path, line, level, title, message }: Annotation): string {
  const place = `file=${forCommand(path, 'property')},line=${line},title=${forCommand(title, 'property')}`;
  return `::${COMMANDS[level]} ${place}::${forCommand(message, 'data')}`;
}

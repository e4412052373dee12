#!/usr/bin/env node
/** The command line: options → command → exit code. Which commands and options there are is in program.ts. */
import type { ExitCode, Io } from './commands/io.ts';
import { buildProgram } from './program.ts';
import { openTerminal } from './terminal.ts';

const program = buildProgram(run);

/** Runs a command and ends with its code; every error is told as what happened, where, and what to do. */
function run(work: (io: Io) => Promise<ExitCode>): Promise<void> {
  const io = openTerminal({ quiet: program.opts<{ quiet?: boolean }>().quiet ?? false });
  return work(io).then(
    (code) => {
      process.exitCode = code;
    },
    async (error: unknown) => {
      const { tellError } = await import('./commands/tell-error.ts');
      process.stderr.write(`${tellError(error)}\n`);
      process.exitCode = io.signal.aborted ? 130 : 1;
    },
  );
}

// Not awaited at the top level: a lazily loaded chunk that imports this file would wait for it in vain.
void program.parseAsync();

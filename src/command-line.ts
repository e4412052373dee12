/** One run of the command line: words → options → command → exit code. Which commands and options there are is in program.ts. */
import { Command, CommanderError } from 'commander';
import type { ExitCode, Io } from './commands/io.ts';
import { buildProgram } from './program.ts';
import { openStreams, openTerminal, type Streams, type Surroundings } from './terminal.ts';

/** Ends with the code in `around.exitCode`; every error is told as what happened, where, and what to do. */
export async function runCommandLine(words: readonly string[], around: Surroundings): Promise<void> {
  const streams = openStreams(around);
  const program = buildProgram(run, speaking(streams, around));

  async function run(work: (io: Io) => Promise<ExitCode>): Promise<void> {
    const io = openTerminal(around, streams, { quiet: program.opts<{ quiet?: boolean }>().quiet ?? false });
    try {
      around.exitCode = await work(io);
    } catch (error) {
      const { tellError } = await import('./commands/tell-error.ts');
      streams.err(`${tellError(error)}\n`);
      around.exitCode = io.signal.aborted ? 130 : 1;
    }
  }

  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // Help was shown, or what is wrong with the words was said.
    if (!(error instanceof CommanderError)) throw error;
    around.exitCode = error.exitCode;
  }
}

/** Help, and what is wrong with the words, are written like everything else, and do not end the process themselves. */
function speaking({ out, err }: Streams, { stdout, stderr }: Surroundings): Command {
  return new Command().exitOverride().configureOutput({
    writeOut: out,
    writeErr: err,
    getOutHelpWidth: () => widthOf(stdout),
    getErrHelpWidth: () => widthOf(stderr),
  });
}

/** Help is folded at 80 columns where there is no terminal. */
function widthOf({ isTTY, columns }: Surroundings['stdout']): number {
  return (isTTY ? columns : undefined) ?? 80;
}

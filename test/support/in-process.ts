/** Runs the command line inside the test: the same code from words to exit code, over the same HTTP, without a process. */
import { PassThrough, Writable } from 'node:stream';
import { runCommandLine } from '../../src/command-line.ts';
import type { Surroundings } from '../../src/terminal.ts';
import type { Ended } from './cli.ts';

type Environment = { readonly [name: string]: string | undefined };

/** As a process of its own would with that environment, in that directory, with its streams in pipes. */
export async function runInside(directory: string, words: readonly string[], env: Environment): Promise<Ended> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const around: Surroundings = {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env,
    exitCode: undefined,
    // Signals, and the end of a process: whoever tests these starts one.
    on() {},
    exit() {},
  };
  enter(directory);
  try {
    await runCommandLine(words, around);
  } finally {
    leave();
  }
  return { code: Number(around.exitCode ?? 0), stdout: stdout.text, stderr: stderr.text };
}

class Collected extends Writable {
  text = '';

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(text: string, _encoding: string, done: () => void): void {
    this.text += text;
    done();
  }
}

/** There is one working directory: several runs at a time can only share it. */
const inside = { directory: '', runs: 0, home: '' };

function enter(directory: string): void {
  if (inside.runs > 0 && inside.directory !== directory)
    throw new Error('two desks run something at the same time: one of them has to start a process');
  if (inside.runs === 0) Object.assign(inside, { directory, home: process.cwd() });
  inside.runs += 1;
  process.chdir(directory);
}

function leave(): void {
  inside.runs -= 1;
  if (inside.runs === 0) process.chdir(inside.home);
}

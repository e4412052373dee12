/** One run of the action: inside the test, or the bundle that is committed, as a process. */
import { spawn } from 'node:child_process';
import { isAbsolute, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Machine } from '../../src/runner.ts';
import { runStep } from '../../src/step.ts';
import { toolkitIn } from './toolkit.ts';

const BUNDLE = resolve(import.meta.dirname, '../../dist/index.js');

/** The Node of the runner, which need not be the one of the tests. */
const { TRUEUP_NODE } = process.env;

export type Ended = { readonly code: number | null; readonly log: string };
type Place = Pick<Machine, 'env' | 'directory' | 'git'>;
export type How = {
  /** The bundle, in a process of its own; otherwise the same code runs inside the test. */
  readonly bundle?: boolean;
  /** When it resolves, the process is killed: nothing of it is left to clean up. */
  readonly kill?: Promise<unknown>;
  /** When it resolves, the job is cancelled: the step is asked to come to an end. */
  readonly cancel?: Promise<unknown>;
};

export function run(place: Place, { bundle, kill, cancel }: How): Promise<Ended> {
  return bundle || kill || TRUEUP_NODE !== undefined ? runBundle(place, { kill, cancel }) : runHere(place, cancel);
}

/** Without what hangs on being a process; and nobody waits for GitHub to know what it will be made to know anyway. */
async function runHere(place: Place, cancel: How['cancel']): Promise<Ended> {
  const { INPUT_JOURNAL: journal = '', INPUT_PARTS: parts = '' } = place.env;
  const lost = [journal, parts].filter((path) => path !== '' && !path.startsWith('s3://') && !isAbsolute(path));
  if (lost.length > 0) throw new Error(`a test stands elsewhere than the step: ${lost.join(', ')} must be absolute`);
  let log = '';
  const write = (text: string): void => {
    log += text;
  };
  const stop = new AbortController();
  void cancel?.then(() => stop.abort());
  const code = await runStep({
    ...place,
    toolkit: toolkitIn(place.env),
    write,
    signal: stop.signal,
    wait: () => setImmediate(),
  });
  return { code, log };
}

type Stops = { readonly [name in 'kill' | 'cancel']: Promise<unknown> | undefined };

function runBundle({ env, directory: cwd }: Place, { kill, cancel }: Stops): Promise<Ended> {
  const child = spawn(TRUEUP_NODE ?? process.execPath, [BUNDLE], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  void kill?.then(() => child.kill('SIGKILL'));
  void cancel?.then(() => child.kill('SIGINT'));
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  return new Promise((done, fail) => child.on('error', fail).on('close', (code) => done({ code, log })));
}

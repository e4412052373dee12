/** Runs the command line against a sandbox that answers over HTTP: inside the test, or the built one as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DEMO_EXTERNAL_ID } from '../../src/sandbox/seeds/demo.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { runInside } from './in-process.ts';

export const PROGRAM = resolve(import.meta.dirname, '../../dist/cli.js');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
export type Files = { readonly [path: string]: string };
type Environment = { readonly [name: string]: string | undefined };

export type Desk = {
  readonly directory: string;
  readonly sandbox: Sandbox;
  /** Runs `trueup …` inside the test and waits for its end. */
  trueup(words: readonly string[], env?: Environment): Promise<Ended>;
  /** The same as a process of its own, for what hangs on being one: its streams, the SDK's environment, its clock. */
  spawn(words: readonly string[], env?: Environment): Promise<Ended>;
  /** Starts `trueup …` as a process, for signals; `ended` resolves at its end. */
  start(words: readonly string[], env?: Environment): { readonly child: ChildProcess; readonly ended: Promise<Ended> };
  write(files: Files): Promise<void>;
  path(name: string): string;
  close(): Promise<void>;
};

/** A directory of its own with a state in it, and a sandbox beside it. */
export async function openDesk(seed: string, files: Files, latencyMs = 0): Promise<Desk> {
  const sandbox = await startSandbox({ seed, latencyMs });
  const directory = await mkdtemp(join(tmpdir(), 'trueup-cli-'));
  const path = (name: string): string => join(directory, name);
  const around = (more: Environment): Environment => ({
    PATH: process.env.PATH,
    HOME: directory,
    TRUEUP_SANDBOX: sandbox.url,
    TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID,
    ...more,
  });
  const start: Desk['start'] = (words, more = {}) => {
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: directory,
      env: around(more),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: endOf(child) };
  };
  const write = async (some: Files): Promise<void> => {
    for (const [name, text] of Object.entries(some)) {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), text);
    }
  };
  await write(files);
  return {
    directory,
    sandbox,
    trueup: (words, more = {}) => runInside(directory, words, around(more)),
    spawn: (words, more) => start(words, more).ended,
    start,
    write,
    path,
    close: async () => {
      await sandbox.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Waits until the program has said it on stderr. */
export function said(child: ChildProcess, text: string): Promise<void> {
  let stderr = '';
  return new Promise((done, fail) => {
    child.stderr?.setEncoding('utf8').on('data', (more: string) => {
      stderr += more;
      if (stderr.includes(text)) done();
    });
    child.on('close', () => fail(new Error(`it ended without saying "${text}": ${stderr}`)));
  });
}

function endOf(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

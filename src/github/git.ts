/** Git as it is installed on the machine. */
import { spawn } from 'node:child_process';

/** Asks Git in one directory. */
export type Git = (words: readonly string[], input?: string) => Promise<GitAnswer>;
export type GitAnswer = { readonly code: number | null; readonly out: Buffer; readonly complaint: string };

/** @param env Git takes settings from it */
export function gitIn(directory: string, env: NodeJS.ProcessEnv): Git {
  return async (words, input = '') => {
    const child = spawn('git', [...words], { cwd: directory, env, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    let complaint = '';
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.stdin.on('error', () => undefined).end(input);
    const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
    return { code, out: Buffer.concat(out), complaint };
  };
}

/**
 * Git in one directory, asked through one small shell: the process of a test is large, and to start a program from it
 * costs more than what Git then does.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Git, GitAnswer } from '../../src/github/git.ts';

export type Shell = {
  /** As the action asks. */
  readonly ask: Git;
  /** What it prints, without the line break at the end. @throws where it ends with anything but 0 */
  git(...words: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

/** Nobody's own settings, hooks or templates are used. */
export function openGit(directory: string): Shell {
  const child = spawn('sh', [], { cwd: directory, env: environment() });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  // Who asks when it has ended is answered all the same: with no code.
  child.stdin.on('error', () => undefined);
  let said: Buffer[] = [];
  let complaint = '';
  let heard: () => void = () => undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    said.push(bytes);
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
    heard();
  });

  /** What is said on either side ends with a word that stands nowhere else; then comes the code. */
  async function run(words: readonly string[], input: string): Promise<GitAnswer> {
    said = [];
    complaint = '';
    const end = randomUUID();
    const answer = new Promise<GitAnswer>((done) => {
      heard = () => {
        const all = Buffer.concat(said);
        const at = all.lastIndexOf(`\n${end} `);
        if (at < 0 || all.at(-1) !== LINE_BREAK || !complaint.endsWith(end)) return;
        const code = Number(all.toString('utf8', at + end.length + 2));
        done({ code, out: all.subarray(0, at), complaint: complaint.slice(0, -end.length) });
      };
    });
    const command = ['git', '-c', 'core.hooksPath=/dev/null', ...words].map(quote).join(' ');
    const fed = input === '' ? `${command} </dev/null` : `printf %s ${quote(input)} | ${command}`;
    child.stdin.write(`${fed}; printf '\\n${end} %d\\n' $?; printf ${end} >&2\n`);
    const early = ended.then(() => ({ code: null, out: Buffer.concat(said), complaint }));
    return Promise.race([answer, early]);
  }

  let last: Promise<unknown> = Promise.resolve();
  const ask: Git = (words, input = '') => {
    const next = last.then(() => run(words, input));
    last = next;
    return next;
  };
  return {
    ask,
    git: async (...words) => {
      const { code, out, complaint: why } = await ask(words);
      if (code !== 0) throw new Error(`git ${words.join(' ')} ended with ${code}: ${why}`);
      return out.toString('utf8').trim();
    },
    close: async () => {
      await last;
      child.stdin.end();
      await ended;
    },
  };
}

const LINE_BREAK = 10;

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function environment(): NodeJS.ProcessEnv {
  const who = {
    GIT_AUTHOR_NAME: 'dana',
    GIT_AUTHOR_EMAIL: 'd@example.com',
    GIT_COMMITTER_NAME: 'dana',
    GIT_COMMITTER_EMAIL: 'd@example.com',
  };
  const nobodys = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TEMPLATE_DIR: '' };
  return { PATH: process.env.PATH, ...who, ...nobodys };
}

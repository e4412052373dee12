/**
 * Git in one directory, asked through one small shell: the process of a test is large, and to start a program from it
 * costs more than what Git then does.
 */
import { spawn } from 'node:child_process';

export type Git = {
  /** What it prints. @throws where it ends with anything but 0 */
  git(...words: readonly string[]): Promise<string>;
  close(): Promise<void>;
};

/** Nobody's own settings, hooks or templates are used. */
export function openGit(directory: string): Git {
  const child = spawn('sh', [], { cwd: directory, env: environment() });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  let said = '';
  let complaint = '';
  let answered: () => void = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (ANSWER.test(said)) answered();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });

  async function ask(words: readonly string[]): Promise<string> {
    said = complaint = '';
    const answer = new Promise<void>((done) => {
      answered = done;
    });
    const command = ['git', '-c', 'core.hooksPath=/dev/null', ...words].map(quote).join(' ');
    child.stdin.write(`${command} </dev/null; printf '\\0%d\\n' $?\n`);
    await Promise.race([answer, ended]);
    const [, text = '', code] = ANSWER.exec(said) ?? [];
    if (code !== '0') throw new Error(`git ${words.join(' ')} ended with ${code}: ${complaint}`);
    return text.trim();
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    git: (...words) => {
      const next = last.then(() => ask(words));
      last = next.catch(() => undefined);
      return next;
    },
    close: async () => {
      await last;
      child.stdin.end();
      await ended;
    },
  };
}

/** What was printed, NUL, the code. */
const ANSWER = /^([\s\S]*)\0(\d+)\n$/;

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

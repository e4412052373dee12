/**
 * `trueup demo`: the whole promise on the embedded AWS, with the very commands a user would type.
 * Messy accounts → a plan → an apply under narrowed credentials → a second plan → the way back.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { canonical } from '../model/json.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { counted } from '../render/phrase.ts';
import { DEMO_EXTERNAL_ID, DEMO_SEED } from '../sandbox/seeds/demo.ts';
import { type Sandbox, startSandbox } from '../sandbox/server.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

type Shell = (words: readonly string[], expected: readonly number[]) => Promise<void>;

/** @throws Error when a command ends otherwise than it should: the demo is also a test. */
export async function demo(io: Io): Promise<ExitCode> {
  const sandbox = await startSandbox({ seed: DEMO_SEED });
  const directory = await mkdtemp(join(tmpdir(), 'trueup-demo-'));
  try {
    await play(sandbox, directory, io);
    return EXIT.done;
  } finally {
    await sandbox.close();
    await rm(directory, { recursive: true });
  }
}

async function play(sandbox: Sandbox, directory: string, io: Io): Promise<void> {
  const at = (name: string): string => join(directory, name);
  const shell = shellFor(sandbox, directory, io);
  // Beside the program, wherever a package manager has linked it from.
  const shipped = join(dirname(await realpath(process.argv[1] ?? '')), '../state');
  const near = relative(process.cwd(), shipped);
  const state = near.startsWith('..') ? shipped : near;
  const journal = ['--journal', at('journal')];
  const heading = (text: string): void => io.result(`\n━━ ${text}`);

  heading('An organisation of six accounts in three regions, as organisations are. Its state is in YAML:');
  io.result(await readFile(join(state, 'baseline.yaml'), 'utf8'));
  // One account has no role for Trueup: what cannot be read is said, and the exit code says it too.
  await shell(['snapshot', '--state', state, '--out', at('before.json')], [EXIT.error]);

  heading('What would change? Nothing is written; what cannot be read and what is held is said first.');
  await shell(['plan', '--state', state, '--out', at('plan.json')], [EXIT.error]);

  heading('Apply what was just planned, and only that.');
  await shell(['apply', at('plan.json'), '--state', state, '--yes', ...journal], [EXIT.error]);
  tellSessions(sandbox, io);

  heading('Plan again: nothing is left but what is held or cannot be read.');
  await shell(['plan', '--state', state], [EXIT.error]);

  heading('And the way back.');
  const run = await latestRun(at('journal'));
  await shell(['revert', run, '--state', state, '--yes', ...journal], [EXIT.done]);
  await shell(['snapshot', '--state', state, '--out', at('after.json')], [EXIT.error]);
  const [before, after] = await Promise.all(['before.json', 'after.json'].map((name) => valuesIn(at(name))));
  if (before !== after) throw new Error('after the revert something is not as it was before');
  heading('Every value is as it was before. That was the demo; README.md tells how to point it at real accounts.');
}

/** Runs this very program as a user would, with nothing of the environment but what it needs. */
function shellFor(sandbox: Sandbox, directory: string, io: Io): Shell {
  const [, program = ''] = process.argv;
  const { PATH = '' } = io.env;
  const env = {
    PATH,
    HOME: directory,
    TRUEUP_SANDBOX: sandbox.url,
    TRUEUP_EXTERNAL_ID: DEMO_EXTERNAL_ID,
    ...(io.colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  };
  return async (words, expected) => {
    io.result(`\n$ trueup ${words.map((word) => word.replace(`${directory}/`, '')).join(' ')}`);
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'inherit', 'inherit'] });
      child.on('error', reject);
      child.on('exit', resolve);
    });
    if (!expected.includes(code ?? -1))
      throw new Error(`"trueup ${words[0]}" ended with ${code}, expected ${expected.join(' or ')}`);
  };
}

/** What the sandbox saw: no write session names more than the groups it was opened for. */
function tellSessions({ requests }: Sandbox, io: Io): void {
  const policies = requests
    .filter(({ action, input }) => action === 'AssumeRole' && String(input.RoleArn).endsWith('/trueup-write'))
    .map(({ input }) => String(input.Policy));
  const groups = policies.map((policy) => new Set(policy.match(/sg-[0-9a-f]+/g)).size);
  const named = groups.reduce((sum, count) => sum + count, 0);
  const widest = policies.reduce((longest, policy) => (policy.length > longest.length ? policy : longest), '');
  io.result(
    `\n${counted(policies.length, ['write session was', 'write sessions were'])} opened; together they could touch ${counted(named, ['group', 'groups'])} and nothing else. The widest:`,
  );
  io.result(laidOut(widest));
}

/** A policy as people write them: a line for each part, and none for each member of a list. */
function laidOut(policy: string): string {
  const lines = JSON.stringify(JSON.parse(policy), null, 2);
  return lines.replaceAll(/\[\s+("[^[\]{}]*")\s+\]/g, (_, members: string) => `[${members.replaceAll(/,\s+/g, ', ')}]`);
}

async function latestRun(journal: string): Promise<string> {
  const { openDirectory } = await import('../journal/directory.ts');
  return (await openDirectory(journal).runs()).at(-1) ?? '';
}

/** Values only: ids of rules are handles, and recreated rules have new ones. */
async function valuesIn(path: string): Promise<string> {
  const { readings } = JSON.parse(await readFile(path, 'utf8')) as Snapshot;
  const values = readings
    .filter(({ reader }) => reader !== 'security-group-use')
    .flatMap(({ account, region, reader, found }) =>
      Object.entries(found).map(([id, { value }]) => [`${account}/${region}/${reader}/${id}`, value] as const),
    );
  return canonical(Object.fromEntries(values));
}

/** Reads journals back: which runs there were, what each did, and whether anything in them has been touched. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run, RunHeader } from '../model/journal.ts';
import { TrueupError } from '../model/problem.ts';
import { hashOf, readChain } from './chain.ts';

export type VerifiedRun = Run & { readonly faults: readonly string[] };

/** Ids of all runs, oldest first; empty where there is no journal yet. */
export async function listRuns(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** @throws TrueupError `no-such-run`, `journal-unreadable` */
export async function readRun(directory: string, run: string): Promise<VerifiedRun> {
  if (!(await listRuns(directory)).includes(run)) throw noSuchRun(directory, run);
  const place = join(directory, run);
  const headerText = await readFile(join(place, 'run.json'), 'utf8').catch(() => '');
  const header = parseHeader(headerText, place);
  const files = (await readdir(place)).filter((name) => name.endsWith('.jsonl')).sort();
  const closedText = await readFile(join(place, 'closed.json'), 'utf8').catch(() => undefined);
  const chains = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(place, name), 'utf8');
      const { lines, faults } = readChain(hashOf(headerText), text);
      return { lines, faults: [...faults, ...endFaults(name, text, closedText)].map((fault) => `${name}: ${fault}`) };
    }),
  );
  return {
    header,
    lines: chains.flatMap(({ lines }) => lines),
    closed: closedText !== undefined,
    faults: chains.flatMap(({ faults }) => faults),
  };
}

/** Lines cut off the end fit their neighbours; only what the run wrote when it closed gives them away. */
function endFaults(name: string, text: string, closedText: string | undefined): string[] {
  if (closedText === undefined) return [];
  const { chains } = JSON.parse(closedText) as { chains: { readonly [target: string]: { head: string } } };
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const target = name.replace(/\.jsonl$/, '').replace('.', '/');
  return chains[target]?.head === hashOf(last) ? [] : ['it does not end where the run closed it'];
}

function parseHeader(text: string, place: string): RunHeader {
  try {
    const header = JSON.parse(text) as RunHeader;
    if (header.format === 'trueup-journal/1') return header;
  } catch {
    // Told below, together with a header of another format.
  }
  throw new TrueupError({
    code: 'journal-unreadable',
    message: `${join(place, 'run.json')} is not the header of a Trueup journal`,
    advice: 'restore the file from a copy; the other files of the run are still readable one by one',
  });
}

function noSuchRun(directory: string, run: string): TrueupError {
  return new TrueupError({
    code: 'no-such-run',
    message: `there is no run ${JSON.stringify(run)} in ${directory}`,
    advice: '"trueup journal list" shows the runs; --journal says where they are',
  });
}

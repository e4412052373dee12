/** Reads journals back: which runs there were, what each did, and whether anything in them has been touched. */
import { z } from 'zod';
import type { Run, RunHeader } from '../model/journal.ts';
import { TrueupError } from '../model/problem.ts';
import { hashOf, readChain } from './chain.ts';
import type { JournalStore, StoredChain } from './store.ts';

export type VerifiedRun = Run & { readonly faults: readonly string[] };

const closingShape = z.object({
  chains: z.record(
    z.string(),
    z.object({ head: z.string(), cells: z.number().exactOptional(), unfinished: z.number().exactOptional() }),
  ),
});
type Closing = z.output<typeof closingShape>;

/** @throws TrueupError `no-such-run`, `journal-unreadable` */
export async function readRun(store: JournalStore, run: string): Promise<VerifiedRun> {
  const { header, headerText, closingText } = await readFrame(store, run);
  const closing = parseClosing(closingText);
  const stored = await store.chains(run);
  const chains = stored.map((chain) => {
    const { lines, faults } = readChain(hashOf(headerText), chain.text);
    const all = [...faults, ...endFaults(chain, closing)];
    return { lines, faults: all.map((fault) => `${chain.name}: ${fault}`) };
  });
  return {
    header,
    lines: chains.flatMap(({ lines }) => lines),
    closed: closingText !== undefined,
    faults: [...chains.flatMap(({ faults }) => faults), ...frameFaults(closingText, closing, stored)],
  };
}

/** A run at a glance. `unfinished`: cells left half-done, as the run said when it closed. */
export type RunSummary = {
  readonly header: RunHeader;
  readonly closed: boolean;
  readonly cells: number;
  readonly unfinished?: number;
};

/** Reads the chains only of a run that was not closed. @throws TrueupError as `readRun` */
export async function summarizeRun(store: JournalStore, run: string): Promise<RunSummary> {
  const { header, closingText } = await readFrame(store, run);
  const closing = parseClosing(closingText);
  const ends = Object.values(closing?.chains ?? {});
  const [cells, unfinished] = [sum(ends.map((end) => end.cells)), sum(ends.map((end) => end.unfinished))];
  if (closing && cells !== undefined) {
    return { header, closed: true, cells, ...(unfinished !== undefined && { unfinished }) };
  }
  const { lines } = await readRun(store, run);
  const begun = lines.filter(({ entry }) => entry.kind === 'begin').length;
  return { header, closed: closingText !== undefined, cells: begun };
}

function sum(numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce<number | undefined>(
    (total, one) => (total === undefined || one === undefined ? undefined : total + one),
    0,
  );
}

async function readFrame(store: JournalStore, run: string) {
  if (!(await store.runs()).includes(run)) throw noSuchRun(store.place, run);
  const { header: headerText = '', closing: closingText } = await store.frame(run);
  return { header: parseHeader(headerText, `${store.place}/${run}`), headerText, closingText };
}

/** Lines cut off the end fit their neighbours; only what the run wrote when it closed gives them away. */
function endFaults({ target, text }: StoredChain, closing: Closing | undefined): string[] {
  if (!closing) return [];
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return closing.chains[target]?.head === hashOf(last) ? [] : ['it does not end where the run closed it'];
}

function frameFaults(text: string | undefined, closing: Closing | undefined, stored: readonly StoredChain[]): string[] {
  if (text === undefined) return [];
  if (!closing) return ['closed.json: it cannot be read'];
  const there = new Set(stored.map(({ target }) => target));
  return Object.keys(closing.chains)
    .filter((target) => !there.has(target))
    .map((target) => `${target}: what the run did there is missing`);
}

function parseClosing(text: string | undefined): Closing | undefined {
  return text === undefined ? undefined : closingShape.safeParse(parse(text)).data;
}

function parseHeader(text: string, place: string): RunHeader {
  const header = parse(text) as RunHeader | undefined;
  if (header?.format === 'trueup-journal/1') return header;
  throw new TrueupError({
    code: 'journal-unreadable',
    message: `${place}/run.json is not the header of a Trueup journal`,
    advice: 'restore it from a copy; the rest of the run is still readable piece by piece',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noSuchRun(place: string, run: string): TrueupError {
  return new TrueupError({
    code: 'no-such-run',
    message: `there is no run ${JSON.stringify(run)} in ${place}`,
    advice: '"trueup journal list" shows the runs; --journal says where they are',
  });
}

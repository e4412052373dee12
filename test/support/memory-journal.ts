/** Journals that are kept in memory: what a test of many runs writes need not reach a disk. */
import type { JournalStore } from '../../src/journal/store.ts';

type Kept = { header?: string; closing?: string; readonly chains: Map<string, string> };

export function memoryJournal(): JournalStore {
  const runs = new Map<string, Kept>();
  const kept = (run: string): Kept => runs.get(run) ?? { chains: new Map() };
  return {
    place: 'memory',
    runs: async () => [...runs.keys()],
    frame: async (run) => ({ header: kept(run).header, closing: kept(run).closing }),
    chains: async (run) => [...kept(run).chains].map(([target, text]) => ({ target, name: target, text })),
    writer(run) {
      const own = kept(run);
      return {
        begin: async (header) => {
          if (runs.has(run)) throw new Error(`${run} is there already`);
          runs.set(run, Object.assign(own, { header }));
        },
        openChain: async ({ account, region }) => ({
          append: async (line) => {
            const target = `${account}/${region}`;
            own.chains.set(target, `${own.chains.get(target) ?? ''}${line}\n`);
          },
          close: async () => {},
        }),
        end: async (closing) => {
          own.closing = closing;
        },
      };
    },
  };
}

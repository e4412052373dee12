/** Journals that were put away as a whole, e.g. as an artifact of a workflow: the files of a directory, read and never written. */
import type { Frame, JournalStore, StoredChain } from './store.ts';

const CHAIN = /^([^/]+)\/([^/]+)\.jsonl$/;

/** @param files path below the directory → text */
export function openArchive(place: string, files: ReadonlyMap<string, string>): JournalStore {
  return {
    place,
    runs: async () => [...files.keys()].flatMap((path) => /^([^/]+)\/run\.json$/.exec(path)?.[1] ?? []).sort(),
    frame: async (run): Promise<Frame> => ({
      header: files.get(`${run}/run.json`),
      closing: files.get(`${run}/closed.json`),
    }),
    chains: async (run) =>
      [...files].flatMap(([path, text]): StoredChain[] => {
        const [, of, name = ''] = CHAIN.exec(path) ?? [];
        return of === run ? [{ target: name.replace('.', '/'), name: `${name}.jsonl`, text }] : [];
      }),
    writer: () => {
      throw new Error(`${place} is put away: nothing is added to it`);
    },
  };
}

/** How many cases of 10,000 are tried where a person waits. `TRUEUP_LAW_RUNS` says otherwise. */
const TRIED = Number(process.env.TRUEUP_LAW_RUNS ?? (process.env.CI ? 10_000 : 500));
const FEWEST = 100;

/** How many cases a law is tried on: all of them in CI, fewer where a person waits; its share, however many there are. */
export function lawRuns(cases: number): number {
  return Math.max(FEWEST, Math.round((cases * TRIED) / 10_000));
}

export const LAW_RUNS = lawRuns(10_000);

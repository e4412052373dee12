/** How many cases a law is tried on: all of them in CI, fewer where a person waits. TRUEUP_LAW_RUNS says otherwise. */
export const LAW_RUNS = Number(process.env.TRUEUP_LAW_RUNS ?? (process.env.CI ? 10_000 : 500));

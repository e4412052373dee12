/**
 * Loaded in every worker: where a seed is given, every law draws its cases from it. So one tree gets one verdict in CI,
 * every other tree is tried on other cases, and without a seed each run is.
 */
const seed = process.env.TRUEUP_LAW_SEED;
if (seed !== undefined) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
}

export {};

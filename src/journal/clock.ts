/** How time passes for whoever keeps or watches a lock. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Milliseconds since some moment; never set back. */
  now(): number;
  /** @returns What calls it off. */
  after(ms: number, act: () => void): () => void;
}

export const realClock: Clock = {
  now: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

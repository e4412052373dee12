/** A clock that a test moves: what takes half a minute takes no time, and a slow machine changes nothing. */
import { expect } from 'vitest';
import type { Clock } from '../../src/journal/clock.ts';

export type ManualClock = Clock & {
  /** Does what is due within the time, in its order. */
  pass(ms: number): void;
};

export function manualClock(): ManualClock {
  let time = 0;
  const timers = new Set<{ readonly at: number; readonly act: () => void }>();
  return {
    now: () => time,
    after(ms, act) {
      const timer = { at: time + ms, act };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass(ms) {
      const end = time + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        time = next.at;
        next.act();
      }
      time = end;
    },
  };
}

/** Waits for what happens by itself, however slow the machine is. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 90_000, interval: 5 }).toBe(true);
}

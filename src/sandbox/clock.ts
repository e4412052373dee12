/** What time is it in the sandbox? The machine's time plus what tests have moved it by. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Moves time forward (or back) for sessions; signatures are still judged by the machine's time. */
  move(seconds: number): void;
}

export function createClock(): Clock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    move(seconds) {
      offset += seconds * 1000;
    },
  };
}

/** Makes requests wait for their turn, so that AWS does not have to refuse them. One bucket per place and category. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../model/json.ts';
import { limitOf } from './limits.ts';
import { drain, full, type Level, type Rate, take } from './rate.ts';

/** The account that a request is charged to, and the region. */
export type Place = { readonly account: string; readonly region: string };

export type Pace = {
  /** Resolves when the request may go. */
  turn(place: Place, operation: string, input: JsonObject): Promise<void>;
  /** To be told when AWS refused a request as one too many. */
  refused(place: Place, operation: string, input: JsonObject): void;
};

/** How time passes: in milliseconds. */
export type Time = { now(): number; sleep(ms: number): Promise<unknown> };

export function createPace(
  rates: { readonly [service: string]: number },
  { now, sleep: pass }: Time = { now: Date.now, sleep },
): Pace {
  const levels = new Map<string, Level>();

  function find(place: Place, operation: string, input: JsonObject): { key: string; rate: Rate; level: Level } {
    const { category, rate } = limitOf(operation, input, rates);
    const key = `${place.account} ${place.region} ${category}`;
    return { key, rate, level: levels.get(key) ?? full(rate, now()) };
  }

  return {
    async turn(place, operation, input) {
      const { key, rate, level } = find(place, operation, input);
      const taken = take(rate, level, now());
      levels.set(key, taken.level);
      if (taken.wait > 0) await pass(taken.wait);
    },
    refused(place, operation, input) {
      const { key, rate, level } = find(place, operation, input);
      levels.set(key, drain(rate, level, now()));
    },
  };
}

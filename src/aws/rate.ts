/** When may the next request go? Token buckets as pure arithmetic; time is passed in, in milliseconds. */

/** How many requests may go at once, and how many more each second. */
export type Rate = { readonly capacity: number; readonly perSecond: number };

/** What is left in a bucket, and when that was true. Below zero, tokens are promised that have yet to flow in. */
export type Level = { readonly tokens: number; readonly at: number };

export function full({ capacity }: Rate, now: number): Level {
  return { tokens: capacity, at: now };
}

/** Takes a token, and says how long to wait for it. Promising tokens ahead serves requests in the order they came. */
export function take(rate: Rate, level: Level, now: number): { readonly level: Level; readonly wait: number } {
  const tokens = refill(rate, level, now) - 1;
  const wait = tokens >= 0 ? 0 : Math.ceil((-tokens / rate.perSecond) * 1000);
  return { level: { tokens, at: later(level, now) }, wait };
}

/** AWS said "too many": what this bucket believed to have left is gone, for everybody who draws on it. */
export function drain(rate: Rate, level: Level, now: number): Level {
  return { tokens: Math.min(0, refill(rate, level, now)), at: later(level, now) };
}

function refill({ capacity, perSecond }: Rate, { tokens, at }: Level, now: number): number {
  return Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * perSecond);
}

/** A clock that is set back must not refill the same second twice. */
function later({ at }: Level, now: number): number {
  return Math.max(at, now);
}

/** The same rate, faster or slower in proportion. A bucket holds at least one request, or none would ever go. */
export function scale({ capacity, perSecond }: Rate, factor: number): Rate {
  return { capacity: Math.max(1, capacity * factor), perSecond: perSecond * factor };
}

/**
 * Is it worth asking GitHub again, and after how long? It says so itself when too much was asked.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export type Refused = {
  /** 0: no answer at all. */
  readonly status: number;
  readonly message?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: string | undefined;
  readonly remaining?: string | undefined;
  /** Seconds since 1970. */
  readonly reset?: string | undefined;
};

export type Asked = {
  /** Counts from 1. */
  readonly attempt: number;
  /** Whether doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  readonly now: number;
};

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;
const SECONDARY_PAUSE_MS = 60_000;

/** Milliseconds, or `undefined`: asking again would change nothing, or might do it twice. */
export function pauseFor(refused: Refused, { attempt, repeatable, now }: Asked): number | undefined {
  const { status, message = '' } = refused;
  if (isLimited(refused) && attempt < 2 * ATTEMPTS) return limitPause(refused, now, message);
  const passing = status === 0 || status >= 500;
  return passing && repeatable && attempt < ATTEMPTS ? FIRST_PAUSE_MS * 2 ** (attempt - 1) : undefined;
}

/** Too much was asked. Other refusals with 403 are about permissions, and stay. */
export function isLimited(refused: Refused): boolean {
  return refused.status === 429 || (refused.status === 403 && isAboutRate(refused));
}

function isAboutRate({ retryAfter, remaining, message = '' }: Refused): boolean {
  return retryAfter !== undefined || remaining === '0' || /rate limit/i.test(message);
}

function limitPause({ retryAfter, remaining, reset }: Refused, now: number, message: string): number {
  const seconds = Number(retryAfter);
  if (retryAfter !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const until = Number(reset) * 1000;
  if (remaining === '0' && Number.isFinite(until)) return Math.max(0, until - now) + 1000;
  return /secondary/i.test(message) ? SECONDARY_PAUSE_MS : SECONDARY_PAUSE_MS / 2;
}

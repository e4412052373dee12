/** Which id does a thing get? Seeded things get one derived from their name, later ones one from a counter. */
import { createHash } from 'node:crypto';

export interface Ids {
  /** The next id of this prefix, e.g. `sgr` → `sgr-0…` (17 hexadecimal digits). */
  next(prefix: string): string;
}

/** The same names give the same id in every run. */
export function derivedId(prefix: string, ...names: readonly string[]): string {
  return `${prefix}-0${hashed([prefix, ...names]).slice(0, 16)}`;
}

/** Lower-case letters and digits, as organisations use them. */
export function derivedName(length: number, ...names: readonly string[]): string {
  const digits = BigInt(`0x${hashed(names)}`).toString(36);
  return digits.slice(0, length);
}

export function createIds(): Ids {
  let count = 0;
  return {
    next(prefix) {
      count += 1;
      return derivedId(prefix, 'run', String(count));
    },
  };
}

function hashed(names: readonly string[]): string {
  return createHash('sha256').update(names.join('\u0000')).digest('hex');
}

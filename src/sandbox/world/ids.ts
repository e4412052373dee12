/** Which id does a thing get? Seeded things get one derived from their name, later ones one from a counter. */

export interface Ids {
  /** The next id of this prefix, e.g. `sgr` → `sgr-0…` (17 hexadecimal digits). */
  next(prefix: string): string;
}

/** The same names give the same id in every run. */
export function derivedId(prefix: string, ...names: readonly string[]): string {
  return `${prefix}-0${hashed([prefix, ...names])}`;
}

/** Lower-case letters and digits, as organisations use them. */
export function derivedName(length: number, ...names: readonly string[]): string {
  const digits = BigInt(`0x${hashed(names)}${hashed([...names, 'more'])}`).toString(36);
  return digits.padStart(length, '0').slice(0, length);
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

/** Sixteen hexadecimal digits. Not for secrets: only fast, and spread widely enough that no two names meet. */
function hashed(names: readonly string[]): string {
  const text = names.join('\u0000');
  return mix(text, 0x9e3779b9) + mix(text, 0x85ebca6b);
}

/** FNV-1a over UTF-16 units, with the finalizer of MurmurHash3. */
function mix(text: string, seed: number): string {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
}

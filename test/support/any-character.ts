/** Characters that a property may meet. */
import fc from 'fast-check';

const SURROGATES = { from: 0xd800, count: 0x800 };

/** Any code point that is a character: what fast-check calls `binary`, without its table of a million entries. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - SURROGATES.count })
  .map((n) => String.fromCodePoint(n < SURROGATES.from ? n : n + SURROGATES.count));

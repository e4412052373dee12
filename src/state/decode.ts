/** Bytes → text, if they are UTF-8; otherwise the place of the first that is not. */
import type { Problem } from '../model/problem.ts';
import { openSource, problemAt } from './source.ts';

export type Decoded = { readonly text: string; readonly problem?: Problem };

export function decode(path: string, bytes: Uint8Array): Decoded {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const bad = firstDifference(bytes, new TextEncoder().encode(text));
  if (bad === undefined) return { text };
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, bad));
  const problem = problemAt(openSource(path, text), before.length, {
    code: 'not-utf8',
    message: `not UTF-8: the byte 0x${(bytes[bad] ?? 0).toString(16).padStart(2, '0')} is no character`,
    advice: 'save the file as UTF-8',
  });
  return { text, problem };
}

/** What is not UTF-8 decodes to U+FFFD and encodes to other bytes. */
function firstDifference(bytes: Uint8Array, again: Uint8Array): number | undefined {
  const index = bytes.findIndex((byte, at) => byte !== again[at]);
  return index >= 0 ? index : undefined;
}

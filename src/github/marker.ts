/**
 * By what is a comment or an issue of Trueup known again? By its first line, which nobody sees, together with its
 * author: anybody may write such a line.
 */
import { createHash } from 'node:crypto';

/** What there is one of for each state directory and fleet. */
export type Purpose = 'plan' | 'apply' | 'pending';

/** Sixteen hexadecimal digits for a state directory and a fleet: names of artifacts cannot carry every character. */
export function slugOf(state: string, fleet: string | undefined): string {
  return createHash('sha256')
    .update(JSON.stringify([state, fleet ?? '']))
    .digest('hex')
    .slice(0, 16);
}

export function markerOf(purpose: Purpose, slug: string): string {
  return `<!-- trueup:${purpose}:${slug} -->`;
}

export function isMarked(body: string | null, marker: string): boolean {
  return body === marker || (body?.startsWith(`${marker}\n`) ?? false) || (body?.startsWith(`${marker}\r\n`) ?? false);
}

/** How is the width of a range written in a policy: `/24`, the length of a prefix? */
import { z } from 'zod';
import type { Widths } from '../../ingress/entry.ts';
import { widerThan6 } from '../../ingress/entry.ts';

/** Of IPv4. @param least the shortest length that has a meaning */
export function width4(least: number) {
  return width(least, 32, 'IPv4', '/24');
}

/** Of IPv6. */
export function width6(least: number) {
  return width(least, 128, 'IPv6', '/48');
}

export function lengthOf(text: string): number {
  return Number(text.slice(1));
}

/** @param text6 left out: twice the length of IPv4, because /24 and /48 are both one site */
export function widthsOf(text4: string, text6: string | undefined): Widths {
  const v4 = lengthOf(text4);
  return { v4, v6: text6 === undefined ? widerThan6(v4) : lengthOf(text6) };
}

/** What editors complete from; which numbers are lengths, the check says. */
const PATTERN = '^/(0|[1-9][0-9]{0,2})$';

function width(least: number, most: number, family: string, example: string) {
  return z
    .string()
    .superRefine((text, context) => {
      const shaped = /^\/(0|[1-9]\d*)$/.test(text);
      if (shaped && lengthOf(text) >= least && lengthOf(text) <= most) return;
      const long = family === 'IPv4' && shaped && lengthOf(text) > most;
      const other = long ? '; the length for IPv6 has a field of its own, with a 6' : '';
      context.addIssue({
        code: 'custom',
        message: `is not the length of a prefix of ${family}`,
        params: { advice: `write /${least} to /${most}, e.g. ${example}${other}` },
      });
    })
    .meta({ pattern: PATTERN });
}

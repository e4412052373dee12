/**
 * How much may a state have in it? Whoever may open a pull request writes one, and each of its words costs hundreds of times
 * its length until it is a checked value: a file of nothing but `- {}` took 16 seconds and more than a gigabyte.
 */
import type { Complaint } from './source.ts';

/** About 6,000 accounts written out with their tags, or 50,000 ranges. */
export const MOST_MARKS = 150_000;
export const MOST_BYTES = 4 * 1024 * 1024;

/** What the files that are still to be read may have together. */
export type Budget = { marks: number; bytes: number };

export function openBudget(): Budget {
  return { marks: MOST_MARKS, bytes: MOST_BYTES };
}

const advice = 'let accounts be discovered instead of listing them; put other data elsewhere';

export function tooMuch({ bytes }: Budget): Complaint {
  const message =
    bytes < 0
      ? `the files of the state have more than ${MOST_BYTES} bytes (4 MiB) together`
      : `the state has more than ${MOST_MARKS} words, numbers and punctuation marks; from here on nothing is read`;
  return { code: 'too-much', message, advice };
}

/** Every code that a person can meet is explained, and the page is current. `npm run generate` writes it anew. */
import { expect, it } from 'vitest';
import { AWS_KINDS, NOTES } from './error-notes.ts';
import { actOf, declaredKinds, errorEntries, errorPage, meaningOf, needlesslyListed } from './error-page.ts';

const entries = errorEntries();

it('has a current page of error codes (if not: npm run generate)', async () => {
  await expect(errorPage(entries)).toMatchFileSnapshot('../../docs/errors.md');
});

it('knows of every code what happened (if not: write the message beside it, or a note in error-notes.ts)', () => {
  expect(entries.filter((entry) => meaningOf(entry) === undefined).map(({ code }) => code)).toEqual([]);
});

it('knows of every code what to do (if not: give it advice, or a note in error-notes.ts)', () => {
  expect(entries.filter((entry) => actOf(entry) === undefined).map(({ code }) => code)).toEqual([]);
});

it('has no note on a code, and lists no file, that there is not', () => {
  const codes = new Set(entries.map(({ code }) => code));
  expect(Object.keys(NOTES).filter((code) => !codes.has(code))).toEqual([]);
  expect(needlesslyListed()).toEqual([]);
});

it('shows an error of AWS for each kind that is told apart', () => {
  expect(Object.keys(AWS_KINDS).sort()).toEqual([...declaredKinds()].sort());
  expect(entries.map(({ code }) => code)).toEqual(expect.arrayContaining(Object.keys(AWS_KINDS)));
});

it('writes codes as words with hyphens, and never two that differ only in that', () => {
  const codes = entries.map(({ code }) => code);
  expect(codes.filter((code) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code))).toEqual([]);
  expect(new Set(codes.map((code) => code.replaceAll('-', ''))).size).toBe(codes.length);
});

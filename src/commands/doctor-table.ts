/** What `trueup doctor` found, as one table: failures first, each with what to add and where; the rest in few lines. */
import { createColors } from 'picocolors';
import { groupBy } from '../model/group-by.ts';
import { forTerminal } from '../render/escape.ts';
import { flow } from '../render/flow.ts';
import { paintWith, span, type Tone } from '../render/paint.ts';
import type { Check } from './doctor-check.ts';
import type { Io } from './io.ts';

type Line = { readonly word?: string; readonly tone?: Tone; readonly text: string };

/** Text stands behind the words, also where it takes several lines. */
const INDENT = 9;

export function tellChecks(checks: readonly Check[], { colour, width }: Pick<Io, 'colour' | 'width'>): string {
  const having = (status: Check['status']): readonly Check[] => checks.filter((one) => one.status === status);
  const [failed, unverified, fine] = [having('failed'), having('unverified'), having('ok')];
  const paint = paintWith(createColors(colour));
  const lines = [...failed.map(failureLine), ...unclearLines(unverified), ...okLines(fine)];
  const laid = lines.flatMap(({ word = '', tone = 'plain', text }) =>
    flow([span(word.padEnd(INDENT), tone), span(text)], { first: 0, rest: INDENT }, width, paint),
  );
  const [remedies, more] = [remediesOf(failed), remediesOf(unverified)];
  return [
    ...laid,
    ...(remedies.length > 0 ? ['', 'to add:', ...remedies] : []),
    ...(more.length > 0 ? ['', 'to add, if more is to be verified:', ...more] : []),
    '',
    `${checks.length} checks: ${failed.length} failed, ${unverified.length} not verifiable here, ${fine.length} ok`,
  ].join('\n');
}

function failureLine({ account, region, what, message }: Check): Line {
  const text = `${account} ${region}  ${forTerminal(what, 100)}: ${forTerminal(message, 600)}`;
  return { word: 'FAILED', tone: 'danger', text };
}

/** Why is said once, after all of which it is true. */
function unclearLines(checks: readonly Check[]): Line[] {
  return [...groupBy(checks, ({ message }) => message)].flatMap(([message, alike]) => [
    ...[...groupBy(alike, ({ what }) => what)].map(([what, places]): Line => {
      return { word: 'unclear', tone: 'caution', text: `${forTerminal(what, 100)} (${whereOf(places)})` };
    }),
    { text: forTerminal(message, 200) },
  ]);
}

/** The same thing at many places is one line. */
function okLines(checks: readonly Check[]): Line[] {
  const alike = groupBy(checks, ({ what, message }) => `${forTerminal(what, 100)}: ${forTerminal(message, 200)}`);
  return [...alike].map(([text, places]) => ({ word: 'ok', tone: 'good', text: `${text} (${whereOf(places)})` }));
}

function whereOf(places: readonly Check[]): string {
  const [first, ...others] = places;
  return first && others.length === 0 ? `${first.account} ${first.region}` : `at ${places.length} places`;
}

/** Each statement once for each place to add it; unbroken, to be copied. */
function remediesOf(checks: readonly Check[]): string[] {
  const byPlace = groupBy(
    checks.flatMap(({ remedies }) => remedies),
    ({ where }) => forTerminal(where),
  );
  return [...byPlace].flatMap(([where, some]) => [
    `  ${where}`,
    ...new Set(some.map(({ add }) => `    ${forTerminal(JSON.stringify(add))}`)),
  ]);
}

/** An explanation as lines: what is asked of it and where that stands, what spares it, what is there, what would be done. */
import { canonical } from '../model/json.ts';
import type { Position } from '../model/problem.ts';
import type { Value } from '../model/resource.ts';
import type { Explanation } from '../plan/explain.ts';
import { forTerminal } from './escape.ts';
import { count, message, type Phrase, say, words, write } from './phrase.ts';
import { describeCell } from './wording.ts';

const OUTCOMES: { readonly [outcome in Explanation['outcome']]: string } = {
  'in-state': 'as the state says',
  change: 'would change',
  held: 'held',
  unread: 'could not be read',
};
/** Of a large group the first rules are enough to know it again. */
const MOST_FIELDS = 40;

export function renderExplanations(explanations: readonly Explanation[]): string {
  return explanations
    .map((one) =>
      linesOf(one)
        .map((line) => write(line, forTerminal))
        .join('\n'),
    )
    .join('\n\n');
}

function linesOf({ resource, title, outcome, reason, now, cell, demands, exceptions }: Explanation): Phrase[] {
  const name = title === resource ? say`${resource}` : say`${resource} ${title}`;
  return [
    say`${name}: ${words(OUTCOMES[outcome])}`,
    ...(reason ? [say`  ${message(reason.message)}`] : []),
    ...demands.flatMap(({ policy, guardrail, at, values }) => [
      say`  ${guardrail} of policy ${policy}  ${placeOf(at)}`,
      ...values.map(
        ({ path, value, at: line }) =>
          say`    ${path}: ${message(canonical(value))}  ${line ? placeOf(line) : words('(default)')}`,
      ),
    ]),
    ...exceptions.map(
      ({ exception, daysLeft }) =>
        say`  spared by an exception of ${exception.owner} for ${count(daysLeft, ['more day', 'more days'])}: ${message(exception.reason)}  ${placeOf(exception.at)}`,
    ),
    ...(now ? [words('  now'), ...fieldsOf(now)] : []),
    ...(cell && cell.steps.length > 0 ? [words('  to do')] : []),
    ...(cell ? describeCell(cell).map(({ sign, verb, what }) => say`    ${words(sign)} ${words(verb)} ${what}`) : []),
  ];
}

/** A rule's name says all of it; another field needs its value. */
function fieldsOf(value: Value): Phrase[] {
  const fields = Object.entries(value);
  const shown = fields
    .slice(0, MOST_FIELDS)
    .map(([field, one]) =>
      one !== null && typeof one === 'object' && 'direction' in one
        ? say`    ${field}`
        : say`    ${field}: ${message(canonical(one))}`,
    );
  if (fields.length === 0) return [words('    nothing')];
  return fields.length > MOST_FIELDS ? [...shown, say`    and ${fields.length - MOST_FIELDS} more`] : shown;
}

function placeOf({ file, line }: Position): Phrase {
  return say`${`${file}:${line}`}`;
}

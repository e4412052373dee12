/** An explanation as lines: what is asked of it and where that stands, what spares it, what is there, what would be done. */
import { byText } from '../model/address.ts';
import type { Json } from '../model/json.ts';
import type { Position } from '../model/problem.ts';
import type { Value } from '../model/resource.ts';
import type { Explanation } from '../plan/explain.ts';
import { forTerminal } from './escape.ts';
import { flow } from './flow.ts';
import { span } from './paint.ts';
import { count, message, type Phrase, say, words, write } from './phrase.ts';
import { describeCell, linesOf as linesOfValue, textOf } from './wording.ts';

const OUTCOMES: { readonly [outcome in Explanation['outcome']]: string } = {
  'in-state': 'as the state says',
  change: 'would change',
  held: 'held',
  unread: 'could not be read',
};
/** Of a large group the first rules are enough to know it again. */
const MOST_FIELDS = 40;

/** @param width columns; what does not fit goes on below, further in */
export function renderExplanations(explanations: readonly Explanation[], width: number): string {
  return [...explanations]
    .sort(byText(({ resource, title }) => `${resource}\n${title}`))
    .map((one) =>
      linesOf(one)
        .flatMap((line) => broken(write(line, forTerminal), width))
        .join('\n'),
    )
    .join('\n\n');
}

function broken(line: string, width: number): readonly string[] {
  const indent = line.length - line.trimStart().length;
  return flow([span(line.trimStart())], { first: indent, rest: indent + 4 }, width, ({ text }) => text);
}

function linesOf({ resource, id, title, outcome, reason, now, cell, demands, exceptions }: Explanation): Phrase[] {
  const name = title === resource ? say`${resource}` : say`${resource} ${title}`;
  return [
    say`${name}: ${words(OUTCOMES[outcome])}`,
    ...(reason ? [say`  ${message(reason.message)}`] : []),
    ...demands.flatMap(({ policy, guardrail, at, values }) => [
      say`  ${guardrail} of policy ${policy}  ${placeOf(at)}`,
      ...values.map(
        ({ path, value, at: line }) =>
          say`    ${labelOf(path)}: ${message(asYaml(value))}  ${line ? placeOf(line) : words('(default)')}`,
      ),
    ]),
    ...exceptions.map(
      ({ exception, daysLeft }) =>
        say`  spared by an exception of ${exception.owner} for ${count(daysLeft, ['more day', 'more days'])}: ${message(exception.reason)}  ${placeOf(exception.at)}`,
    ),
    ...(now ? [words('  now'), ...fieldsOf(now, id)] : []),
    ...(cell && cell.steps.length > 0 ? [words('  to do')] : []),
    ...(cell ? describeCell(cell).map(({ sign, verb, what }) => say`    ${words(sign)} ${words(verb)} ${what}`) : []),
  ];
}

/** An entry of a list has no name: it is counted as a person counts. */
function labelOf(path: string): Phrase {
  return /^\d+$/.test(path) ? words(`entry ${Number(path) + 1}`) : say`${path}`;
}

/** On one line, as it could stand in the state. */
function asYaml(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(asYaml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return textOf(value);
  const fields = Object.entries(value).map(([key, one]) => `${key}: ${asYaml(one ?? null)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** As the diffs of a plan have it. */
function fieldsOf(value: Value, id: string): Phrase[] {
  const lines = linesOfValue(value, id);
  if (lines.length === 0) return [words('    nothing')];
  const shown = lines.slice(0, MOST_FIELDS).map((line) => say`    ${message(line)}`);
  return lines.length > MOST_FIELDS ? [...shown, say`    and ${lines.length - MOST_FIELDS} more`] : shown;
}

function placeOf({ file, line }: Position): Phrase {
  return say`${`${file}:${line}`}`;
}

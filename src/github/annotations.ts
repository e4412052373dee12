/** What is said on the lines of the state: mistakes, and how much each line of a policy would change. Pure. */
import { byText } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cause } from '../model/guardrail.ts';
import type { Cell, Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { forTerminal } from '../render/escape.ts';
import { describeCell, effectOf } from '../render/wording.ts';
import type { Annotation } from './checks.ts';

const LONGEST = 500;

export function annotateProblems(problems: readonly Problem[]): Annotation[] {
  return problems.map(({ code, message, advice, at }) => ({
    path: at.file,
    line: at.line,
    level: 'failure',
    title: code,
    message: forTerminal(advice === undefined ? message : `${message}; ${advice}`, LONGEST),
  }));
}

/** One for each line that asks for something, the most dangerous first. */
export function annotatePlan({ cells }: Pick<Plan, 'cells'>): Annotation[] {
  const asked = cells.flatMap((cell) => cell.causes.map((cause) => ({ cell, cause })));
  const lines = groupBy(asked, ({ cause: { at, guardrail } }) => `${at.file}\n${at.line}\n${guardrail}`);
  const told = [...lines.values()].flatMap(([first, ...others]) =>
    first
      ? [
          annotationOf(
            first.cause,
            [first, ...others].map(({ cell }) => cell),
          ),
        ]
      : [],
  );
  return told.sort(
    byText(({ level, path, line }) => `${level === 'warning' ? 0 : 1}${path}:${String(line).padStart(8, '0')}`),
  );
}

function annotationOf({ guardrail, at }: Cause, cells: readonly Cell[]): Annotation {
  const number = (outcome: Cell['outcome']): number => cells.filter((cell) => cell.outcome === outcome).length;
  const loosening = cells.filter(
    (cell) => cell.outcome === 'change' && effectOf(describeCell(cell)) === 'loosens',
  ).length;
  const accounts = new Set(cells.map(({ address }) => address.account)).size;
  const parts = [
    ...counted(number('change'), 'to change'),
    ...counted(loosening, 'of them loosening'),
    ...counted(number('held'), 'held'),
    ...counted(number('unread'), 'unread'),
  ];
  return {
    path: at.file,
    line: at.line,
    level: loosening > 0 || number('unread') > 0 ? 'warning' : 'notice',
    title: forTerminal(guardrail, 80),
    message: `${parts.join(', ')} in ${accounts} ${accounts === 1 ? 'account' : 'accounts'}`,
  };
}

function counted(number: number, what: string): string[] {
  return number === 0 ? [] : [`${number} ${what}`];
}

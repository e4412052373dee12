/** Which exceptions hold where, what they spare, and how long they still do. */
import { parseRuleName, ruleName } from '../ingress/rule.ts';
import { EVERYTHING, type Surroundings } from '../model/guardrail.ts';
import type { Exemption } from '../model/plan.ts';
import type { Exception } from '../model/state.ts';
import type { Spared } from './judge.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Whole days from `today` until the last day on which it holds; negative once that day has passed. */
export function daysLeft({ expires }: Exception, today: string): number {
  return Math.round((Date.parse(`${expires}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY);
}

/** The exceptions that match this instance and have not run out. */
export function exceptionsFor(exceptions: readonly Exception[], around: Surroundings, today: string): Exception[] {
  return exceptions.filter((exception) => daysLeft(exception, today) >= 0 && matches(exception, around));
}

/** What they spare: one rule or field, or everything where the scope names none. */
export function sparedBy(exceptions: readonly Exception[]): Spared[] {
  return exceptions.map(({ guardrail, scope }) => ({ guardrail, what: whatIn(scope) }));
}

/** A rule by its one name, however it is spelt. */
function whatIn({ rule, field }: Exception['scope']): string {
  if (rule === undefined) return field ?? EVERYTHING;
  const parsed = parseRuleName(rule);
  return 'problem' in parsed ? rule : ruleName(parsed);
}

/** Every exception with the cells in which it spares something; expired and unused ones say so by their numbers. */
export function exemptions(
  exceptions: readonly Exception[],
  spares: ReadonlyMap<Exception, number>,
  today: string,
): Exemption[] {
  return exceptions.map((exception) => ({
    exception,
    daysLeft: daysLeft(exception, today),
    spares: spares.get(exception) ?? 0,
  }));
}

function matches({ scope }: Exception, { account, region, id, about }: Surroundings): boolean {
  const fits = (wanted: string | undefined, actual: string): boolean => wanted === undefined || wanted === actual;
  return (
    fits(scope.account, account) &&
    fits(scope.region, region) &&
    (fits(scope.group, id) || (scope.group !== undefined && scope.group === about.name)) &&
    fits(scope.control, id) &&
    fits(scope.vpc, String(about.vpc ?? ''))
  );
}

/** Which limits hold for one guardrail, and which of two fleets' limits are stricter? */
import type { ChangeLimits } from '../model/state.ts';

/** The limits of one guardrail: its own where the fleet gives it some, else those of every guardrail. */
export function limitsFor(guardrail: string, { perGuardrail, percent, guardrails }: ChangeLimits) {
  const own = Object.hasOwn(guardrails, guardrail) ? guardrails[guardrail] : undefined;
  return { changes: own?.changes ?? perGuardrail, percent: own?.percent ?? percent, own };
}

/** Of each limit the smaller; a guardrail that either of them names has limits of its own. */
export function stricterLimits(some: ChangeLimits, others: ChangeLimits): ChangeLimits {
  const least = (part: 'perAccount' | 'perGuardrail' | 'perRun' | 'percent') => Math.min(some[part], others[part]);
  const named = [...new Set([some, others].flatMap(({ guardrails }) => Object.keys(guardrails)))].sort();
  const ofOne = (name: string) => {
    const [one, other] = [limitsFor(name, some), limitsFor(name, others)];
    return { changes: Math.min(one.changes, other.changes), percent: Math.min(one.percent, other.percent) };
  };
  return {
    perAccount: least('perAccount'),
    perGuardrail: least('perGuardrail'),
    perRun: least('perRun'),
    percent: least('percent'),
    guardrails: Object.fromEntries(named.map((name) => [name, ofOne(name)] as const)),
  };
}

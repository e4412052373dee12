/** How much one plan may change before somebody must say so explicitly. Pure; the message has the numbers. */
import { limitsFor } from '../fleet/change-limits.ts';
import { byText } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import { type Cell, feltAt, type TargetSummary } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { ChangeLimits } from '../model/state.ts';

/** In a smaller population one change is a large share, and says nothing. */
const SMALLEST_POPULATION = 50;
/** Accounts and guardrails that are named; of any more, how many there are says enough. */
const MOST_NAMED = 5;

/** The guardrails that ask for a cell; of a way back, those that asked for what it turns back. */
export type GuardrailsOf = (cell: Cell) => readonly string[];

/**
 * What exceeds the limits: the accounts, worst first; the guardrails; the run as a whole. A cell counts once for each
 * target that feels it, wherever its calls go.
 *
 * @param targets what is governed there besides the cells: without them no share can be judged, only numbers
 */
export function breachesOf(
  cells: readonly Cell[],
  targets: readonly TargetSummary[],
  limits: ChangeLimits,
  guardrailsOf: GuardrailsOf = guardrailsIn,
): Reason[] {
  const scopes = [
    accountScopes(cells, targets, limits),
    guardrailScopes(cells, targets, limits, guardrailsOf),
    [runScope(cells, targets, limits)],
  ];
  return scopes.flatMap((some) => worstFirst(some.flatMap(breachIn)));
}

export function guardrailsIn({ causes }: Cell): string[] {
  return [...new Set(causes.map(({ guardrail }) => guardrail))];
}

type Limit = { readonly most: number; readonly path: string };

/** Something whose changes are counted together. */
type Scope = {
  readonly kind: 'account' | 'guardrail' | 'run';
  readonly name: string;
  readonly changes: number;
  /** All that is governed in it. */
  readonly population: number;
  readonly count: Limit;
  readonly share: Limit;
};

function accountScopes(cells: readonly Cell[], targets: readonly TargetSummary[], limits: ChangeLimits): Scope[] {
  const inState = groupBy(targets, ({ account }) => account);
  const felt = cells.flatMap((cell) => feltAt(cell).map(({ account }) => ({ account, outcome: cell.outcome })));
  return [...groupBy(felt, ({ account }) => account)].map(([account, of]) => ({
    kind: 'account',
    name: `account ${account}`,
    changes: of.filter(isChange).length,
    population: of.length + (inState.get(account) ?? []).reduce((sum, target) => sum + target.inState, 0),
    count: { most: limits.perAccount, path: 'perAccount' },
    share: { most: limits.percent, path: 'percent' },
  }));
}

function guardrailScopes(
  cells: readonly Cell[],
  targets: readonly TargetSummary[],
  limits: ChangeLimits,
  guardrailsOf: GuardrailsOf,
): Scope[] {
  const changing = cells.filter(isChange);
  const names = [...new Set(changing.flatMap(guardrailsOf))].sort();
  return names.map((name) => {
    const { changes, percent, own } = limitsFor(name, limits);
    return {
      kind: 'guardrail',
      name: `guardrail ${name}`,
      changes: countFelt(changing.filter((cell) => guardrailsOf(cell).includes(name))),
      population: targets.reduce((sum, { governed }) => sum + countIn(governed, name), 0),
      count: { most: changes, path: own?.changes === undefined ? 'perGuardrail' : `guardrails.${name}.changes` },
      share: { most: percent, path: own?.percent === undefined ? 'percent' : `guardrails.${name}.percent` },
    };
  });
}

function countIn(governed: TargetSummary['governed'], name: string): number {
  return Object.hasOwn(governed, name) ? (governed[name] ?? 0) : 0;
}

function runScope(cells: readonly Cell[], targets: readonly TargetSummary[], limits: ChangeLimits): Scope {
  return {
    kind: 'run',
    name: 'the run',
    changes: countFelt(cells.filter(isChange)),
    population: countFelt(cells) + targets.reduce((sum, { inState }) => sum + inState, 0),
    count: { most: limits.perRun, path: 'perRun' },
    share: { most: limits.percent, path: 'percent' },
  };
}

function countFelt(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + feltAt(cell).length, 0);
}

function isChange({ outcome }: Pick<Cell, 'outcome'>): boolean {
  return outcome === 'change';
}

type Breach = Scope & { readonly message: string };

function breachIn(scope: Scope): Breach[] {
  const { name, changes, population, count, share } = scope;
  // Rounded up: what exceeds a limit must not read like the limit.
  const percent = Math.ceil((changes * 1000) / Math.max(population, 1)) / 10;
  const parts = [
    ...(changes > count.most
      ? [`${changes} ${changes === 1 ? 'change' : 'changes'}, limit ${count.most} (safety.limits.${count.path})`]
      : []),
    ...(population >= SMALLEST_POPULATION && changes * 100 > share.most * population
      ? [
          `${changes} of ${population} resources would change (${percent} %), limit ${share.most} % (safety.limits.${share.path})`,
        ]
      : []),
  ];
  return parts.length === 0 ? [] : [{ ...scope, message: `${name}: ${parts.join('; ')}` }];
}

function worstFirst(breaches: readonly Breach[]): Reason[] {
  const sorted = [...breaches].sort((a, b) => b.changes - a.changes || byText<Breach>(({ name }) => name)(a, b));
  const left = sorted.length - MOST_NAMED;
  return sorted.slice(0, MOST_NAMED).map(({ kind, message }, i) => ({
    code: 'too-many-changes',
    message: i === MOST_NAMED - 1 && left > 0 ? `${message}; and ${othersOf(kind, left)}` : message,
    advice: ADVICE[kind],
  }));
}

function othersOf(kind: Scope['kind'], number: number): string {
  return number === 1 ? `1 more ${kind} exceeds its limits` : `${number} more ${kind}s exceed their limits`;
}

const MEANT = 'if all of it is meant, approve the plan by its digest';
const ADVICE: { readonly [kind in Scope['kind']]: string } = {
  account: `${MEANT}; otherwise find out what changed so much in this account`,
  guardrail: `${MEANT}; otherwise look at the lines it stands on, or roll it out in steps by narrowing the targets of its policy`,
  run: `${MEANT}; otherwise look for what changed so much, or apply a part of it with --only`,
};

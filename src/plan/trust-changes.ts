/**
 * Which lines of a fleet decide where credentials go and what must never happen, and what does a pull request change
 * of them? Pure. Values that may come from the environment are never named.
 */
import { same } from '../model/json.ts';
import type { Note } from '../model/plan.ts';
import type { Fleet } from '../model/state.ts';

/** How the accounts are reached. `${env:…}` is substituted in these. */
const CONNECTION = ['accounts', 'caller', 'role', 'externalId', 'homeRegion', 'endpoints', 'limits'] as const;
/** What must never happen, and what may happen without being asked. */
const SAFETY = ['safety', 'fences', 'heal'] as const;
/** Which of the accounts within reach are meant. */
const SELECTION = ['include', 'exclude', 'regions', 'callingAccount'] as const;

/** Codes begin with `trust`. */
export function trustChanges(base: readonly Fleet[], head: readonly Fleet[]): Note[] {
  const before = new Map(base.map((fleet) => [fleet.name, fleet]));
  const after = new Map(head.map((fleet) => [fleet.name, fleet]));
  return [
    ...head.flatMap((fleet) => {
      const was = before.get(fleet.name);
      return was
        ? changesOf(was, fleet)
        : [note('trust-fleet-added', fleet, 'is new: it is planned once it is merged')];
    }),
    ...base
      .filter(({ name }) => !after.has(name))
      .map((fleet) => note('trust-fleet-removed', fleet, 'is removed: nothing is planned for it any more')),
  ];
}

/** The fleet that a pull request's plan works with: reached and kept safe as before it, selecting as it wants to. */
export function trustedFleet(base: Fleet, head: Fleet): Fleet {
  const { include, exclude, regions, callingAccount } = head;
  return { ...base, include, exclude, regions, callingAccount };
}

/** The first apply of a change still keeps the stricter of both. */
export function stricterFleet(base: Fleet, head: Fleet): Fleet {
  const [was, is] = [base.safety, head.safety];
  const least = (part: keyof typeof is.limits): number => Math.min(was.limits[part], is.limits[part]);
  return {
    ...head,
    fences: union(base.fences, head.fences),
    heal: head.heal.filter((guardrail) => base.heal.includes(guardrail)),
    safety: {
      limits: { perAccount: least('perAccount'), perRun: least('perRun'), percent: least('percent') },
      neverTouch: union(was.neverTouch, is.neverTouch),
      maxExceptionDays: Math.min(was.maxExceptionDays, is.maxExceptionDays),
      rulesPerGroup: Math.min(was.rulesPerGroup, is.rulesPerGroup),
    },
  };
}

function changesOf(was: Fleet, is: Fleet): Note[] {
  return [
    ...CONNECTION.flatMap((field) => partsOf(was[field], is[field], field)).map((part) =>
      note('trust-connection', is, `${part} changes: where requests and credentials go`),
    ),
    ...SAFETY.flatMap((field) => partsOf(was[field], is[field], field)).map((part) =>
      note('trust-safety', is, `${part} changes: what must never happen; the first apply keeps the stricter of both`),
    ),
    ...SELECTION.filter((field) => !same(was[field], is[field])).map((field) =>
      note('trust-selection', is, `${field} changes: which accounts and regions are meant`),
    ),
  ];
}

/** Names of what differs, two levels deep: `role.write`, `endpoints.ec2`; never the values. */
function partsOf(was: unknown, is: unknown, name: string): string[] {
  if (same(was, is)) return [];
  if (!isRecord(was) || !isRecord(is)) return [name];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((key) => !same(was[key], is[key]))
    .map((key) => `${name}.${key}`);
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function note(code: string, { name, at }: Fleet, message: string): Note {
  return { code, message: `fleet "${name}": ${message}`, at };
}

function union<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  return [...some, ...others.filter((other) => !some.some((one) => same(one, other)))];
}

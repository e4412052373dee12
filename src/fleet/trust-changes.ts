/**
 * What does a change of the fleet documents mean for where credentials go and for what holds Trueup back? The fleet is
 * code in this sense: its changes are shown before everything else. Pure.
 */
import { canonical } from '../model/json.ts';
import type { Note } from '../model/plan.ts';
import type { Fleet } from '../model/state.ts';

const CODE = 'trust-change';
const LONGEST = 160;

/** The fields that are compared; those whose values may come from the environment are never shown. */
const FIELDS: readonly (readonly [name: string, take: (fleet: Fleet) => unknown, shown?: 'secret'])[] = [
  ['accounts', ({ accounts }) => accounts],
  ['caller', ({ caller }) => caller, 'secret'],
  ['callingAccount', ({ callingAccount }) => callingAccount],
  ['include', ({ include }) => include],
  ['exclude', ({ exclude }) => exclude],
  ['role.read', ({ role }) => role.read, 'secret'],
  ['role.write', ({ role }) => role.write, 'secret'],
  ['role.heal', ({ role }) => role.heal, 'secret'],
  ['externalId', ({ externalId }) => externalId, 'secret'],
  ['regions', ({ regions }) => regions],
  ['homeRegion', ({ homeRegion }) => homeRegion],
  ['endpoints', ({ endpoints }) => endpoints, 'secret'],
  ['fences', ({ fences }) => fences],
  ['securityHub', ({ securityHub }) => securityHub],
  ['safety.limits', ({ safety }) => safety.limits],
  ['safety.neverTouch', ({ safety }) => safety.neverTouch],
  ['safety.maxExceptionDays', ({ safety }) => safety.maxExceptionDays],
  ['safety.rulesPerGroup', ({ safety }) => safety.rulesPerGroup],
  ['heal', ({ heal }) => heal],
  ['drift', ({ drift }) => drift],
];

/** One note for each field that differs, and for each fleet that is new or gone. */
export function trustChanges(base: readonly Fleet[], head: readonly Fleet[]): Note[] {
  const before = new Map(base.map((fleet) => [fleet.name, fleet]));
  const after = new Set(head.map(({ name }) => name));
  return [
    ...head.flatMap((fleet) => {
      const old = before.get(fleet.name);
      return old
        ? changedFields(old, fleet)
        : [noteOn(fleet, 'is new: it decides which accounts are reached, and how')];
    }),
    ...base.filter(({ name }) => !after.has(name)).map((fleet) => noteOn(fleet, 'is removed')),
  ];
}

function changedFields(from: Fleet, to: Fleet): Note[] {
  return FIELDS.flatMap(([name, take, shown]) => {
    const [old, now] = [canonical(take(from)), canonical(take(to))];
    if (old === now) return [];
    const values = shown === 'secret' ? ' is different' : `: ${short(old)} becomes ${short(now)}`;
    return [noteOn(to, `${name}${values}`)];
  });
}

function noteOn({ name, at }: Fleet, what: string): Note {
  return { code: CODE, message: `fleet "${name}" ${what}`, at };
}

function short(text: string): string {
  const shown = text === 'null' ? 'nothing' : text;
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST - 1)}…` : shown;
}

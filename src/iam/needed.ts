/** Which requests does a state need to be allowed, for reading, for writing and for healing? Computed, never listed. */
import { describeRegions } from '../fleet/discover.ts';
import { namedRegions } from '../fleet/regions.ts';
import { centralReads, centreReads } from '../fleet/security-hub.ts';
import { lookupEvents } from '../fleet/trail.ts';
import { guardrails } from '../guardrails/index.ts';
import type { Guardrail } from '../model/guardrail.ts';
import type { Operation } from '../model/operation.ts';
import { looksOf, type Reader, type Resource } from '../model/resource.ts';
import type { Fleet, State } from '../model/state.ts';
import { STOCK } from '../plan/stock.ts';
import { readers, resources } from '../resources/index.ts';

export type Needed = {
  /** What a plan reads, and the plan of a revert. */
  readonly read: readonly Operation[];
  /** What an apply sends: the changes and their way back, and what it reads before and after each. */
  readonly write: readonly Operation[];
  /** The same for the guardrails that a schedule may heal; empty where nothing heals. */
  readonly heal: readonly Operation[];
};

/** @param retained names of resources in journals that are kept: what a revert of those runs needs stays. */
export function neededBy(
  { policies }: Pick<State, 'policies'>,
  fleet: Pick<Fleet, 'regions' | 'heal' | 'securityHub'>,
  retained: Iterable<string> = [],
): Needed {
  const named = new Set(policies.flatMap((policy) => policy.guardrails.map(({ guardrail }) => guardrail)));
  const used = guardrails.filter(({ name }) => named.has(name));
  const kept = new Set(retained);
  const past = resources.filter(({ name }) => kept.has(name));
  const healed = used.filter((one) => fleet.heal.includes(one.name) && moves(one));
  const regions = namedRegions(fleet.regions) === undefined ? [describeRegions] : [];
  const plans = fleet.securityHub?.central === 'plan';
  const central = !fleet.securityHub ? [] : plans ? centreReads : centralReads;
  const centres = new Set(
    plans ? used.flatMap(({ centrally }) => (centrally ? [centrally.centre, centrally.use] : [])) : [],
  );
  const decisive = resources.filter(({ name }) => centres.has(name));
  const ofCentres = readers.filter(({ name }) => centres.has(name)).flatMap((one) => [...one.reads]);
  const reads = [...readsOf(used, past), ...ofCentres];
  const moving = used.filter(moves);
  // Who keeps changing what has been healed often enough.
  const asked = healed.length > 0 ? [lookupEvents] : [];
  return {
    read: distinct([...regions, ...central, ...reads, ...asked]),
    write: distinct([
      ...readsOf(moving, past, looksOf),
      ...ofCentres,
      ...moving.flatMap(writesOf),
      ...[...past, ...decisive].flatMap(({ writes }) => writes),
    ]),
    heal: distinct([...readsOf(healed, [], looksOf), ...healed.flatMap(writesOf)]),
  };
}

/** What `trueup report` reads, whatever the state governs. */
export function neededByReport(): Operation[] {
  const names: readonly string[] = Object.values(STOCK);
  return distinct(readers.filter(({ name }) => names.includes(name)).flatMap(({ reads }) => [...reads]));
}

/** Values, and the evidence about them. */
function readsOf(
  used: readonly Guardrail[],
  past: readonly Resource[],
  sent: (reader: Reader) => readonly Operation[] = ({ reads }) => reads,
): Operation[] {
  const evidence = used.flatMap(({ hold, evidence: asked = [] }) => [...(hold ? [hold.reader] : []), ...asked]);
  const names = new Set([...[...used.map(({ resource }) => resource), ...past].map(({ name }) => name), ...evidence]);
  return readers.filter(({ name }) => names.has(name)).flatMap((reader) => [...sent(reader)]);
}

/** The writes that a guardrail may need, its way back included. */
export function writesOf({ writes, resource }: Guardrail): readonly Operation[] {
  return writes ?? resource.writes;
}

/** One that only tells changes nothing. */
function moves(guardrail: Guardrail): boolean {
  return writesOf(guardrail).length > 0;
}

function distinct(operations: readonly Operation[]): Operation[] {
  return [...new Map(operations.map((operation) => [operation.id, operation])).values()];
}

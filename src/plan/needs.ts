/**
 * What must still be read before the plan can be made: pure, from what was read broadly.
 * Evidence costs calls, so it is asked for only where something would change, or might.
 */

import { isUnreadList } from '../ingress/box.ts';
import { groupBy } from '../model/group-by.ts';
import type { Guardrail, Surroundings } from '../model/guardrail.ts';
import { canonical, same } from '../model/json.ts';
import type { Value } from '../model/resource.ts';
import type { Read, Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { PlanContext, PlanOptions } from './context.ts';
import { exceptionsFor, sparedBy } from './exceptions.ts';
import { type Demand, type Governed, governedTargets } from './govern.ts';
import { judge, needsOf, type Spared } from './judge.ts';
import { surroundingsOf } from './plan-cell.ts';
import { reachIn } from './reach.ts';
import { surveyOf } from './survey.ts';

/** Evidence is asked for also where protection will hold the cell: the plan says what it would be. */
type Context = Omit<PlanContext, 'protection' | 'quotas' | 'managed'>;
type Ask = { readonly reader: string; readonly id: string; readonly close: boolean; readonly again?: true };

/** The second round of reads; empty when nothing would change. */
export function needs(state: State, snapshot: Snapshot, options: PlanOptions): Read[] {
  const context: Context = {
    survey: surveyOf(snapshot),
    state,
    stamp: snapshot.stamp,
    today: options.today,
    reaches: reachIn(state, snapshot.inventory),
  };
  const governed = governedTargets(state, snapshot.inventory, options.guardrails, options.only);
  return governed.flatMap((place) => reads(place, asksAt(place, context)));
}

function asksAt(place: Governed, context: Context): Ask[] {
  const byResource = groupBy(place.demands, ({ guardrail }) => guardrail.resource.name);
  return [...byResource].flatMap(([resource, demands]) =>
    context.survey.ids(place, resource).flatMap((id) => asksFor(place, id, demands, context)),
  );
}

function asksFor(place: Governed, id: string, all: readonly Demand[], context: Context): Ask[] {
  const [first] = all;
  if (!first) return [];
  const { name: resource } = first.guardrail.resource;
  const known = context.survey.know(place, resource, id);
  if (known.state !== 'seen') return [];
  const { observation } = known;
  const around = surroundingsOf(place, { resource, id }, observation, context);
  const demands = all.filter(({ guardrail, entry }) => guardrail.governs(entry.params, around));
  const evidence = needsOf(observation.value, demands, around).flatMap(({ reader, want, only }) =>
    (want.ids ?? []).map((one) => ({ reader, id: one, close: false, only })),
  );
  const open = evidence.some(
    (ask) => !ask.only && context.survey.know(place, ask.reader, ask.id).state === 'not-asked',
  );
  const spared = sparedBy(exceptionsFor(context.state.exceptions, around, context.today));
  // What cannot be judged yet might change, so everything that a change needs is asked for in the same round.
  if (!open && !isMoved(observation.value, demands, spared, around)) return evidence;
  return [...evidence, ...close(demands, id, observation.broad), ...users(demands, id)];
}

/** What cannot be judged yet, because exceptions ask for more than the demands, counts as moved. */
function isMoved(value: Value, demands: readonly Demand[], spared: readonly Spared[], around: Surroundings): boolean {
  try {
    return !same(judge(value, demands, spared, around).after, value);
  } catch (error) {
    if (isUnreadList(error)) return true;
    throw error;
  }
}

/** What it is about was read broadly: only its value is wanted in full. */
function close([first]: readonly Demand[], id: string, broad: true | undefined): Ask[] {
  return first && broad ? [{ reader: first.guardrail.resource.name, id, close: true, again: true }] : [];
}

function users(demands: readonly Demand[], id: string): Ask[] {
  return demands.flatMap(({ guardrail }: { readonly guardrail: Guardrail }) =>
    guardrail.hold ? [{ reader: guardrail.hold.reader, id, close: true }] : [],
  );
}

/** One read for each reader at the place, whatever the number of instances. */
function reads({ account, region }: Governed, asks: readonly Ask[]): Read[] {
  return [...groupBy(asks, ({ reader, close, again }) => `${reader}/${close}/${again}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const ids = [...new Set(same.map(({ id }) => id))].sort();
    const { reader, close, again } = first;
    return [
      { account, region, reader, want: { ids, ...(close && { close: true as const }), ...(again && { again }) } },
    ];
  });
}

/** The same evidence may be needed for several states: it is read once. */
export function joinReads(reads: readonly Read[]): Read[] {
  const alike = groupBy(reads, ({ account, region, reader, want }) =>
    canonical([account, region, reader, { ...want, ids: null }]),
  );
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const ids = new Set([first, ...others].flatMap(({ want }) => want.ids ?? []));
    return [{ ...first, want: { ...first.want, ids: [...ids].sort() } }];
  });
}

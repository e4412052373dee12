/**
 * The one cell of a centre: its calls go to one account, and every target that it decides for feels them. Held unless
 * everybody who feels it is known, may be touched, and is to have the same.
 */
import { protectedCell } from '../fleet/protection.ts';
import { targetKey } from '../model/address.ts';
import type { Address, Cell } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Resource } from '../model/resource.ts';
import type { Centre, Inventory, Target } from '../model/snapshot.ts';
import type { Exception } from '../model/state.ts';
import { cannotSay, feltText, NOT_THERE, type Spared, strangersOf, unknown, whyHeld } from './centre-reasons.ts';
import type { PlanContext } from './context.ts';
import { digestOf } from './digest.ts';
import { exceptionsFor } from './exceptions.ts';
import { type Governed, isAdmitted, type Only } from './govern.ts';
import { planUnread } from './plan-cell.ts';
import { type Agreement, agree, type Place, placesOf, type Wished, wishesOf } from './wishes.ts';

export type PlannedCentre = {
  readonly centre: Centre;
  readonly cell?: Cell;
  readonly spares: readonly Exception[];
  /** What becomes of an account's own cell that only the centre can bring about: dropped, or why it stays. */
  settle(cell: Cell): 'dropped' | Reason | undefined;
};

type Around = {
  readonly context: PlanContext;
  readonly inventory: Inventory;
  /** Of all targets of the fleet, whatever part of it is planned. */
  readonly governed: readonly Governed[];
  readonly only?: Only | undefined;
};

/** Nothing where the state demands nothing of what the centre decides. */
export function planCentre(centre: Centre, resource: Resource, around: Around): PlannedCentre | undefined {
  const { context, inventory, governed, only = {} } = around;
  const places = placesOf(centre, inventory, governed);
  const demands = [...new Map(places.flatMap((place) => place.demands).map((one) => [one.entry, one])).values()];
  if (demands.length === 0 || !places.some((place) => isAdmitted(only, place))) return undefined;
  const affects = places.map(({ account, region }): Target => ({ account, region }));
  const known = context.survey.know(centre, centre.resource, centre.id);
  if (known.state !== 'seen') {
    const reason = known.state === 'unread' ? known.reason : NOT_THERE;
    const { cell } = planUnread(centre, resource.name, demands, reason, context, centre.id);
    return { centre, ...(cell && { cell: { ...cell, affects } }), spares: [], settle: () => unknown(centre, reason) };
  }
  const { observation } = known;
  const look = (reader: string, id: string): Observation | undefined => {
    const seen = context.survey.know(centre, reader, id);
    return seen.state === 'seen' ? seen.observation : undefined;
  };
  const wished = wishesOf(places, observation, resource, { ranges: context.state.ranges, look });
  const agreement = agree(wished, observation.value);
  const refusal = wished.find(({ wish }) => wish.refusal)?.wish.refusal;
  const spared = agreement ? sparedIn(agreement.fields, places, resource, context) : [];
  const says = saidBy(wished, resource);
  const moves = deciding(resource, agreement?.fields ?? []);
  const settle = (cell: Cell) => {
    if (moves(cell)) return 'dropped' as const;
    return says(cell) ? undefined : cannotSay(centre);
  };
  if (!agreement && !refusal) return { centre, spares: [], settle };
  const holds = [
    refusal,
    centre.hold,
    ...(agreement ? whyHeld(centre, { agreement, spared, inventory, places, only }) : []),
  ];
  const use = demands[0]?.guardrail.centrally?.use ?? '';
  const cell = cellOf({ centre, use, resource, observation, affects, agreement, inventory }, context, holds);
  return { centre, cell, spares: spared.map(({ exception }) => exception), settle };
}

type Parts = {
  readonly centre: Centre;
  /** The reader of who feels it. */
  readonly use: string;
  readonly resource: Resource;
  readonly observation: Observation;
  readonly affects: readonly Target[];
  readonly agreement: Agreement | undefined;
  readonly inventory: Inventory;
};

function cellOf(
  { centre, use, resource, observation, affects, agreement, inventory }: Parts,
  context: PlanContext,
  holds: readonly (Reason | undefined)[],
): Cell {
  const { value: before, about } = observation;
  const after = agreement?.after ?? before;
  const { account, region, id, users } = centre;
  const address: Address = { fleet: context.stamp.fleet, account, region, resource: resource.name, id };
  const steps = resource.transition(before, after, id);
  const untouchable = protectedCell(context.protection, { address, affects }, about);
  const elsewhere = observation.managedBy ?? observation.busy;
  const reason = untouchable ?? elsewhere ?? holds.find((one) => one !== undefined);
  const meaning = { address, affects, before, after, steps, inputs: {} };
  return {
    ...meaning,
    title: [about.name, id].filter(Boolean).join(' · '),
    outcome: reason ? 'held' : 'change',
    ...(reason && { reason }),
    causes: distinct(agreement?.causes ?? []),
    evidence: [{ reader: use, users, sentence: feltText(affects, strangersOf(centre, inventory)) }],
    lost: resource.losses?.(before, after) ?? [],
    digest: digestOf(context.stamp, meaning),
  };
}

/** A centre cannot spare anybody: whoever is to be spared needs another. */
function sparedIn(
  fields: readonly string[],
  places: readonly Place[],
  resource: Resource,
  context: PlanContext,
): Spared[] {
  const { state, today } = context;
  return state.exceptions.flatMap((exception) => {
    const touched = fields.flatMap((field) => {
      const decided = resource.decides?.(field);
      const { control, field: part } = exception.scope;
      // What a place has only one of has its fields under the same names in the centre.
      const means = part === undefined || part === field || decided?.id !== '';
      return decided && means ? [decided.id ?? control ?? ''] : [];
    });
    const hit = places.find(
      ({ account, region, demands }) =>
        demands.some(({ guardrail }) => guardrail.name === exception.guardrail) &&
        touched.some((id) => {
          const around = { account, region, id, about: {}, ranges: {}, look: () => undefined, elsewhere: notAsked };
          return exceptionsFor([exception], around, today).length > 0;
        }),
    );
    return hit ? [{ place: hit, exception }] : [];
  });
}

const notAsked = () => ({ state: 'not-asked' }) as const;

/** Whether one of the fields decides what an account's own cell is about: asked of very many cells. */
function deciding(resource: Resource, fields: Iterable<string>): (cell: Cell) => boolean {
  const decided = [...fields].flatMap((field) => resource.decides?.(field) ?? []);
  const whole = new Set(decided.flatMap((one) => (one.id === undefined ? [one.resource] : [])));
  const single = new Set(decided.map((one) => `${one.resource}/${one.id}`));
  return ({ address }) => whole.has(address.resource) || single.has(`${address.resource}/${address.id}`);
}

/** Whether the state says in the centre what an account's own cell is about. */
function saidBy(wished: readonly Wished[], resource: Resource): (cell: Cell) => boolean {
  const byWish = new Map(
    [...new Set(wished.map(({ wish }) => wish))].map((wish) => [wish, deciding(resource, wish.given)]),
  );
  const byPlace = new Map(wished.map(({ place, wish }) => [targetKey(place), byWish.get(wish)]));
  return (cell) => byPlace.get(targetKey(cell.address))?.(cell) ?? false;
}

function distinct(causes: Cell['causes']): Cell['causes'] {
  return [...new Map(causes.map((one) => [`${one.at.file}:${one.at.line}:${one.policy}`, one])).values()];
}

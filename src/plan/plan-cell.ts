/** One instance of a resource: is it in state, would it change, is it held, or is too little known to say? */
import { protectedBecause } from '../fleet/protection.ts';
import { isUnreadList } from '../ingress/box.ts';
import type { Surroundings } from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Address, Cell, Note } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Resource } from '../model/resource.ts';
import type { Target } from '../model/snapshot.ts';
import type { Exception } from '../model/state.ts';
import type { PlanContext } from './context.ts';
import { digestOf } from './digest.ts';
import { type Asked, askedBy, type Gap, gapsIn, inputsOf, missingEvidence, usersOf } from './evidence.ts';
import { exceptionsFor, sparedBy } from './exceptions.ts';
import type { Demand } from './govern.ts';
import { type Judgement, judge } from './judge.ts';
import { notesOn } from './notes.ts';
import { causedBy, keptBy } from './say-why.ts';
import { changedFields } from './setters.ts';

/** No cell: the instance is as the state says. `spares`: the exceptions without which it would not be. */
export type Planned = {
  readonly cell?: Cell;
  /** The guardrails that govern the instance. */
  readonly governedBy: readonly string[];
  readonly spares: readonly Exception[];
  readonly notes: readonly Note[];
  /** What could not be looked at, although nothing is decided by it. */
  readonly gaps: readonly Gap[];
};

/** Nothing for an instance that is gone or that no demand governs. */
export function planInstance(target: Target, id: string, all: readonly Demand[], context: PlanContext): Planned[] {
  const [first] = all;
  if (!first) return [];
  const { resource } = first.guardrail;
  const known = context.survey.know(target, resource.name, id);
  if (known.state === 'unread') return [planUnread(target, resource.name, all, known.reason, context, id)];
  if (known.state !== 'seen') return [];
  const { observation } = known;
  const around = surroundingsOf(target, { resource: resource.name, id }, observation, context);
  const demands = all.filter(({ guardrail, entry }) => guardrail.governs(entry.params, around));
  if (demands.length === 0) return [];
  const asked = askedBy(observation.value, demands, around);
  const missing = missingEvidence(target, asked, context.survey);
  if (missing) {
    const title = titleOf(observation, id, resource.name);
    return [planUnread(target, resource.name, demands, missing, context, id, title)];
  }
  try {
    return [decide({ resource, observation, demands, around, asked }, context)];
  } catch (error) {
    // What an exception spares of a rule through a list that nobody can read.
    if (!isUnreadList(error)) throw error;
    const title = titleOf(observation, id, resource.name);
    return [planUnread(target, resource.name, demands, error.reason, context, id, title)];
  }
}

/** A cell that could not be decided: it never counts as clean. */
export function planUnread(
  target: Target,
  resource: string,
  demands: readonly Demand[],
  reason: Reason,
  context: PlanContext,
  id = '',
  title = id || resource,
): Planned {
  const address = addressOf(target, resource, id, context);
  const causes = demands.map(({ policy, entry, guardrail }) => ({
    policy: policy.name,
    guardrail: guardrail.name,
    at: entry.at,
  }));
  const nothing = { before: {}, after: {}, steps: [], inputs: {}, evidence: [], lost: [], digest: '' };
  const cell: Cell = { address, title, outcome: 'unread', reason, causes, ...nothing };
  return { cell, governedBy: namesOf(demands), spares: [], notes: [], gaps: [] };
}

function titleOf({ about }: Observation, id: string, resource: string): string {
  return [about.name, id].filter(Boolean).join(' · ') || resource;
}

export function surroundingsOf(
  target: Target,
  { resource, id }: { readonly resource: string; readonly id: string },
  { about }: Observation,
  { survey, state, reaches }: Pick<PlanContext, 'survey' | 'state' | 'reaches'>,
): Surroundings {
  return {
    account: target.account,
    region: target.region,
    id,
    about,
    ranges: state.ranges,
    look: (reader, evidence) => {
      const known = survey.know(target, reader, evidence);
      return known.state === 'seen' ? known.observation : undefined;
    },
    elsewhere: (params, region) => {
      const there = { account: target.account, region };
      return reaches(params, there) ? survey.know(there, resource, id) : { state: 'not-governed' };
    },
  };
}

/** An instance with everything that is demanded of it. */
type Instance = {
  readonly resource: Resource;
  readonly observation: Observation;
  readonly demands: readonly Demand[];
  readonly around: Surroundings;
  /** What the demands need to judge the value that was observed. */
  readonly asked: readonly Asked[];
};

function decide(instance: Instance, context: PlanContext): Planned {
  const { resource, observation, demands, around } = instance;
  const { value } = observation;
  const exceptions = exceptionsFor(context.state.exceptions, around, context.today);
  const address = addressOf(around, resource.name, around.id, context);
  const judgeWith = (some: readonly Exception[]) => {
    const spared = sparedBy(some);
    const judgement = judge(value, demands, spared, around);
    return { judgement, notes: notesOn(judgement.after, demands, spared, { address, around }) };
  };
  const { judgement, notes } = judgeWith(exceptions);
  const used = exceptions.flatMap((exception) => {
    const without = judgeWith(exceptions.filter((other) => other !== exception));
    const fields = changedFields(without.judgement.after, judgement.after);
    return fields.length > 0 || without.notes.length > notes.length ? [{ exception, fields }] : [];
  });
  const spares = used.map(({ exception }) => exception);
  const { after } = judgement;
  const gaps = gapsIn(around, after === value ? instance.asked : askedBy(after, demands, around), context.survey);
  const told = { governedBy: namesOf(demands), spares, notes, gaps };
  if (same(value, judgement.after) && !judgement.conflict) return told;
  if (observation.broad) {
    return { ...planUnread(around, resource.name, demands, NOT_CLOSE, context, around.id), spares, notes, gaps };
  }
  const cell = cellOf(instance, judgement, context);
  const kept = used.flatMap(({ exception, fields }) => keptBy(exception, fields, judgement.after));
  return { cell: kept.length > 0 ? { ...cell, kept } : cell, ...told };
}

function cellOf(
  { resource, observation, demands, around, asked }: Instance,
  judgement: Judgement,
  context: PlanContext,
): Cell {
  const { value: before, about } = observation;
  const after = resource.reachable?.(before, judgement.after) ?? judgement.after;
  const address = addressOf(around, resource.name, around.id, context);
  const { users, hold, unread } = usersOf(address, judgement, demands, { survey: context.survey, around });
  const untouchable = protectedBecause(context.protection, address, about);
  const bare = resource.transition(before, after, around.id);
  const steps = causedBy(resource.weigh?.(before, after, bare, around) ?? bare, judgement);
  const full = resource.overflow?.(before, steps, { ...context.quotas, look: around.look });
  const elsewhere = observation.managedBy ?? context.managed(address, resource.name) ?? observation.busy;
  const reason = unread ?? untouchable ?? elsewhere ?? judgement.conflict ?? full ?? hold;
  const meaning = {
    address,
    before,
    after,
    steps,
    inputs: inputsOf(address, asked, context.survey),
  };
  return {
    ...meaning,
    title: titleOf(observation, around.id, resource.name),
    outcome: unread ? 'unread' : reason ? 'held' : 'change',
    ...(reason && { reason }),
    causes: judgement.causes,
    evidence: users,
    lost: [...judgement.lost, ...(resource.losses?.(before, judgement.after) ?? [])],
    digest: digestOf(context.stamp, meaning),
  };
}

function namesOf(demands: readonly Demand[]): string[] {
  return [...new Set(demands.map(({ guardrail }) => guardrail.name))];
}

function addressOf({ account, region }: Target, resource: string, id: string, { stamp }: PlanContext): Address {
  return { fleet: stamp.fleet, account, region, resource, id };
}

const NOT_CLOSE: Reason = {
  code: 'evidence-missing',
  message: 'it differs from the state, but was read only broadly',
  advice: 'take a new snapshot with this state: the stored one was made for another',
};

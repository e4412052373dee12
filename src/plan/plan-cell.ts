/** One instance of a resource: is it in state, would it change, is it held, or is too little known to say? */
import type { Surroundings } from '../model/guardrail.ts';
import { same } from '../model/json.ts';
import type { Address, Cell, Evidence } from '../model/plan.ts';
import type { Reason } from '../model/problem.ts';
import type { Observation, Value } from '../model/resource.ts';
import type { Target } from '../model/snapshot.ts';
import type { Exception } from '../model/state.ts';
import { digestOf } from './digest.ts';
import { exceptionsFor, sparedBy } from './exceptions.ts';
import type { Demand } from './govern.ts';
import { type Judgement, judge, needsOf } from './judge.ts';
import type { PlanContext } from './plan.ts';
import type { Survey } from './survey.ts';

/** No cell: the instance is as the state says. `spares`: the exceptions without which it would not be. */
export type Planned = { readonly cell?: Cell; readonly spares: readonly Exception[] };

/** Nothing for an instance that is gone or that no demand governs. */
export function planInstance(target: Target, id: string, all: readonly Demand[], context: PlanContext): Planned[] {
  const [first] = all;
  if (!first) return [];
  const { resource } = first.guardrail;
  const known = context.survey.know(target, resource.name, id);
  if (known.state === 'unread') return [planUnread(target, resource.name, all, known.reason, context, id)];
  if (known.state !== 'seen') return [];
  const around = surroundingsOf(target, id, known.observation, context);
  const demands = all.filter(({ guardrail, entry }) => guardrail.governs(entry.params, around));
  if (demands.length === 0) return [];

  const missing = missingEvidence(target, known.observation.value, demands, around, context.survey);
  if (missing) return [planUnread(target, resource.name, demands, missing, context, id)];
  const exceptions = exceptionsFor(context.state.exceptions, around, context.today);
  const judgement = judge(known.observation.value, demands, sparedBy(exceptions), around);
  const spares = exceptions.filter((one) => sparesSomething(one, exceptions, known.observation.value, demands, around));
  if (same(known.observation.value, judgement.after) && !judgement.conflict) return [{ spares }];
  if (known.observation.broad) return [planUnread(target, resource.name, demands, NOT_CLOSE, context, id)];
  return [{ cell: changing(known.observation, judgement, demands, around, context), spares }];
}

/** A cell that could not be decided: it never counts as clean. */
export function planUnread(
  target: Target,
  resource: string,
  demands: readonly Demand[],
  reason: Reason,
  context: PlanContext,
  id = '',
): Planned {
  const address = { fleet: context.stamp.fleet, account: target.account, region: target.region, resource, id };
  const causes = demands.map(({ policy, entry, guardrail }) => ({
    policy: policy.name,
    guardrail: guardrail.name,
    at: entry.at,
  }));
  const nothing = { before: {}, after: {}, steps: [], inputs: {}, evidence: [], lost: [], digest: '' };
  return { cell: { address, title: id || resource, outcome: 'unread', reason, causes, ...nothing }, spares: [] };
}

export function surroundingsOf(
  target: Target,
  id: string,
  { about }: Observation,
  { survey, state }: PlanContext,
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
  };
}

function changing(
  { value: before, about }: Observation,
  judgement: Judgement,
  demands: readonly Demand[],
  around: Surroundings,
  { stamp, survey }: PlanContext,
): Cell {
  const [
    {
      guardrail: { resource },
    },
  ] = demands as readonly [Demand, ...Demand[]];
  const { account, region, id } = around;
  const address: Address = { fleet: stamp.fleet, account, region, resource: resource.name, id };
  const evidence = evidenceOf(address, demands, survey);
  const reason = judgement.conflict ?? evidence.hold;
  const meaning = {
    address,
    before,
    after: judgement.after,
    steps: resource.transition(before, judgement.after, id),
    inputs: {},
  };
  return {
    ...meaning,
    title: [about.name, id].filter(Boolean).join(' · ') || resource.name,
    outcome: evidence.unread ? 'unread' : reason ? 'held' : 'change',
    ...((evidence.unread ?? reason) && { reason: evidence.unread ?? reason }),
    causes: judgement.causes,
    evidence: evidence.users,
    lost: [...judgement.lost, ...(resource.unreachable?.(before, judgement.after) ?? [])],
    digest: digestOf(stamp, meaning),
  } as Cell;
}

type Gathered = { readonly users: readonly Evidence[]; readonly hold?: Reason; readonly unread?: Reason };

/** Who uses the instance, for every guardrail that asks; in use and `hold` stops the cell. */
function evidenceOf(address: Address, demands: readonly Demand[], survey: Survey): Gathered {
  const users: Evidence[] = [];
  let hold: Reason | undefined;
  for (const { guardrail, entry } of demands) {
    if (!guardrail.hold || users.some(({ reader }) => reader === guardrail.hold?.reader)) continue;
    const known = survey.know(address, guardrail.hold.reader, address.id);
    if (known.state !== 'seen') return { users, unread: known.state === 'unread' ? known.reason : NO_EVIDENCE };
    const ids = Object.keys(known.observation.value).sort();
    const sentence = ids.length > 0 ? guardrail.hold.tell(known.observation) : '';
    users.push({ reader: guardrail.hold.reader, users: ids, sentence });
    if (ids.length > 0 && guardrail.hold.inUse(entry.params) === 'hold') hold ??= inUse(sentence);
  }
  return { users, ...(hold && { hold }) };
}

function inUse(sentence: string): Reason {
  return {
    code: 'in-use',
    message: sentence,
    advice: 'move what uses it elsewhere first, or write "whenInUse: proceed" if what it cuts off may be cut off',
  };
}

const NO_EVIDENCE: Reason = {
  code: 'evidence-missing',
  message: 'nobody asked what uses it',
  advice: 'take a new snapshot with this state: the stored one was made for another',
};
const NOT_CLOSE: Reason = {
  code: 'evidence-missing',
  message: 'it differs from the state, but was read only broadly',
  advice: 'take a new snapshot with this state: the stored one was made for another',
};

/** The first piece of evidence that a demand needs and that the snapshot lacks. */
function missingEvidence(
  target: Target,
  value: Value,
  demands: readonly Demand[],
  around: Surroundings,
  survey: Survey,
): Reason | undefined {
  for (const { reader, want } of needsOf(value, demands, around)) {
    for (const id of want.ids ?? []) {
      const known = survey.know(target, reader, id);
      if (known.state === 'unread') return known.reason;
      if (known.state === 'not-asked') return NO_EVIDENCE;
    }
  }
  return undefined;
}

/** Whether the outcome would be another without this one exception. */
function sparesSomething(
  one: Exception,
  exceptions: readonly Exception[],
  value: Value,
  demands: readonly Demand[],
  around: Surroundings,
): boolean {
  const others = sparedBy(exceptions.filter((other) => other !== one));
  return !same(judge(value, demands, others, around).after, judge(value, demands, sparedBy(exceptions), around).after);
}

/** State and snapshot in, plan out. Pure: no clock, no promise, no client; undo uses the same cells. */
import { protectionOf } from '../fleet/protection.ts';
import { trustChanges } from '../fleet/trust-changes.ts';
import { addressKey, byText, targetKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cell, Note, Plan, TargetSummary } from '../model/plan.ts';
import type { Inventory, Snapshot } from '../model/snapshot.ts';
import type { Exception, Fleet, State } from '../model/state.ts';
import { planCentral } from './central.ts';
import { collectProblems } from './collect-problems.ts';
import { managedIn, type PlanContext, type PlanOptions } from './context.ts';
import { rootDigest } from './digest.ts';
import { exemptions } from './exceptions.ts';
import { type Governed, governedTargets, type Only, wantOf } from './govern.ts';
import { leftOut } from './left-out.ts';
import { breachesOf } from './limits.ts';
import { type Planned, planInstance, planUnread } from './plan-cell.ts';
import { protectingNothing } from './protects-nothing.ts';
import { reachIn } from './reach.ts';
import { surveyOf } from './survey.ts';

/**
 * Everything that would be done to bring the accounts of `snapshot` to `state`.
 *
 * @throws TrueupError `conflicting-setters` with every pair of lines that contradict each other.
 */
export function planState(state: State, fleet: Fleet, snapshot: Snapshot, options: PlanOptions): Plan {
  const survey = surveyOf(snapshot);
  const governed = governedTargets(state, snapshot.inventory, options.guardrails, options.only);
  const { whole = snapshot.inventory } = options;
  const protection = protectionOf(fleet.safety.neverTouch, whole.accounts, whole.caller.account);
  const managed = managedIn(snapshot.inventory);
  const reaches = reachIn(state, snapshot.inventory);
  const facts = { today: options.today, protection, quotas: fleet.safety, managed, reaches };
  const context = { survey, state, stamp: snapshot.stamp, ...facts };
  const central = planCentral(whole, context, options);
  const planned = collectProblems(governed, (place) => {
    const target = planTarget(place, context);
    return { ...target, cells: central.settle(target.cells) };
  });
  const cells = [
    ...planned.flatMap(({ cells }) => cells),
    ...central.cells,
    ...unreachable(snapshot, options.only),
  ].sort(byText(cellKey));
  const targets = planned.map(({ place: { account, region }, cells: ofTarget, inState, governed: counts }) => ({
    account,
    region,
    inState,
    governed: counts,
    digest: rootDigest(snapshot.stamp, ofTarget),
  }));
  return {
    format: 'trueup-plan/1',
    stamp: snapshot.stamp,
    cells,
    targets,
    names: namesOf(snapshot.inventory),
    skipped: snapshot.inventory.skipped,
    exemptions: exemptions(state.exceptions, countSpares([...planned, central]), options.today),
    notes: [
      ...(options.base ? sinceBase(options.base, state) : []),
      // Of a part of the fleet it could not be said.
      ...(options.whole || options.only ? [] : protectingNothing(fleet, snapshot)),
      ...planned.flatMap(({ notes }) => notes),
    ],
    breaches: breachesOf(cells, targets, fleet.safety.limits),
    digest: rootDigest(snapshot.stamp, cells),
  };
}

function namesOf({ accounts, unreachable }: Inventory): Plan['names'] {
  const named = [...accounts, ...unreachable].sort(byText(({ id }) => id));
  return Object.fromEntries(named.flatMap(({ id, name }) => (name === undefined ? [] : [[id, name]])));
}

type PlannedTarget = {
  readonly place: Governed;
  readonly cells: readonly Cell[];
  readonly inState: number;
  readonly governed: TargetSummary['governed'];
  readonly spares: readonly Exception[];
  readonly notes: readonly Note[];
};

function planTarget(place: Governed, context: PlanContext): PlannedTarget {
  const resources = [
    ...new Map(place.demands.map(({ guardrail }) => [guardrail.resource.name, guardrail.resource])).values(),
  ];
  const planned = resources.flatMap((resource): Planned[] => {
    const demands = place.demands.filter(({ guardrail }) => guardrail.resource.name === resource.name);
    const unread = context.survey.unread(place, resource.name, wantOf(demands));
    if (unread) return [planUnread(place, resource.name, demands, unread, context)];
    return context.survey.ids(place, resource.name).flatMap((id) => planInstance(place, id, demands, context));
  });
  return {
    place,
    cells: [...planned.flatMap(({ cell }) => (cell ? [cell] : [])), ...unreadGaps(place, planned, context)],
    inState: planned.filter(({ cell, gaps }) => !cell && gaps.length === 0).length,
    governed: countGuardrails(planned),
    spares: planned.flatMap(({ spares }) => spares),
    notes: [...planned.flatMap(({ notes }) => notes), ...leftOut(place, context)],
  };
}

/** Evidence that several instances share is told once, with everybody who has nothing to say without it. */
function unreadGaps(place: Governed, planned: readonly Planned[], context: PlanContext): Cell[] {
  const gaps = groupBy(
    planned.flatMap((one) => one.gaps),
    ({ reader, id }) => `${reader}/${id}`,
  );
  return [...gaps.values()].flatMap((alike) => {
    const [first] = alike;
    const demands = [...new Set(alike.flatMap((gap) => gap.demands))];
    const cell = first && planUnread(place, first.reader, demands, first.reason, context, first.id).cell;
    return cell ? [cell] : [];
  });
}

function countGuardrails(planned: readonly Planned[]): TargetSummary['governed'] {
  const counts = groupBy(
    planned.flatMap(({ governedBy }) => governedBy),
    (name) => name,
  );
  return Object.fromEntries(
    [...counts].map(([name, all]) => [name, all.length] as const).sort(byText(([name]) => name)),
  );
}

/** Accounts that could not even be asked for their regions. */
function unreachable({ inventory, stamp }: Snapshot, only: Only = {}): Cell[] {
  return inventory.unreachable
    .filter(({ id }) => !only.accounts || only.accounts.includes(id))
    .map(({ id, name, reason }) => ({
      address: { fleet: stamp.fleet, account: id, region: '*', resource: 'account', id: '' },
      title: name ?? id,
      outcome: 'unread',
      reason,
      before: {},
      after: {},
      steps: [],
      causes: [],
      inputs: {},
      evidence: [],
      lost: [],
      digest: '',
    }));
}

function countSpares(planned: readonly Pick<PlannedTarget, 'spares'>[]): Map<Exception, number> {
  const counts = new Map<Exception, number>();
  for (const exception of planned.flatMap(({ spares }) => spares))
    counts.set(exception, (counts.get(exception) ?? 0) + 1);
  return counts;
}

/** What the change itself means, before anything that it would do: whom it trusts, and what it lets go of. */
function sinceBase(base: State, head: State): Note[] {
  return [...trustChanges(base.fleets, head.fleets), ...noLongerManaged(base, head)];
}

function noLongerManaged(base: State, head: State): Note[] {
  const managed = new Set(
    head.policies.flatMap(({ name, guardrails }) => guardrails.map(({ guardrail }) => `${name}/${guardrail}`)),
  );
  return base.policies.flatMap(({ name, guardrails }) =>
    guardrails
      .filter(({ guardrail }) => !managed.has(`${name}/${guardrail}`))
      .map(({ guardrail, at }) => ({
        code: 'no-longer-managed',
        message: `${guardrail} of policy "${name}" is no longer managed; what is there now stays as it is`,
        at,
      })),
  );
}

/** Cells stand in the order of these. */
export function cellKey({ address }: Cell): string {
  return `${targetKey(address)}/${addressKey(address)}`;
}

/** Which values apply to what there is at a target, from which lines, and what is there now? Pure. */
import { addressKey } from '../model/address.ts';
import { groupBy } from '../model/group-by.ts';
import type { Json } from '../model/json.ts';
import type { Cell } from '../model/plan.ts';
import type { Position, Reason } from '../model/problem.ts';
import { TrueupError } from '../model/problem.ts';
import type { Observation, Value } from '../model/resource.ts';
import type { Inventory, Snapshot, Target } from '../model/snapshot.ts';
import type { Exception, Fleet, State } from '../model/state.ts';
import type { PlanOptions } from './context.ts';
import { askedBy, gapsIn } from './evidence.ts';
import { daysLeft, exceptionsFor } from './exceptions.ts';
import { type Demand, type Governed, governedTargets } from './govern.ts';
import { planState } from './plan.ts';
import { surroundingsOf } from './plan-cell.ts';
import { type Reaches, reachIn } from './reach.ts';
import { type Survey, surveyOf } from './survey.ts';

/** `account/region`, and if wanted one resource or guardrail there, and one instance by id or name. */
export type Wanted = Target & { readonly resource?: string; readonly id?: string };

export type Explanation = {
  readonly resource: string;
  /** `''` where a target has only one. */
  readonly id: string;
  readonly title: string;
  readonly outcome: 'in-state' | Cell['outcome'];
  readonly reason?: Reason;
  /** What is there now; absent when it could not be read. */
  readonly now?: Value;
  /** What would be done; absent when it is in state. */
  readonly cell?: Cell;
  readonly demands: readonly ExplainedDemand[];
  readonly exceptions: readonly { readonly exception: Exception; readonly daysLeft: number }[];
};

export type ExplainedDemand = {
  readonly policy: string;
  readonly guardrail: string;
  readonly at: Position;
  readonly values: readonly { readonly path: string; readonly value: Json; readonly at?: Position }[];
};

/** @throws TrueupError `not-governed` that says why nothing applies there. */
export function explain(
  state: State,
  fleet: Fleet,
  snapshot: Snapshot,
  options: PlanOptions & { readonly wanted: Wanted },
): Explanation[] {
  const { wanted } = options;
  const only = { accounts: [wanted.account], regions: [wanted.region] };
  const { cells } = planState(state, fleet, snapshot, { ...options, only, withDecided: true });
  const planned = new Map(cells.map((cell) => [addressKey(cell.address), cell]));
  const [place] = governedTargets(state, snapshot.inventory, options.guardrails, only);
  if (!place) throw notGoverned(wanted, snapshot.inventory);
  const survey = surveyOf(snapshot);
  const about = { state, survey, today: options.today, planned, reaches: reachIn(state, snapshot.inventory) };
  const all = [...groupBy(place.demands, ({ guardrail }) => guardrail.resource.name)].flatMap(([resource, demands]) =>
    isMeant(wanted.resource, resource, demands) ? explainResource(place, resource, demands, about) : [],
  );
  const found = all.filter(
    ({ id, title }) => wanted.id === undefined || [id, title, nameIn(title)].includes(wanted.id),
  );
  if (found.length === 0) throw nothingThere(wanted, place);
  return found;
}

type About = {
  readonly state: State;
  readonly survey: Survey;
  readonly reaches: Reaches;
  readonly today: string;
  readonly planned: ReadonlyMap<string, Cell>;
};

function explainResource(place: Governed, resource: string, demands: readonly Demand[], about: About): Explanation[] {
  const ids = about.survey.ids(place, resource);
  const whole = about.planned.get(addressKey({ ...place, fleet: '', resource, id: '' }));
  if (ids.length === 0 && whole) return [unread(whole, demands)];
  return ids.flatMap((id) => {
    const known = about.survey.know(place, resource, id);
    const cell = about.planned.get(addressKey({ ...place, fleet: '', resource, id }));
    if (known.state !== 'seen') return cell ? [unread(cell, demands)] : [];
    return explainInstance(known.observation, { place, resource, id, demands, cell }, about);
  });
}

type Instance = {
  readonly place: Target;
  readonly resource: string;
  readonly id: string;
  readonly demands: readonly Demand[];
  readonly cell: Cell | undefined;
};

/** Nothing for an instance that nobody asks anything of. */
function explainInstance(observation: Observation, of: Instance, about: About): Explanation[] {
  const { place, resource, id, cell } = of;
  const around = surroundingsOf(place, { resource, id }, observation, about);
  const demands = of.demands.filter(({ guardrail, entry }) => guardrail.governs(entry.params, around));
  if (demands.length === 0) return [];
  const named = new Set(demands.map(({ guardrail }) => guardrail.name));
  const exceptions = exceptionsFor(about.state.exceptions, around, about.today);
  const [gap] = gapsIn(place, askedBy(observation.value, demands, around), about.survey);
  const reason = cell ? cell.reason : gap?.reason;
  return [
    {
      resource,
      id,
      title: cell?.title ?? ([observation.about.name, id].filter(Boolean).join(' · ') || resource),
      outcome: cell?.outcome ?? (gap ? 'unread' : 'in-state'),
      ...(reason && { reason }),
      now: observation.value,
      ...(cell && { cell }),
      demands: demands.map(explainDemand),
      exceptions: exceptions
        .filter(({ guardrail }) => named.has(guardrail))
        .map((exception) => ({ exception, daysLeft: daysLeft(exception, about.today) })),
    },
  ];
}

function unread(cell: Cell, demands: readonly Demand[]): Explanation {
  const { address, title, outcome, reason } = cell;
  const { resource, id } = address;
  const said = { resource, id, title, outcome, ...(reason && { reason }) };
  return { ...said, demands: demands.map(explainDemand), exceptions: [] };
}

/** What was left out of the file has its default, and no line. */
function explainDemand({ policy, entry, guardrail }: Demand): ExplainedDemand {
  const values = Object.entries((entry.params ?? {}) as { readonly [path: string]: Json }).map(([path, value]) => {
    const at = entry.positions[path];
    return { path, value, ...(at && { at }) };
  });
  return { policy: policy.name, guardrail: guardrail.name, at: entry.at, values };
}

function isMeant(wanted: string | undefined, resource: string, demands: readonly Demand[]): boolean {
  return wanted === undefined || wanted === resource || demands.some(({ guardrail }) => guardrail.name === wanted);
}

function nameIn(title: string): string {
  return title.split(' · ')[0] ?? title;
}

function notGoverned({ account, region }: Wanted, inventory: Inventory): TrueupError {
  const left = [...inventory.skipped, ...inventory.unreachable].find(({ id }) => id === account);
  const there = inventory.accounts.find(({ id }) => id === account);
  const why = left
    ? left.reason.message
    : there
      ? `no policy reaches it; the account is governed in ${there.regions.join(', ')}, and as a whole as "global"`
      : 'the fleet has no such account';
  return new TrueupError({
    code: 'not-governed',
    message: `nothing applies at ${account}/${region}: ${why}`,
    advice: '"trueup targets" lists every account and region that is governed',
  });
}

function nothingThere({ account, region, resource, id }: Wanted, { demands }: Governed): TrueupError {
  const names = [...new Set(demands.map(({ guardrail }) => guardrail.resource.name))].sort().join(', ');
  const what = [resource, id].filter((part) => part !== undefined).join('/');
  return new TrueupError({
    code: 'not-governed',
    message: `nothing applies to ${what} at ${account}/${region}`,
    advice: `governed there: ${names}; an instance is named by its id or name`,
  });
}

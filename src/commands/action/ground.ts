/** What does a run stand on: which state is planned, and through which fleet are its accounts reached? */
import { trustChanges } from '../../fleet/trust-changes.ts';
import { stricterFleet, trustedFleet } from '../../fleet/trusted-fleet.ts';
import type { Note, Plan } from '../../model/plan.ts';
import { TrueupError } from '../../model/problem.ts';
import type { Fleet, State } from '../../model/state.ts';
import { observe, plan as planOf } from '../../reconcile.ts';
import type { Run } from '../../run.ts';
import { fleet as fleetSchema } from '../../state/schemas.ts';
import { chooseFleet } from '../session.ts';
import type { Desk, Reviewable } from './desk.ts';
import { baseCommit, readHead, stateAt } from './states.ts';

export type Ground = {
  readonly state: State;
  readonly fleet: Fleet;
  /** What a change is compared with. */
  readonly base?: { readonly commit: string; readonly state: State; readonly fleet: Fleet };
};

/** The state of the head, reached and kept safe by the fleet of the base. */
export async function groundOfChange(
  desk: Reviewable,
): Promise<Required<Ground> | { readonly trust: readonly Note[] }> {
  const state = await readHead(desk);
  const commit = await baseCommit(desk);
  const before = await stateAt(commit, desk);
  const chosen = chooseFleet(state, desk.inputs.fleet);
  const known = before?.fleets.find(({ name }) => name === chosen.name);
  if (!before || !known) return { trust: trustChanges(before?.fleets ?? [], state.fleets) };
  return { state, fleet: trustedFleet(known, chosen), base: { commit, state: before, fleet: known } };
}

/**
 * The state of the tip. A change that loosens safety is itself still applied under the stricter one.
 *
 * @param since the commit that was applied last
 */
export async function groundOfMain(desk: Desk, since: string | undefined): Promise<Ground> {
  const state = await readHead(desk);
  const fleet = chooseFleet(state, desk.inputs.fleet);
  if (since === undefined) return { state, fleet };
  if (!(await desk.clone.hasCommit(since))) return { state, fleet: stricterFleet(cautious(fleet), fleet) };
  const was = await firstFleet(desk, since, fleet.name);
  return { state, fleet: was ? stricterFleet(was, fleet) : fleet };
}

/** As it was then, or as it first came: what was never applied has loosened nothing. */
async function firstFleet(desk: Desk, since: string, name: string): Promise<Fleet | undefined> {
  const fleetAt = async (commit: string): Promise<Fleet | undefined> =>
    (await stateAt(commit, desk))?.fleets.find((one) => one.name === name);
  const then = await fleetAt(since);
  if (then) return then;
  for (const commit of await desk.clone.changesOf(desk.inputs.state, since)) {
    const came = await fleetAt(commit);
    if (came) return came;
  }
  return undefined;
}

/** What stood there before is gone, so nobody knows how strict it was: as strict as what nobody has loosened. */
function cautious({ securityHub: _, ...fleet }: Fleet): Fleet {
  return { ...fleet, safety: fleetSchema.shape.safety.parse({}), heal: [] };
}

/** `drifting`: digests of what would change without the change too; absent when the base has no plan. */
export type Planned = { readonly plan: Plan; readonly drifting?: ReadonlySet<string> };

/** The plan, and what of it is drift: told apart from the very same snapshot. */
export async function planOn(run: Run, { base }: Ground): Promise<Planned> {
  if (!base) return { plan: planOf(run, await observe(run)), drifting: new Set() };
  const snapshot = await observe(run, base.state);
  const plan = planOf(run, snapshot, base.state);
  const drifting = driftOf(() => planOf({ ...run, state: base.state, fleet: base.fleet }, snapshot));
  return { plan, ...(drifting && { drifting }) };
}

/** A base that contradicts itself has no plan, so nothing can be told apart. */
function driftOf(planBase: () => Plan): ReadonlySet<string> | undefined {
  try {
    const changing = planBase().cells.filter(({ outcome }) => outcome === 'change');
    return new Set(changing.map(({ digest }) => digest));
  } catch (error) {
    if (error instanceof TrueupError) return undefined;
    throw error;
  }
}

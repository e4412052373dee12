/**
 * The plan on a pull request or in a merge queue: its state, reached and kept safe by the fleet of the base, beside the
 * base's own state, both planned from one snapshot.
 */
import { randomBytes } from 'node:crypto';
import { trustChanges } from '../../fleet/trust-changes.ts';
import { trustedFleet } from '../../fleet/trusted-fleet.ts';
import { treeOf } from '../../github/commit-files.ts';
import { recordReviewed } from '../../github/record.ts';
import type { Plan } from '../../model/plan.ts';
import { TrueupError } from '../../model/problem.ts';
import type { Fleet, State } from '../../model/state.ts';
import { observe, plan as planOf, type Run } from '../../reconcile.ts';
import { renderTerminal } from '../../render/terminal.ts';
import { viewOf } from '../../render/view.ts';
import { chooseFleet, withFleet } from '../session.ts';
import { countOutputs, type Desk, type Ending, unreadFailure, writeFiles } from './desk.ts';
import { publishPlan, publishProblems, publishUnplanned, type Shown } from './publish-plan.ts';
import { baseCommit, readHead, stateAt } from './states.ts';
import { validate } from './validate.ts';

type Reviewable = Desk & { readonly event: Extract<Desk['event'], { kind: 'pull' | 'queue' }> };

export async function planChange(desk: Reviewable): Promise<Ending> {
  if (desk.event.kind === 'pull' && desk.event.fork) return validateFork(desk);
  try {
    return await planTrusted(desk);
  } catch (error) {
    // An older plan that stands there still would be taken for this one.
    if (error instanceof TrueupError) await publishProblems(desk, error);
    throw error;
  }
}

async function validateFork(desk: Reviewable): Promise<Ending> {
  desk.io.say('from a fork: the state is validated, and nothing else is done; there are no credentials to plan with');
  const ending = await validate(desk);
  const note =
    '\n_From a fork: the state was validated, not planned. A maintainer can push the branch to this repository._\n';
  return { ...ending, summary: `${ending.summary ?? ''}${note}` };
}

async function planTrusted(desk: Reviewable): Promise<Ending> {
  const { inputs, event, io } = desk;
  const head = await readHead(desk);
  const base = await baseCommit(event);
  const before = await stateAt(base, desk);
  const chosen = chooseFleet(head, inputs.fleet);
  const known = before?.fleets.find(({ name }) => name === chosen.name);
  if (!before || !known) return publishUnplanned(desk, trustChanges(before?.fleets ?? [], head.fleets));
  const fleet = trustedFleet(known, chosen);
  const shown = await withFleet({ state: head, fleet }, { ...optionsOf(desk), purpose: 'read' }, io, (run) =>
    planBoth(run, before, known),
  );
  return finish(desk, shown, base);
}

export function optionsOf({ inputs }: Pick<Desk, 'inputs'>) {
  return {
    allowEndpoint: inputs['allow-endpoint'],
    allowUserCredentials: inputs['allow-user-credentials'],
    ...(inputs.only !== undefined && { only: inputs.only }),
    ...(inputs.identity !== undefined && { identity: inputs.identity }),
  };
}

/** What would change without this pull request too is drift: it is told apart, from the very same snapshot. */
async function planBoth(run: Run, before: State, fleet: Fleet): Promise<Shown> {
  const snapshot = await observe(run, before);
  const plan = planOf(run, snapshot, before);
  return { plan, drifting: driftOf(() => planOf({ ...run, state: before, fleet }, snapshot)) };
}

/** A base that contradicts itself has no plan, so nothing can be told apart. */
function driftOf(planBase: () => Plan): ReadonlySet<string> {
  try {
    const changing = planBase().cells.filter(({ outcome }) => outcome === 'change');
    return new Set(changing.map(({ digest }) => digest));
  } catch (error) {
    if (error instanceof TrueupError) return new Set();
    throw error;
  }
}

async function finish(desk: Reviewable, shown: Shown, base: string): Promise<Ending> {
  const { event, io, publication } = desk;
  const { plan } = shown;
  const salt = randomBytes(16).toString('hex');
  const view = viewOf(plan, { drifting: shown.drifting });
  if (publication === 'full') io.result(renderTerminal(view, { colour: io.colour, width: io.width }));
  const summary = await publishPlan(desk, shown, salt);
  const failure = unreadFailure(plan, desk);
  return {
    outputs: {
      ...countOutputs(plan),
      result: 'planned',
      ...(publication === 'full' && { digest: plan.digest }),
      ...(event.kind === 'pull' && (await keepRecord({ ...desk, event }, plan, { base, salt }))),
    },
    summary,
    ...(failure && { failure }),
  };
}

/** Bound to this run, this head and this tree; the comment is only a display of it. */
async function keepRecord(
  desk: Desk & { readonly event: Extract<Desk['event'], { kind: 'pull' }> },
  plan: Plan,
  { base, salt }: { readonly base: string; readonly salt: string },
): Promise<Ending['outputs']> {
  const { event, job, inputs, publication, slug } = desk;
  const record = recordReviewed(plan, {
    repository: job.repositoryId,
    pull: event.number,
    head: event.head.sha,
    base,
    tree: await treeOf('HEAD'),
    run: job.run,
    state: inputs.state,
    salt,
  });
  const files = { 'reviewed.json': record, ...(publication === 'full' && { 'plan.json': plan }) };
  const path = await writeFiles(desk, 'reviewed', files);
  return {
    'artifact-name': `trueup-reviewed-${slug}-${job.attempt}`,
    'artifact-path': path,
    ...(publication === 'full' && { 'plan-path': `${path}/plan.json` }),
  };
}

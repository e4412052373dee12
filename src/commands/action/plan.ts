/**
 * The plan on a pull request or in a merge queue: its state, reached and kept safe by the fleet of the base, beside the
 * base's own state, both planned from one snapshot.
 */
import { randomBytes } from 'node:crypto';
import { recordReviewed } from '../../github/record.ts';
import { TrueupError } from '../../model/problem.ts';
import { renderTerminal } from '../../render/terminal.ts';
import { type ViewOptions, viewOf } from '../../render/view.ts';
import { withFleet } from '../session.ts';
import { countOutputs, type Desk, type Ending, optionsOf, type Reviewable, unreadFailure, writeFiles } from './desk.ts';
import { failWith } from './failing.ts';
import { type Ground, groundOfChange, type Planned, planOn } from './ground.ts';
import { publishPlan, publishProblems, publishUnplanned } from './publish-plan.ts';
import { joinPlan } from './shares/join-plan.ts';
import { validate } from './validate.ts';

export async function planChange(desk: Reviewable): Promise<Ending> {
  if (desk.event.kind === 'pull' && desk.event.fork) return validateFork(desk);
  try {
    return await planTrusted(desk);
  } catch (error) {
    if (!(error instanceof TrueupError)) throw error;
    // An older plan that stands there still would be taken for this one.
    const { checked } = await publishProblems(desk, error);
    return failWith(error, desk, checked);
  }
}

async function validateFork(desk: Pick<Reviewable, 'inputs' | 'io' | 'tell' | 'checkout'>): Promise<Ending> {
  desk.tell('from a fork: the state is validated, and nothing else is done; there are no credentials to plan with');
  const ending = await validate(desk);
  const note =
    '\n_From a fork: the state was validated, not planned. A maintainer can push the branch to this repository._\n';
  return { ...ending, summary: `${ending.summary ?? ''}${note}` };
}

async function planTrusted(desk: Reviewable): Promise<Ending> {
  const ground = await groundOfChange(desk);
  if ('trust' in ground) return publishUnplanned(desk, ground.trust);
  const planned = desk.inputs.parts === undefined ? await planAlone(desk, ground) : await joinPlan(desk, ground);
  return finish(desk, planned, ground);
}

function planAlone(desk: Reviewable, ground: Ground): Promise<Planned> {
  return withFleet(ground, { ...optionsOf(desk), purpose: 'read' }, desk.io, (run) => planOn(run, ground));
}

async function finish(desk: Reviewable, planned: Planned, { fleet, base }: Required<Ground>): Promise<Ending> {
  const { event, io, publication } = desk;
  const { plan } = planned;
  const view = viewOf(plan, driftIn(planned, fleet));
  const salt = randomBytes(16).toString('hex');
  if (publication === 'full') io.result(renderTerminal(view, { colour: io.colour, width: io.width }));
  const summary = await publishPlan(desk, { plan, view }, salt);
  const failure = unreadFailure(plan, desk);
  return {
    outputs: {
      ...countOutputs(plan),
      result: 'planned',
      ...(publication === 'full' && { digest: plan.digest }),
      ...(event.kind === 'pull' && (await keepRecord({ ...desk, event }, planned, { base: base.commit, salt }))),
    },
    summary,
    ...(failure && { failure }),
  };
}

/** What could not be told apart is no drift for the eye, and is drift where that waits. */
function driftIn({ plan, drifting }: Planned, { drift }: Ground['fleet']): ViewOptions {
  const driftWaits = drift === 'pending';
  if (drifting || !driftWaits) return { driftWaits, ...(drifting && { drifting }) };
  return { driftWaits, drifting: new Set(plan.cells.map(({ digest }) => digest)) };
}

/** Bound to this run, this head and this tree; the comment is only a display of it. */
async function keepRecord(
  desk: Desk & { readonly event: Extract<Desk['event'], { kind: 'pull' }> },
  { plan, drifting }: Planned,
  { base, salt }: { readonly base: string; readonly salt: string },
): Promise<Ending['outputs']> {
  const { event, job, inputs, publication, slug, clone } = desk;
  const record = recordReviewed(plan, {
    repository: job.repositoryId,
    pull: event.number,
    head: event.head.sha,
    base,
    tree: await clone.treeOf('HEAD'),
    run: job.run,
    state: inputs.state,
    salt,
    ...(drifting && { drifting }),
  });
  const files = { 'reviewed.json': record, ...(publication === 'full' && { 'plan.json': plan }) };
  const path = await writeFiles(desk, 'reviewed', files);
  return {
    'artifact-name': `trueup-reviewed-${slug}-${job.attempt}`,
    'artifact-path': path,
    ...(publication === 'full' && { 'plan-path': `${path}/plan.json` }),
  };
}

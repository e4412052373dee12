/** One run of the action, from what it was asked to how it ended. It never throws: a failure is an ending too. */
import type { Event } from '../../github/event.ts';
import { reasonText } from '../../github/text.ts';
import { TrueupError } from '../../model/problem.ts';
import { type Io, usageError } from '../io.ts';
import { tellError } from '../tell-error.ts';
import { applyMain } from './apply.ts';
import { type Desk, type Ending, openDesk, type Step } from './desk.ts';
import { drift } from './drift.ts';
import { failWith } from './failing.ts';
import { type Inputs, readInputs } from './inputs.ts';
import { planChange } from './plan.ts';
import { applyShare } from './shares/apply-share.ts';
import { listAccounts } from './shares/list-accounts.ts';
import { orderApply } from './shares/order.ts';
import { planShare } from './shares/plan-share.ts';
import { reportShares } from './shares/report-shares.ts';
import { validate } from './validate.ts';

export async function act(step: Step): Promise<Ending> {
  let desk: Desk | undefined;
  step.io.signal.addEventListener('abort', () => step.io.say(CANCELLED), { once: true });
  try {
    const inputs = readInputs((name) => step.input(name));
    desk = await openDesk(inputs, step);
    return withReason(await actAt(desk, inputs.mode === 'auto' ? modeFor(desk.event) : inputs.mode));
  } catch (error) {
    return withReason(desk ? await failWith(error, desk) : failUnknown(error, step.io));
  }
}

/** GitHub gives a cancelled job some ten seconds. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation */
const CANCELLED = 'cancelled: the call in flight is finished and recorded first, and nothing new is begun';

function withReason(ending: Ending): Ending {
  return { ...ending, outputs: { ...ending.outputs, 'failure-reason': ending.failure?.code ?? '' } };
}

function modeFor({ kind }: Event): Exclude<Inputs['mode'], 'auto'> {
  if (kind === 'pull' || kind === 'queue') return 'plan';
  return kind === 'schedule' ? 'drift' : 'apply';
}

async function actAt(desk: Desk, mode: Exclude<Inputs['mode'], 'auto'>): Promise<Ending> {
  const { event, inputs } = desk;
  if (mode === 'validate') return validate(desk);
  const change = event.kind === 'pull' || event.kind === 'queue';
  const main = event.kind === 'push' || event.kind === 'dispatch';
  if (mode === 'accounts' && (change || main)) return listAccounts(desk);
  if (mode === 'plan' && inputs.shard !== undefined && (change || main)) return planShare(desk);
  if (mode === 'plan' && change) return planChange({ ...desk, event });
  if (mode === 'decide' && main) return orderApply(desk);
  if (mode === 'apply' && main) return apply(desk);
  if (mode === 'drift' && (event.kind === 'schedule' || event.kind === 'dispatch')) return drift(desk);
  throw usageError(
    `mode "${mode}" does not go with this event`,
    'plan goes with pull_request and merge_group, apply with push and workflow_dispatch, drift with schedule',
  );
}

function apply(desk: Desk): Promise<Ending> {
  const { shard, parts } = desk.inputs;
  if (shard !== undefined) return applyShare(desk);
  return parts === undefined ? applyMain(desk) : reportShares(desk);
}

/** So early that nothing is known of the run: not even whether names may be told. */
function failUnknown(error: unknown, io: Io): Ending {
  const known = error instanceof TrueupError ? error : undefined;
  const code = known?.code ?? 'defect';
  io.say(tellError(error));
  const reason = { code, message: known?.message ?? 'a defect of Trueup; the log has the lines to report' };
  return {
    outputs: { result: 'failed' },
    summary: reasonText('Failed', reason, { publication: 'counts' }),
    failure: reason,
  };
}

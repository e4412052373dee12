/** The first job of a sharded run: accounts and regions, listed once for all shares. */
import { questionOf } from '../../../fleet/inventory.ts';
import { inventoryFor } from '../../../reading.ts';
import { counted } from '../../../render/phrase.ts';
import { stampOf } from '../../../run.ts';
import { withFleet } from '../../session.ts';
import { type Desk, type Ending, optionsOf } from '../desk.ts';
import { overtaken } from '../ending.ts';
import { type Ground, groundOfChange, groundOfMain } from '../ground.ts';
import { appliedUpTo, isBehind, mainBranch } from '../history.ts';
import type { AccountsPart } from './part.ts';
import { leavePart, refusePublic } from './parts.ts';

export async function listAccounts(desk: Desk): Promise<Ending> {
  refusePublic(desk);
  const { event } = desk;
  if (event.kind !== 'pull' && event.kind !== 'queue') return listForMain(desk);
  const ground = await groundOfChange({ ...desk, event });
  return 'trust' in ground ? UNPLANNED : leave(desk, { kind: 'accounts', listed: await list(desk, ground) });
}

async function listForMain(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  if (await isBehind(desk, branch)) return overtaken(desk);
  const since = await appliedUpTo(desk, branch);
  const listed = await list(desk, await groundOfMain(desk, since));
  return leave(desk, { kind: 'accounts', listed, ...(since !== undefined && { since }) });
}

/** As every share will ask for them: for the policies of head and base. */
function list(desk: Desk, ground: Ground): Promise<AccountsPart['listed']> {
  const policies = [...ground.state.policies, ...(ground.base?.state.policies ?? [])];
  return withFleet(ground, { ...optionsOf(desk), purpose: 'read' }, desk.io, async (run) => ({
    format: 'trueup-inventory/1',
    stamp: stampOf(run),
    takenAt: run.now.toISOString(),
    question: questionOf(run.fleet, policies),
    inventory: await inventoryFor(run, policies),
  }));
}

async function leave(desk: Desk, part: AccountsPart): Promise<Ending> {
  const { accounts, unreachable } = part.listed.inventory;
  const unread = unreachable.length === 0 ? '' : `, ${unreachable.length} could not be asked`;
  return {
    outputs: { result: 'listed', ...(await leavePart(desk, 'planning', part)) },
    summary: `### ${counted(accounts.length, ['account', 'accounts'])} listed${unread}\n`,
  };
}

/** The joining job says so on the pull request. */
const UNPLANNED: Ending = { outputs: { result: 'unplanned' } };

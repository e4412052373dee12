/** One job of the matrix that plans: reads the accounts of its share, and leaves its part of the plan. */

import { countPlan, verdictOf } from '../../../render/counts.ts';
import { forTerminal } from '../../../render/escape.ts';
import { write } from '../../../render/phrase.ts';
import type { Run } from '../../../run.ts';
import { refuseOtherWorld } from '../../same-world.ts';
import { withFleet } from '../../session.ts';
import { countOutputs, type Desk, type Ending, optionsOf } from '../desk.ts';
import { type Ground, groundOfChange, groundOfMain, planOn } from '../ground.ts';
import { type AccountsPart, nameOf, type PlanPart } from './part.ts';
import { leavePart, listedIn, originOf, readParts, shardOfJob } from './parts.ts';

/** What could not be read is unread in the part: whether that fails anything is for the whole to say. */
export async function planShare(desk: Desk): Promise<Ending> {
  const share = shardOfJob(desk);
  const { accounts, list } = listedIn(await readParts(desk), await originOf(desk));
  const ground = await groundOf(desk, accounts);
  if (!ground) return { outputs: { result: 'unplanned' } };
  const { plan, drifting } = await withFleet(ground, { ...optionsOf(desk), purpose: 'read' }, desk.io, (run) =>
    planOn(withAccounts(run, accounts), ground),
  );
  const part: PlanPart = { kind: 'plan', share, list, plan, ...(drifting && { drifting: [...drifting].sort() }) };
  return {
    outputs: { ...countOutputs(plan), result: 'planned', ...(await leavePart(desk, 'planning', part)) },
    summary: `### ${nameOf(share)}: ${write(verdictOf(countPlan(plan)), forTerminal)}\n`,
  };
}

async function groundOf(desk: Desk, { since }: AccountsPart): Promise<Ground | undefined> {
  const { event } = desk;
  if (event.kind !== 'pull' && event.kind !== 'queue') return groundOfMain(desk, since);
  const ground = await groundOfChange({ ...desk, event });
  return 'trust' in ground ? undefined : ground;
}

/** @throws TrueupError `other-world` */
export function withAccounts(run: Run, { listed }: Pick<AccountsPart, 'listed'>): Run {
  refuseOtherWorld(listed, run);
  return { ...run, inventory: listed };
}

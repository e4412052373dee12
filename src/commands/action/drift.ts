/** The look on a schedule: what drifted goes into the one issue; what may be healed is, and is remembered. */

import { type Memory, MOST_REMEMBERED } from '../../github/issue.ts';
import { saltedPlace } from '../../github/mark.ts';
import { leftText, SUMMARY_BUDGET, waitsText } from '../../github/text.ts';
import type { Cell, Plan } from '../../model/plan.ts';
import { type Reason, TrueupError } from '../../model/problem.ts';
import { chooseHealing, type Healing } from '../../plan/heal.ts';
import { remainingPlan } from '../../plan/remaining.ts';
import { observe, plan as planOf, protect } from '../../reconcile.ts';
import type { Ended } from '../../render/outcome.ts';
import type { Run } from '../../run.ts';
import { record } from '../carry-out.ts';
import { journalPlace } from '../journal-place.ts';
import { underLock } from '../lock.ts';
import { chooseFleet, withFleet } from '../session.ts';
import { announceJournal } from './begun.ts';
import { countOutputs, type Desk, type Ending, optionsOf, unreadFailure } from './desk.ts';
import { behind, failureOf } from './ending.ts';
import { errorText } from './error-text.ts';
import { FLIPPING_DAYS, remarkOnFlips } from './flips.ts';
import { isBehind, mainBranch } from './history.ts';
import { logLeft, waitingIn } from './left.ts';
import { type Remembered, recall, tellFailure, tellPending } from './pending.ts';
import { appliedOf, keptHere, resultOf } from './report-apply.ts';
import { readHead } from './states.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export async function drift(desk: Desk): Promise<Ending> {
  const branch = mainBranch(desk);
  if (await isBehind(desk, branch)) return behind(desk);
  try {
    const head = await readHead(desk);
    const fleet = chooseFleet(head, desk.inputs.fleet);
    const purpose = fleet.heal.length > 0 ? 'apply' : 'read';
    return await withFleet({ state: head, fleet }, { ...optionsOf(desk), purpose }, desk.io, (run) =>
      look(desk, run, branch),
    );
  } catch (error) {
    if (error instanceof TrueupError) await tellFailure(desk, error);
    throw error;
  }
}

async function look(desk: Desk, run: Run, branch: string): Promise<Ending> {
  const { io, publication, job } = desk;
  const seen = await observe(run);
  const plan = planOf(run, seen);
  const recalled = await recall(desk);
  const memory = forget(recalled.memory, run.now);
  const timesHealed = (cell: Cell): number => memory.healed[keyOf(cell, memory)]?.times ?? 0;
  const room = recalled.known ? MOST_REMEMBERED - Object.keys(memory.healed).length : 0;
  const healing = chooseHealing(plan, run.fleet, { timesHealed, room });
  const journal = healing.cells.length > 0 ? journalPlace(desk.inputs.journal, io) : undefined;
  const { outcomes, locked } =
    journal === undefined ? NOTHING_HEALED : await healUnlessLocked(desk, healing, plan, { ...run, journal });
  const left = remainingPlan(plan, appliedOf(outcomes), run.fleet.safety.limits);
  const remembered: Remembered = { ...recalled, memory: remember(memory, outcomes, run.now) };
  const remarks = [...(await remarkOnFlips(healing.flipping, desk, run)), ...remarksOn(healing, locked)];
  const pending = await tellPending(desk, { plan: left, branch, remarks }, remembered);
  logLeft(desk, { outcomes, left, pending });
  const text = leftText(left, { publication, salt: memory.salt, budget: SUMMARY_BUDGET, run: job.url });
  const failure = locked ?? failureOf(outcomes) ?? unreadFailure(plan, desk);
  return {
    outputs: {
      ...countOutputs(left),
      ...resultOf(outcomes, left),
      ...pending,
      ...(journal !== undefined && keptHere(journal) && publication === 'full' && { 'journal-path': journal }),
    },
    summary: `${text}${waitsText(waitingIn(left, pending))}`,
    ...(failure && { failure }),
  };
}

/** `locked`: why nothing was healed. */
type Healed = { readonly outcomes: readonly Ended[]; readonly locked?: Reason };
const NOTHING_HEALED: Healed = { outcomes: [] };

/** What drifted is told whoever holds the lock; what could not be healed now is looked at by the next run. */
async function healUnlessLocked(
  desk: Desk,
  healing: Healing,
  plan: Plan,
  run: Run & { readonly journal: string },
): Promise<Healed> {
  try {
    return { outcomes: await heal(desk, healing, plan, run) };
  } catch (error) {
    if (!(error instanceof TrueupError) || error.code !== 'locked') throw error;
    desk.tell(errorText(error, desk));
    return { outcomes: [], locked: error.reason };
  }
}

/** With a role of its own where the fleet names one: healing needs less than applying. */
async function heal(
  desk: Desk,
  { cells }: Healing,
  plan: Plan,
  run: Run & { readonly journal: string },
): Promise<readonly Ended[]> {
  const { io, inputs } = desk;
  const { role } = run.fleet;
  const write = role.heal ?? role.write;
  const fleet = { ...run.fleet, role: { ...role, ...(write !== undefined && { write }) } };
  const how = { journal: run.journal, protection: await protect(run), failFast: false };
  announceJournal(desk, run.journal);
  const { result } = await underLock(run, { journal: run.journal, breakLock: inputs['break-lock'] }, io, (signal) =>
    record(cells, plan, { ...run, fleet }, how, { ...io, signal }),
  );
  return result.outcomes;
}

function keyOf({ address }: Cell, { salt }: Memory): string {
  return saltedPlace(address, salt).slice(0, 16);
}

/** What has stayed as it should be for so long is no longer held against it. */
function forget(memory: Memory, now: Date): Memory {
  const recent = Object.entries(memory.healed).filter(
    ([, { last }]) => now.getTime() - Date.parse(`${last}T00:00:00Z`) < FLIPPING_DAYS * DAY_MS,
  );
  return { ...memory, healed: Object.fromEntries(recent) };
}

function remember(memory: Memory, outcomes: readonly Ended[], now: Date): Memory {
  const today = now.toISOString().slice(0, 10);
  const healed = [...appliedOf(outcomes)].map((cell) => {
    const key = keyOf(cell, memory);
    return [key, { times: (memory.healed[key]?.times ?? 0) + 1, last: today }] as const;
  });
  return { ...memory, healed: { ...memory.healed, ...Object.fromEntries(healed) } };
}

function remarksOn({ breach }: Healing, locked: Reason | undefined): readonly string[] {
  return [
    ...(breach === undefined ? [] : ['🟡 **Nothing was healed**: more drifted at once than the limits allow.']),
    ...(locked ? ['🟡 **Nothing was healed**: another run holds the lock; the log of this one says which.'] : []),
  ];
}

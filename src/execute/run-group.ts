/** Which cells of a batch are run together, and which one after the other? */
import type { Session } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import type { Cell } from '../model/plan.ts';
import type { Resource } from '../model/resource.ts';
import type { CellRun } from './cell-run.ts';
import { isJoinable, joinCells } from './joint.ts';
import { type CellOutcome, runCell } from './run-cell.ts';
import { stoppable } from './stoppable.ts';

/** Cells of one resource that are run at the same time. */
export type Group = { readonly resource: Resource; readonly cells: readonly Cell[] };

/** Cells whose calls can travel together in one group, all others on their own. */
export function groupsOf(cells: readonly Cell[], resources: ReadonlyMap<string, Resource>): Group[] {
  const byResource = [...groupBy(cells, ({ address }) => address.resource)].flatMap(([name, same]): Group[] => {
    const resource = resources.get(name);
    if (!resource) throw new Error(`no resource ${name}`);
    return isJoinable(resource) ? [{ resource, cells: same }] : same.map((cell) => ({ resource, cells: [cell] }));
  });
  // What may take minutes to show must not keep the others waiting.
  const patience = ({ resource }: Group): number => resource.settlesWithinMs ?? 0;
  return byResource.sort((a, b) => patience(a) - patience(b));
}

/** Every cell reports its own end; what breaks one of them is thrown when all have ended. */
export async function runGroup(
  { resource, cells }: Group,
  session: Session,
  run: Omit<CellRun, 'session' | 'resource'>,
  report: (outcome: CellOutcome) => void,
): Promise<void> {
  const joint = joinCells(cells.length, stoppable(session, resource, run.signal), resource);
  const ends = cells.map(async (cell) => {
    try {
      report(await runCell(cell, { ...run, session: joint.session, resource: joint.resource }));
    } finally {
      joint.leave();
    }
  });
  const broken = (await Promise.allSettled(ends)).find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
}

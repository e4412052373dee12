/** What every part of planning is handed: the state, what was seen, and the day. */
import type { Protection } from '../fleet/protection.ts';
import type { Room } from '../model/resource.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { Survey } from './survey.ts';

/** What AWS's quotas are in these accounts, as the fleet says. */
export type Quotas = Pick<Room, 'rulesPerGroup'>;

export type PlanContext = {
  readonly survey: Survey;
  readonly state: State;
  readonly stamp: Snapshot['stamp'];
  readonly today: string;
  readonly protection: Protection;
  readonly quotas: Quotas;
};

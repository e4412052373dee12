/** What every part of planning is handed: the state, what was seen, and the day. */
import type { Protection } from '../fleet/protection.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { Survey } from './survey.ts';

export type PlanContext = {
  readonly survey: Survey;
  readonly state: State;
  readonly stamp: Snapshot['stamp'];
  readonly today: string;
  readonly protection: Protection;
};

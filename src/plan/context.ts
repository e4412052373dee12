/** What every part of planning is handed: the state, what was seen, and the day. */
import type { Protection } from '../fleet/protection.ts';
import type { Guardrail } from '../model/guardrail.ts';
import type { Reason } from '../model/problem.ts';
import type { Resource, Room } from '../model/resource.ts';
import type { Inventory, Snapshot, Target } from '../model/snapshot.ts';
import type { State } from '../model/state.ts';
import type { Only } from './govern.ts';
import type { Reaches } from './reach.ts';
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
  readonly reaches: Reaches;
  /** Why a resource cannot be changed from its own account, if so. */
  managed(target: Target, resource: string): Reason | undefined;
};

/** What is asked of planning, beside the state and what was seen. */
export type PlanOptions = {
  readonly guardrails: readonly Guardrail[];
  /** `YYYY-MM-DD`, UTC: decides which exceptions still hold. */
  readonly today: string;
  readonly only?: Only;
  /** The state before the change that is being planned: what it no longer manages is told. */
  readonly base?: State;
  /** By name; needed where a centre decides. */
  readonly resources?: ReadonlyMap<string, Resource>;
  /** Where only a share of the accounts is planned: all of them, and which of the others' cells are its own. */
  readonly whole?: Inventory;
  readonly isMine?: (account: string) => boolean;
  /** Whether cells that a centre will bring about are told all the same. */
  readonly withDecided?: true;
};

/** Looks up what the inventory says about who decides what. */
export function managedIn({ accounts }: Inventory): PlanContext['managed'] {
  const byId = new Map(accounts.map(({ id, managed }) => [id, managed]));
  return ({ account, region }, resource) =>
    byId
      .get(account)
      ?.find(({ resources, regions }) => resources.includes(resource) && (!regions || regions.includes(region)))
      ?.reason;
}

/**
 * Which security groups and rules are there, in typed parts, and what is to be said about each? Computed once from a
 * snapshot; the formats only lay it out.
 */
import { byText, targetKey } from '../../model/address.ts';
import type { Snapshot, Stamp, Target } from '../../model/snapshot.ts';
import { surveyOf } from '../../plan/survey.ts';
import type { GroupEntry } from './entries.ts';
import { groupsAt } from './groups.ts';
import { DEFAULT_LIMITS, type LimitsOf } from './limits.ts';
import { type Unread, unreadIn } from './unread.ts';

export type Report = {
  readonly format: 'trueup-report/1';
  readonly stamp: Stamp;
  readonly takenAt: string;
  readonly groups: readonly GroupEntry[];
  readonly unread: readonly Unread[];
};

export function collectReport(snapshot: Snapshot, limits: LimitsOf = DEFAULT_LIMITS): Report {
  const survey = surveyOf(snapshot);
  const names = new Map(snapshot.inventory.accounts.map(({ id, name }) => [id, name]));
  const targets = new Map(
    snapshot.readings.map(({ account, region }) => [targetKey({ account, region }), { account, region }]),
  );
  const groups = [...targets.values()].sort(byText(targetKey)).flatMap((target) => groupsAt(target, survey, limits));
  return {
    format: 'trueup-report/1',
    stamp: snapshot.stamp,
    takenAt: snapshot.takenAt,
    groups: groups.map((group) => withName(group, names)),
    unread: unreadIn(snapshot, survey).map((one) => withName(one, names)),
  };
}

function withName<One extends Target>(
  one: One,
  names: ReadonlyMap<string, string | undefined>,
): One & { readonly accountName?: string } {
  const name = names.get(one.account);
  return name === undefined ? one : { ...one, accountName: name };
}

/** What of an inventory could not be read: it never counts as clean. */
import { byText, targetKey } from '../../model/address.ts';
import { groupBy } from '../../model/group-by.ts';
import type { Reason } from '../../model/problem.ts';
import type { Rules } from '../../model/rule.ts';
import type { Snapshot, Target } from '../../model/snapshot.ts';
import { whyMissing } from '../../plan/evidence.ts';
import { STOCK } from '../../plan/stock.ts';
import type { Survey } from '../../plan/survey.ts';

/** `what`: the reader, or `account`. `id`: which one, where it is not about the whole place; `rules`: how many name it. */
export type Unread = Target & {
  readonly accountName?: string;
  readonly what: string;
  readonly id?: string;
  readonly rules?: number;
  readonly reason: Reason;
};

/** Accounts, then whole places, then single groups and prefix lists. */
export function unreadIn(snapshot: Snapshot, survey: Survey): readonly Unread[] {
  const failed = snapshot.readings.filter(({ reader, unread }) => unread && ABOUT_GROUPS.includes(reader));
  // What failed as a whole is told as a whole.
  const whole = new Set(failed.map(({ unread }) => unread));
  const targets = new Map(
    snapshot.readings.map(({ account, region }) => [targetKey({ account, region }), { account, region }]),
  );
  const single = [...targets.values()]
    .sort(byText(targetKey))
    .flatMap((target) => [...groupsAt(target, survey), ...listsAt(target, survey)])
    .filter(({ reason }) => !whole.has(reason));
  return [
    ...snapshot.inventory.unreachable.map(({ id, name, reason }) => ({
      account: id,
      region: '*',
      ...(name !== undefined && { accountName: name }),
      what: 'account',
      reason,
    })),
    ...failed.flatMap(({ account, region, reader, unread }) =>
      unread ? [{ account, region, what: reader, reason: unread }] : [],
    ),
    ...single,
  ];
}

const ABOUT_GROUPS: readonly string[] = Object.values(STOCK);

/** Groups of which a rule could not be understood. */
function groupsAt(target: Target, survey: Survey): readonly Unread[] {
  return survey.ids(target, STOCK.groups).flatMap((id) => {
    const known = survey.know(target, STOCK.groups, id);
    return known.state === 'unread' ? [{ ...target, what: STOCK.groups, id, reason: known.reason }] : [];
  });
}

/** Lists that rules name: what nobody could look into says nothing about whom it lets in. */
function listsAt(target: Target, survey: Survey): readonly Unread[] {
  const named = survey.ids(target, STOCK.groups).flatMap((id) => {
    const known = survey.know(target, STOCK.groups, id);
    const rules = known.state === 'seen' ? Object.values(known.observation.value as Rules) : [];
    return rules.flatMap(({ peer }) => (peer.kind === 'prefix-list' ? [peer.id] : []));
  });
  return [...groupBy(named, (id) => id)].sort(byText(([id]) => id)).flatMap(([id, rules]) => {
    const reason = whyMissing(STOCK.lists, id, survey.know(target, STOCK.lists, id));
    return reason ? [{ ...target, what: STOCK.lists, id, rules: rules.length, reason }] : [];
  });
}

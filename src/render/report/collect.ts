/**
 * Which security groups and rules are there, in typed parts, and what is to be said about each? Computed once from a
 * snapshot; the formats only lay it out.
 */
import type { EntriesOf } from '../../ingress/box.ts';
import { type Finding, findingsOf, type Severity, THRESHOLDS, type Thresholds } from '../../ingress/findings.ts';
import { byText, targetKey } from '../../model/address.ts';
import type { Reason } from '../../model/problem.ts';
import type { Observation } from '../../model/resource.ts';
import type { Peer, Rule, Rules } from '../../model/rule.ts';
import type { Snapshot, Stamp, Target } from '../../model/snapshot.ts';
import { STOCK } from '../../plan/stock.ts';
import { type Survey, surveyOf } from '../../plan/survey.ts';
import { entriesIn } from '../../resources/prefix-list.ts';
import { tellUse } from '../../resources/security-group-use.ts';

export type Remark = {
  readonly code: Finding['code'] | 'stale-reference' | 'unused-group';
  readonly message: string;
  readonly severity: Severity;
};

/** `name`: what the group or list is called, when that is known. */
export type PeerEntry = Peer & { readonly name?: string };

export type RuleEntry = Omit<Rule, 'peer'> & {
  /** As plans and exceptions call it. */
  readonly rule: string;
  readonly peer: PeerEntry;
  readonly findings: readonly Remark[];
};

export type GroupEntry = Target & {
  readonly accountName?: string;
  readonly id: string;
  readonly name: string;
  readonly vpc: string;
  readonly description: string;
  readonly tags: { readonly [key: string]: string };
  /** Network interfaces that it is attached to; absent when they were not looked for. */
  readonly interfaces?: number;
  readonly usedBy?: string;
  readonly findings: readonly Remark[];
  readonly rules: readonly RuleEntry[];
};

/** `what`: the reader, or `account`. */
export type Unread = Target & { readonly accountName?: string; readonly what: string; readonly reason: Reason };

export type Report = {
  readonly format: 'trueup-report/1';
  readonly stamp: Stamp;
  readonly takenAt: string;
  readonly groups: readonly GroupEntry[];
  readonly unread: readonly Unread[];
};

export function collectReport(snapshot: Snapshot, thresholds: Thresholds = THRESHOLDS): Report {
  const survey = surveyOf(snapshot);
  const names = new Map(snapshot.inventory.accounts.map(({ id, name }) => [id, name]));
  const targets = new Map(
    snapshot.readings.map(({ account, region }) => [targetKey({ account, region }), { account, region }]),
  );
  const groups = [...targets.values()]
    .sort(byText(targetKey))
    .flatMap((target) => groupsAt(target, survey, thresholds));
  return {
    format: 'trueup-report/1',
    stamp: snapshot.stamp,
    takenAt: snapshot.takenAt,
    groups: groups.map((group) => withName(group, names)),
    unread: unreadIn(snapshot).map((one) => withName(one, names)),
  };
}

/** Of the group and of its rules. */
export function remarksOf({ findings, rules }: GroupEntry): readonly Remark[] {
  return [...findings, ...rules.flatMap((rule) => rule.findings)];
}

function withName<One extends Target>(
  one: One,
  names: ReadonlyMap<string, string | undefined>,
): One & { readonly accountName?: string } {
  const name = names.get(one.account);
  return name === undefined ? one : { ...one, accountName: name };
}

type Place = {
  readonly target: Target;
  readonly survey: Survey;
  readonly thresholds: Thresholds;
  /** Id of a group → its name. */
  readonly names: ReadonlyMap<string, string>;
  /** Ids of groups to which rules of other groups refer. */
  readonly referenced: ReadonlySet<string>;
};

function groupsAt(target: Target, survey: Survey, thresholds: Thresholds): readonly GroupEntry[] {
  const seen = survey.ids(target, STOCK.groups).flatMap((id) => {
    const observation = look(survey, target, STOCK.groups, id);
    return observation ? [{ id, observation }] : [];
  });
  const names = new Map(seen.map(({ id, observation }) => [id, String(observation.about.name ?? '')]));
  const references = seen.flatMap(({ id, observation }) =>
    Object.values(observation.value as Rules).flatMap(({ peer }) =>
      peer.kind === 'group' && peer.id !== id ? peer.id : [],
    ),
  );
  const place = { target, survey, thresholds, names, referenced: new Set(references) };
  return seen
    .map(({ id, observation }) => groupEntry(id, observation, place))
    .sort(byText(({ vpc, name, id }) => `${vpc}\n${name}\n${id}`));
}

function groupEntry(id: string, { value, about }: Observation, place: Place): GroupEntry {
  const { target, survey, thresholds } = place;
  const rules = value as Rules;
  const use = look(survey, target, STOCK.use, id);
  const entriesOf: EntriesOf = (list) => {
    const observation = look(survey, target, STOCK.lists, list);
    return observation && entriesIn(observation);
  };
  const findings = findingsOf(rules, entriesOf, thresholds);
  const stale = staleIn(id, String(about.vpc ?? ''), place);
  return {
    ...target,
    id,
    name: String(about.name ?? ''),
    vpc: String(about.vpc ?? ''),
    description: String(about.description ?? ''),
    tags: (about.tags ?? {}) as GroupEntry['tags'],
    ...(use && { interfaces: Object.keys(use.value).length, usedBy: tellUse(use) }),
    findings: isUnused(id, about, use, place) ? [UNUSED] : [],
    rules: Object.entries(rules)
      .sort(byText(([name, { direction }]) => `${direction === 'ingress' ? 0 : 1}\n${name}`))
      .map(([name, rule]) => ({
        ...rule,
        rule: name,
        peer: peerEntry(rule.peer, place),
        findings: [
          ...findings
            .filter((finding) => finding.rule === name)
            .map(({ code, message, severity }) => ({ code, message, severity })),
          ...(rule.peer.kind === 'group' && stale.includes(rule.peer.id) ? [STALE] : []),
        ],
      })),
  };
}

const UNUSED: Remark = {
  code: 'unused-group',
  message: 'no network interface has it, and no rule refers to it',
  severity: 'low',
};
const STALE: Remark = {
  code: 'stale-reference',
  message: 'the group it refers to is gone or out of reach',
  severity: 'medium',
};

/** A default group cannot be deleted; and what was not looked for is not said to be unused. */
function isUnused(
  id: string,
  { name }: Observation['about'],
  use: Observation | undefined,
  { referenced }: Place,
): boolean {
  if (!use || name === 'default' || referenced.has(id)) return false;
  const { referencedBy = [], vpcs = [] } = use.about as { referencedBy?: readonly string[]; vpcs?: readonly string[] };
  return Object.keys(use.value).length === 0 && referencedBy.length === 0 && vpcs.length === 0;
}

/** As AWS says; nothing where it was not asked. */
function staleIn(id: string, vpc: string, { target, survey }: Place): readonly string[] {
  const observation = look(survey, target, STOCK.stale, vpc);
  return (observation?.value[id] as readonly string[] | undefined) ?? [];
}

function peerEntry(peer: Peer, { names, survey, target }: Place): PeerEntry {
  const name =
    peer.kind === 'group'
      ? names.get(peer.id)
      : peer.kind === 'prefix-list'
        ? look(survey, target, STOCK.lists, peer.id)?.about.name
        : undefined;
  return typeof name === 'string' && name !== '' ? { ...peer, name } : peer;
}

function look(survey: Survey, target: Target, reader: string, id: string): Observation | undefined {
  const known = survey.know(target, reader, id);
  return known.state === 'seen' ? known.observation : undefined;
}

const ABOUT_GROUPS: readonly string[] = Object.values(STOCK);

function unreadIn({ readings, inventory }: Snapshot): readonly Unread[] {
  const failed = readings.flatMap(({ account, region, reader, unread }) =>
    unread && ABOUT_GROUPS.includes(reader) ? [{ account, region, what: reader, reason: unread }] : [],
  );
  const unreachable = inventory.unreachable.map(({ id, name, reason }) => ({
    account: id,
    region: '*',
    ...(name !== undefined && { accountName: name }),
    what: 'account',
    reason,
  }));
  return [...unreachable, ...failed];
}

/** One group of an inventory: its rules in typed parts, and what is to be said about it and about each of them. */
import type { EntriesOf } from '../../ingress/box.ts';
import { findingsUnder } from '../../ingress/findings.ts';
import { byText } from '../../model/address.ts';
import type { Observation } from '../../model/resource.ts';
import type { Peer, Rules } from '../../model/rule.ts';
import type { Target } from '../../model/snapshot.ts';
import { STOCK } from '../../plan/stock.ts';
import type { Survey } from '../../plan/survey.ts';
import { entriesIn } from '../../resources/prefix-list.ts';
import { tellUse } from '../../resources/security-group-use.ts';
import type { GroupEntry, PeerEntry, Remark } from './entries.ts';
import type { LimitsOf } from './limits.ts';

type Place = {
  readonly target: Target;
  readonly survey: Survey;
  readonly limits: LimitsOf;
  /** Id of a group → its name. */
  readonly names: ReadonlyMap<string, string>;
  /** Ids of groups to which rules of other groups refer. */
  readonly referenced: ReadonlySet<string>;
};

/** In the order of their VPCs and names. */
export function groupsAt(target: Target, survey: Survey, limits: LimitsOf): readonly GroupEntry[] {
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
  const place = { target, survey, limits, names, referenced: new Set(references) };
  return seen
    .map(({ id, observation }) => groupEntry(id, observation, place))
    .sort(byText(({ vpc, name, id }) => `${vpc}\n${name}\n${id}`));
}

function groupEntry(id: string, { value, about }: Observation, place: Place): GroupEntry {
  const { target, survey, limits } = place;
  const rules = value as Rules;
  const use = look(survey, target, STOCK.use, id);
  const entriesOf: EntriesOf = (list) => {
    const observation = look(survey, target, STOCK.lists, list);
    return observation && entriesIn(observation);
  };
  const findings = findingsUnder(rules, entriesOf, limits(target, id, about));
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

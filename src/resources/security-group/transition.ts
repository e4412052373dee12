/**
 * The calls that lead a group from one set of rules to another.
 * Order: add, widen, describe and tag anew, move, narrow, remove. All that is to be open is open before anything closes,
 * but for what a single call replaces, so that no connection that stays allowed is cut on the way.
 */
import { groupBy } from '../../model/group-by.ts';
import { canonical } from '../../model/json.ts';
import { type Change, type Step, step } from '../../model/resource.ts';
import type { Direction, Peer, Rules } from '../../model/rule.ts';
import { type NamedRule, type Replacement, replacements } from './in-place.ts';
import { descriptions, reserved, tagging, tagList } from './labels.ts';
import { authorize, modify, revoke } from './operations.ts';
import { chunks, permission, request } from './to-ec2.ts';

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

export function ruleTransition(from: Rules, to: Rules, groupId: string): readonly Step[] {
  const { added, removed, inPlace } = differences(from, to);
  const kept = Object.keys(from)
    .filter((name) => to[name])
    .sort();
  const modified = (kind: Replacement['kind']) => inPlace.filter((one) => one.kind === kind).map(modification(groupId));
  return [
    ...DIRECTIONS.flatMap((direction) => additions(direction, heading(added, direction), groupId)),
    ...modified('widens'),
    ...DIRECTIONS.flatMap((direction) => descriptions(direction, from, pick(to, kept, direction), groupId)),
    ...kept.flatMap((name) => tagging(name, from, to)),
    ...modified('moves'),
    ...modified('narrows'),
    ...DIRECTIONS.flatMap((direction) => removals(direction, heading(removed, direction), groupId)),
  ];
}

/** What a rule that is made anew cannot have any more, each as a sentence. */
export function lostTags(from: Rules, to: Rules): readonly string[] {
  if (!Object.values(to).some(({ tags = {} }) => Object.keys(tags).some(reserved))) return [];
  return differences(from, to).added.flatMap(([name, rule]) =>
    Object.keys(rule.tags ?? {})
      .filter(reserved)
      .map((key) => `tag ${key} of ${name} is AWS's own and cannot be set again`),
  );
}

type Named = readonly NamedRule[];

/** What is added and removed as such, and which rules become others and keep their ids. */
function differences(from: Rules, to: Rules): { added: Named; removed: Named; inPlace: readonly Replacement[] } {
  const added = missingIn(from, to);
  const removed = missingIn(to, from);
  const inPlace = replacements(removed, added);
  const gone = new Set(inPlace.map((one) => one.from[0]));
  const made = new Set(inPlace.map((one) => one.to[0]));
  return {
    added: added.filter(([name]) => !made.has(name)),
    removed: removed.filter(([name]) => !gone.has(name)),
    inPlace,
  };
}

/** Sorted by name. */
function missingIn(rules: Rules, those: Rules): Named {
  return Object.entries(those)
    .filter(([name]) => !rules[name])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function heading(rules: Named, direction: Direction): Named {
  return rules.filter(([, rule]) => rule.direction === direction);
}

function pick(rules: Rules, names: readonly string[], direction: Direction): Named {
  return names.flatMap((name) => {
    const rule = rules[name];
    return rule?.direction === direction ? [[name, rule] as const] : [];
  });
}

/**
 * One rule per call: whether EC2 changes several of one call at once is not documented. The whole rule is sent: what is
 * left out, EC2 takes away.
 */
function modification(groupId: string): (replacement: Replacement) => Step {
  return ({ from: [before, old], to: [after, rule] }) =>
    step(
      modify(
        { GroupId: groupId, SecurityGroupRules: [{ SecurityGroupRuleId: '', SecurityGroupRule: request(rule) }] },
        { 'SecurityGroupRules.0.SecurityGroupRuleId': before },
      ),
      { field: before, before: old, effect: 'tightens' },
      { field: after, after: rule, effect: 'loosens' },
    );
}

/**
 * One request tags all its rules alike, hence one request for each set of tags. EC2 refuses a request as a whole where a
 * rule refers to a group that is gone, as only one across a peering can be: those come last, and keep no other rule out.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html#vpc-peering-stale-groups
 */
function additions(direction: Direction, rules: Named, groupId: string): readonly Step[] {
  const near = rules.filter(([, { peer }]) => !isAcross(peer));
  const across = rules.filter(([, { peer }]) => isAcross(peer));
  const alike = [near, across].flatMap((some) => [...groupBy(some, ([, { tags = {} }]) => canonical(tags)).values()]);
  return alike.flatMap(chunks).map((chunk) => {
    const tags = tagList(chunk[0]?.[1].tags ?? {}).filter(({ Key }) => !reserved(Key));
    const call = authorize[direction]({
      GroupId: groupId,
      IpPermissions: chunk.map(([, rule]) => permission(rule)),
      ...(tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }] }),
    });
    return step(call, ...chunk.map(([name, rule]): Change => ({ field: name, after: rule, effect: 'loosens' })));
  });
}

function isAcross(peer: Peer): boolean {
  return peer.kind === 'group' && (peer.account !== undefined || peer.peering !== undefined);
}

function removals(direction: Direction, rules: Named, groupId: string): readonly Step[] {
  return chunks(rules).map((chunk) =>
    step(
      revoke[direction]({ GroupId: groupId, SecurityGroupRuleIds: [] }, handles('SecurityGroupRuleIds', chunk)),
      ...chunk.map(([name, rule]): Change => ({ field: name, before: rule, effect: 'tightens' })),
    ),
  );
}

function handles(list: string, rules: Named): { readonly [path: string]: string } {
  return Object.fromEntries(rules.map(([name], i) => [`${list}.${i}`, name]));
}

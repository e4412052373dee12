/**
 * The calls that lead a group from one set of rules to another.
 * Order: add, widen, describe and tag anew, move, narrow, remove. All that is to be open is open before anything closes,
 * but for what a single call replaces, so that no connection that stays allowed is cut on the way.
 */
import type { IpPermission, SecurityGroupRuleRequest } from '@aws-sdk/client-ec2';
import { groupBy } from '../../model/group-by.ts';
import { canonical } from '../../model/json.ts';
import type { Change, Effect, Step } from '../../model/resource.ts';
import { step } from '../../model/resource.ts';
import type { Direction, Rule, Rules } from '../../model/rule.ts';
import { type NamedRule, type Replacement, replacements } from './in-place.ts';
import { authorize, describeAnew, modify, revoke, tag, untag } from './operations.ts';

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** EC2 documents no limit for one call; this many stays far below anything seen and keeps one failure small. */
const RULES_PER_CALL = 50;

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

/** A rule that is made anew has no tags of AWS itself: nobody else can set them. */
export function withoutReservedTags(from: Rules, to: Rules): Rules {
  return Object.fromEntries(
    Object.entries(to).map(([name, rule]) => [name, from[name] ? rule : withTags(rule, ownTags(rule))]),
  );
}

function ownTags({ tags = {} }: Rule): [string, string][] {
  return Object.entries(tags).filter(([key]) => !reserved(key));
}

function withTags({ tags: _, ...rule }: Rule, tags: [string, string][]): Rule {
  return tags.length > 0 ? { ...rule, tags: Object.fromEntries(tags) } : rule;
}

/** Tags whose key begins with `aws:` belong to AWS: nobody else can set them. */
export function lostTags(from: Rules, to: Rules): readonly string[] {
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

function request({ protocol, from, to, peer, description }: Rule): SecurityGroupRuleRequest {
  return {
    IpProtocol: protocol,
    ...(from !== undefined && { FromPort: from, ToPort: to }),
    ...(peer.kind === 'ipv4' && { CidrIpv4: peer.cidr }),
    ...(peer.kind === 'ipv6' && { CidrIpv6: peer.cidr }),
    ...(peer.kind === 'group' && { ReferencedGroupId: peer.id }),
    ...(description !== undefined && { Description: description }),
  };
}

/** One request tags all its rules alike, hence one request for each set of tags. */
function additions(direction: Direction, rules: Named, groupId: string): readonly Step[] {
  const byTags = groupBy(rules, ([, rule]) => canonical(rule.tags ?? {}));
  return [...byTags.values()].flatMap(chunks).map((chunk) => {
    const tags = tagList(chunk[0]?.[1].tags ?? {}).filter(({ Key }) => !reserved(Key));
    const call = authorize[direction]({
      GroupId: groupId,
      IpPermissions: chunk.map(([, rule]) => permission(rule)),
      ...(tags.length > 0 && { TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }] }),
    });
    return step(call, ...chunk.map(([name, rule]): Change => ({ field: name, after: rule, effect: 'loosens' })));
  });
}

function removals(direction: Direction, rules: Named, groupId: string): readonly Step[] {
  return chunks(rules).map((chunk) =>
    step(
      revoke[direction]({ GroupId: groupId, SecurityGroupRuleIds: [] }, handles('SecurityGroupRuleIds', chunk)),
      ...chunk.map(([name, rule]): Change => ({ field: name, before: rule, effect: 'tightens' })),
    ),
  );
}

function descriptions(direction: Direction, from: Rules, rules: Named, groupId: string): readonly Step[] {
  const differing = rules.filter(([name, rule]) => rule.description !== from[name]?.description);
  return chunks(differing).map((chunk) =>
    step(
      describeAnew[direction](
        {
          GroupId: groupId,
          // Leaving the description out deletes it.
          // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html
          SecurityGroupRuleDescriptions: chunk.map(([, { description }]) =>
            description ? { Description: description } : {},
          ),
        },
        Object.fromEntries(chunk.map(([name], i) => [`SecurityGroupRuleDescriptions.${i}.SecurityGroupRuleId`, name])),
      ),
      ...chunk.map(([name, rule]) => neutral(name, from[name], labelled(rule, rule.description, from[name]?.tags))),
    ),
  );
}

/** Tags follow the description; each call is told with exactly the value that it leaves behind. */
function tagging(name: string, from: Rules, to: Rules): readonly Step[] {
  const rule = to[name];
  if (!rule) return [];
  const before = from[name]?.tags ?? {};
  const after = rule.tags ?? {};
  const set = tagList(after).filter(({ Key, Value }) => before[Key] !== Value && !reserved(Key));
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key) && !reserved(key));
  const onRule = { 'Resources.0': name };
  const between = { ...before, ...Object.fromEntries(set.map(({ Key, Value }) => [Key, Value])) };
  const [first, second, third] = [before, between, after].map((tags) => labelled(rule, rule.description, tags));
  return [
    ...(set.length > 0 ? [step(tag({ Resources: [], Tags: set }, onRule), neutral(name, first, second))] : []),
    ...(gone.length > 0
      ? [step(untag({ Resources: [], Tags: gone.map((Key) => ({ Key })) }, onRule), neutral(name, second, third))]
      : []),
  ];
}

function labelled(rule: Rule, description: string | undefined, tags: Rule['tags'] = {}): Rule {
  const { description: _, tags: __, ...identity } = rule;
  return {
    ...identity,
    ...(description !== undefined && { description }),
    ...(Object.keys(tags).length > 0 && { tags }),
  };
}

function neutral(field: string, before: Rule | undefined, after: Rule | undefined): Change {
  const effect: Effect = 'neutral';
  return { field, ...(before && { before }), ...(after && { after }), effect };
}

function handles(list: string, rules: Named): { readonly [path: string]: string } {
  return Object.fromEntries(rules.map(([name], i) => [`${list}.${i}`, name]));
}

function permission(rule: Rule): IpPermission {
  const { peer } = rule;
  const described = rule.description === undefined ? {} : { Description: rule.description };
  const ports = rule.from === undefined ? {} : { FromPort: rule.from, ToPort: rule.to };
  const base = { IpProtocol: rule.protocol, ...ports };
  switch (peer.kind) {
    case 'ipv4':
      return { ...base, IpRanges: [{ CidrIp: peer.cidr, ...described }] };
    case 'ipv6':
      return { ...base, Ipv6Ranges: [{ CidrIpv6: peer.cidr, ...described }] };
    case 'prefix-list':
      return { ...base, PrefixListIds: [{ PrefixListId: peer.id, ...described }] };
    case 'group': {
      const account = peer.account === undefined ? {} : { UserId: peer.account };
      const peering = peer.peering === undefined ? {} : { VpcPeeringConnectionId: peer.peering };
      return { ...base, UserIdGroupPairs: [{ GroupId: peer.id, ...account, ...peering, ...described }] };
    }
  }
}

function tagList(tags: { readonly [key: string]: string }): { Key: string; Value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}

function reserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

function chunks(rules: Named): readonly Named[] {
  return Array.from({ length: Math.ceil(rules.length / RULES_PER_CALL) }, (_, i) =>
    rules.slice(i * RULES_PER_CALL, (i + 1) * RULES_PER_CALL),
  );
}

/**
 * The calls that lead a group from one set of rules to another.
 * Order: add, describe and tag anew, then remove, so that no connection that stays allowed is cut on the way.
 */
import type { IpPermission } from '@aws-sdk/client-ec2';
import { groupBy } from '../../model/group-by.ts';
import { canonical } from '../../model/json.ts';
import type { Change, Effect, Step } from '../../model/resource.ts';
import { step } from '../../model/resource.ts';
import type { Direction, Rule, Rules } from '../../model/rule.ts';
import { authorize, describeAnew, revoke, tag, untag } from './operations.ts';

const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];

/** EC2 documents no limit for one call; this many stays far below anything seen and keeps one failure small. */
const RULES_PER_CALL = 50;

export function ruleTransition(from: Rules, to: Rules, groupId: string): readonly Step[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  const added = names.filter((name) => to[name] && !from[name]);
  const removed = names.filter((name) => from[name] && !to[name]);
  const kept = names.filter((name) => from[name] && to[name]);
  return [
    ...DIRECTIONS.flatMap((direction) => additions(direction, pick(to, added, direction), groupId)),
    ...DIRECTIONS.flatMap((direction) => descriptions(direction, from, pick(to, kept, direction), groupId)),
    ...kept.flatMap((name) => tagging(name, from, to)),
    ...DIRECTIONS.flatMap((direction) => removals(direction, pick(from, removed, direction), groupId)),
  ];
}

/** Tags whose key begins with `aws:` belong to AWS: nobody else can set them. */
export function lostTags(from: Rules, to: Rules): readonly string[] {
  return Object.entries(to)
    .filter(([name]) => !from[name])
    .flatMap(([name, rule]) =>
      Object.keys(rule.tags ?? {})
        .filter(reserved)
        .map((key) => `tag ${key} of ${name} is AWS's own and cannot be set again`),
    );
}

type Named = readonly (readonly [name: string, rule: Rule])[];

function pick(rules: Rules, names: readonly string[], direction: Direction): Named {
  return names.flatMap((name) => {
    const rule = rules[name];
    return rule?.direction === direction ? [[name, rule] as const] : [];
  });
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
      ...chunk.map(([name, rule]) => neutral(name, from[name], rule)),
    ),
  );
}

function tagging(name: string, from: Rules, to: Rules): readonly Step[] {
  const before = from[name]?.tags ?? {};
  const after = to[name]?.tags ?? {};
  const set = tagList(after).filter(({ Key, Value }) => before[Key] !== Value && !reserved(Key));
  const gone = Object.keys(before).filter((key) => after[key] === undefined && !reserved(key));
  const onRule = { 'Resources.0': name };
  const calls = [
    ...(set.length > 0 ? [tag({ Resources: [], Tags: set }, onRule)] : []),
    ...(gone.length > 0 ? [untag({ Resources: [], Tags: gone.map((Key) => ({ Key })) }, onRule)] : []),
  ];
  // One change of the rule, however many calls it takes: it is told with the last of them.
  return calls.map((call, i) => (i < calls.length - 1 ? step(call) : step(call, neutral(name, from[name], to[name]))));
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

/** Descriptions and tags: what of a rule can change while it stays the same rule. */
import { type Change, type Effect, type Step, step } from '../../model/resource.ts';
import type { Direction, Rule, Rules } from '../../model/rule.ts';
import type { NamedRule } from './in-place.ts';
import { describeAnew, tag, untag } from './operations.ts';
import { chunks } from './to-ec2.ts';

/** A rule that is made anew has no tags of AWS itself: nobody else can set them. */
export function withoutReservedTags(from: Rules, to: Rules): Rules {
  if (Object.values(to).every(({ tags }) => tags === undefined)) return to;
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

export function descriptions(
  direction: Direction,
  from: Rules,
  rules: readonly NamedRule[],
  groupId: string,
): readonly Step[] {
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
export function tagging(name: string, from: Rules, to: Rules): readonly Step[] {
  const rule = to[name];
  if (!rule || rule === from[name]) return [];
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

/** Tags whose key begins with `aws:` belong to AWS: nobody else can set them. */
export function reserved(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

export function tagList(tags: { readonly [key: string]: string }): { Key: string; Value: string }[] {
  return Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([Key, Value]) => ({ Key, Value }));
}

/**
 * Which resources does a call on groups and rules touch, as IAM sees it?
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { Call, Need } from '../../service.ts';
import { records, text } from '../../wire/fields.ts';
import type { SecurityGroup, Tags } from '../../world/world.ts';
import { placeOf } from './query.ts';

export function arnOf(call: Call, type: string, id: string, owner = call.account.id): string {
  return `arn:${call.world.partition}:ec2:${call.region}:${owner}:${type}/${id}`;
}

/** A group that is not there is authorised by its ARN alone, and reported missing afterwards. */
export function groupNeed(call: Call, id: string): Need {
  const group = placeOf(call).groups.get(id);
  return {
    resource: arnOf(call, 'security-group', id, group?.owner),
    keys: { 'ec2:SecurityGroupID': [id], ...(group && { ...vpcKeys(call, group), ...resourceTags(group.tags) }) },
  };
}

function vpcKeys(call: Call, group: SecurityGroup) {
  return { 'ec2:Vpc': [arnOf(call, 'vpc', group.vpcId)] };
}

export function ruleNeed(call: Call, id: string): Need {
  const rule = placeOf(call).rules.get(id);
  return { resource: arnOf(call, 'security-group-rule', id), keys: rule ? resourceTags(rule.tags) : {} };
}

export function resourceTags(tags: Tags): { readonly [key: string]: readonly string[] } {
  const keys = [...tags].flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, [value]] as const,
    [`ec2:ResourceTag/${key}`, [value]] as const,
  ]);
  return Object.fromEntries(keys);
}

export function requestTags(tags: readonly { readonly key: string; readonly value: string }[]) {
  const each = tags.map(({ key, value }) => [`aws:RequestTag/${key}`, [value]] as const);
  return { ...Object.fromEntries(each), 'aws:TagKeys': tags.map(({ key }) => key) };
}

/** Tagging on create needs ec2:CreateTags on what is being created, besides the action itself. */
export function taggingNeeds(call: Call, type: string, createAction: string): readonly Need[] {
  const tags = records(call.input, 'TagSpecification').flatMap((specification) =>
    readTags(records(specification, 'Tag')),
  );
  if (tags.length === 0) return [];
  const resource = arnOf(call, type, '*');
  return [
    { resource, keys: requestTags(tags) },
    { action: 'ec2:CreateTags', resource, keys: { ...requestTags(tags), 'ec2:CreateAction': [createAction] } },
  ];
}

export function readTags(fields: readonly { readonly [name: string]: unknown }[]) {
  return fields.map((tag) => ({ key: text(tag, 'Key') ?? '', value: text(tag, 'Value') ?? '' }));
}

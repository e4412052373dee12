/** Tags of groups, rules and the rest. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
import { ServiceError } from '../../errors.ts';
import type { Action, Call, Need } from '../../service.ts';
import { records, text, texts } from '../../wire/fields.ts';
import type { Tags } from '../../world/world.ts';
import { groupNotFound, invalidValue, ruleNotFound } from './errors.ts';
import { arnOf, readTags, requestTags, resourceTags } from './permissions.ts';
import { applyFilters, pageOf, placeOf } from './query.ts';

const MOST_TAGS = 50;

type Item = { readonly id: string; tags: Tags };
type Tagged = { readonly type: string; readonly item: Item };

export const tagActions: { readonly [action: string]: Action } = {
  CreateTags: { needs: (call) => tagNeeds(call, true), run: createTags },
  DeleteTags: { needs: (call) => tagNeeds(call, false), run: deleteTags },
  DescribeTags: { run: describeTags },
};

function tagNeeds(call: Call, creating: boolean): readonly Need[] {
  const tags = readTags(records(call.input, 'Tag'));
  const asked = creating ? requestTags(tags) : { 'aws:TagKeys': tags.map(({ key }) => key) };
  return texts(call.input, 'ResourceId').map((id) => {
    const found = find(call, id);
    return { resource: arnOf(call, found.type, id), keys: { ...asked, ...resourceTags(found.item.tags) } };
  });
}

function createTags(call: Call): object {
  const targets = texts(call.input, 'ResourceId').map((id) => find(call, id));
  const tags = readTags(records(call.input, 'Tag'));
  checkTags(tags);
  for (const { item } of targets) {
    const count = new Set([...item.tags.keys(), ...tags.map(({ key }) => key)]).size;
    if (count > MOST_TAGS)
      throw new ServiceError('TagLimitExceeded', `The maximum number of tags of a resource is ${MOST_TAGS}`);
  }
  for (const { item } of targets)
    item.tags = new Map([...item.tags, ...tags.map(({ key, value }) => [key, value] as const)]);
  return { return: true };
}

/** A value that is given must agree; without any tag, all are deleted. */
function deleteTags(call: Call): object {
  const wanted = records(call.input, 'Tag');
  const goes = (key: string, value: string) =>
    wanted.some((tag) => text(tag, 'Key') === key && (text(tag, 'Value') ?? value) === value);
  for (const { item } of texts(call.input, 'ResourceId').map((id) => find(call, id))) {
    item.tags = new Map(wanted.length === 0 ? [] : [...item.tags].filter(([key, value]) => !goes(key, value)));
  }
  return { return: true };
}

/** @throws ServiceError for what EC2 does not take as a tag. */
export function checkTags(tags: readonly { readonly key: string; readonly value: string }[]): void {
  for (const { key, value } of tags) {
    if (key.length < 1 || key.length > 127) throw invalidValue(`Tag key exceeds the allowed length: '${key}'`);
    if (/^aws:/i.test(key)) throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use: '${key}'`);
    if (value.length > 256) throw invalidValue(`Tag value exceeds the maximum length of 256 characters: '${key}'`);
  }
  if (new Set(tags.map(({ key }) => key)).size < tags.length) {
    throw invalidValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
}

/** Tags that a create call carries for what it makes. */
export function specifiedTags(call: Call, type: string): Tags {
  const specifications = records(call.input, 'TagSpecification');
  const other = specifications.find((specification) => text(specification, 'ResourceType') !== type);
  if (other)
    throw invalidValue(`'${text(other, 'ResourceType')}' is not a valid taggable resource type for this operation.`);
  const tags = specifications.flatMap((specification) => readTags(records(specification, 'Tag')));
  checkTags(tags);
  return new Map(tags.map(({ key, value }) => [key, value]));
}

function find(call: Call, id: string): Tagged {
  const found = taggables(call)(id);
  if (found) return found;
  if (id.startsWith('sgr-')) throw ruleNotFound(id);
  throw id.startsWith('sg-') ? groupNotFound(id) : new ServiceError('InvalidID', `The ID '${id}' is not valid`);
}

function taggables(call: Call): (id: string) => Tagged | undefined {
  const place = placeOf(call);
  const kinds: readonly (readonly [string, ReadonlyMap<string, Item>])[] = [
    ['security-group', place.groups],
    ['security-group-rule', place.rules],
    ['vpc', place.vpcs],
    ['network-interface', place.interfaces],
    ['prefix-list', place.prefixLists],
  ];
  return (id) => {
    for (const [type, items] of kinds) {
      const item = items.get(id);
      if (item) return { type, item };
    }
    return undefined;
  };
}

function describeTags(call: Call): object {
  const { groups, rules, vpcs, interfaces } = placeOf(call);
  const lookup = taggables(call);
  const all = [groups, rules, vpcs, interfaces]
    .flatMap((items) => [...items.keys()])
    .flatMap((id) => {
      const found = lookup(id);
      return found
        ? [...found.item.tags].map(([key, value]) => ({ key, value, resourceId: id, resourceType: found.type }))
        : [];
    });
  const chosen = applyFilters(call, all, {
    key: (tag) => [tag.key],
    value: (tag) => [tag.value],
    'resource-id': (tag) => [tag.resourceId],
    'resource-type': (tag) => [tag.resourceType],
  });
  const { items, next } = pageOf(call, chosen, 1000);
  return { tagSet: items, nextToken: next };
}

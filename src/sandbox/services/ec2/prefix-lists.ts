/** What is in a prefix list? https://docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { records, text, texts, whole } from '../../wire/fields.ts';
import type { PrefixList } from '../../world/world.ts';
import { missingParameter } from './errors.ts';
import { arnOf } from './permissions.ts';
import { applyFilters, pageOf, pick, placeOf, tagSet } from './query.ts';

export const prefixListActions: { readonly [action: string]: Action } = {
  DescribeManagedPrefixLists: { run: describeLists },
  GetManagedPrefixListEntries: {
    needs: (call) => [{ resource: listArn(call, text(call.input, 'PrefixListId') ?? '') }],
    run: getEntries,
  },
  ModifyManagedPrefixList: {
    needs: (call) => [{ resource: listArn(call, text(call.input, 'PrefixListId') ?? '') }],
    run: modifyList,
  },
};

export function listArn(call: Call, id: string): string {
  return arnOf(call, 'prefix-list', id, placeOf(call).prefixLists.get(id)?.owner.toLowerCase());
}

function notFound(id: string): ServiceError {
  return new ServiceError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
}

function readable(call: Call): ReadonlyMap<string, PrefixList> {
  return new Map([...placeOf(call).prefixLists].filter(([, list]) => list.readable));
}

function describeLists(call: Call): object {
  const picked = pick(readable(call), texts(call.input, 'PrefixListId'), notFound);
  const chosen = applyFilters(call, picked, {
    'prefix-list-id': ({ id }) => [id],
    'prefix-list-name': ({ name }) => [name],
    'owner-id': ({ owner }) => [owner],
  });
  const { items, next } = pageOf(call, chosen, 100, 1);
  return { prefixListSet: items.map((list) => writeList(call, list)), nextToken: next };
}

function writeList(call: Call, list: PrefixList) {
  const managed = list.owner === 'AWS';
  return {
    prefixListId: list.id,
    addressFamily: list.family,
    state: managed ? undefined : 'create-complete',
    prefixListArn: listArn(call, list.id),
    prefixListName: list.name,
    // AWS-managed lists show neither a maximum nor a version.
    maxEntries: managed ? undefined : list.maxEntries,
    version: managed ? undefined : list.version,
    tagSet: tagSet(list.tags),
    ownerId: list.owner,
  };
}

function getEntries(call: Call): object {
  const id = text(call.input, 'PrefixListId');
  if (id === undefined) throw missingParameter('prefixListId');
  const list = readable(call).get(id);
  if (!list) throw notFound(id);
  const version = whole(call.input, 'TargetVersion');
  if (version !== undefined && version !== list.version) {
    throw new ServiceError('InvalidPrefixListVersion', `The prefix list '${id}' has no version ${version}`);
  }
  const { items, next } = pageOf(call, list.entries, 100, 1);
  return { entrySet: items, nextToken: next };
}

/**
 * Other entries are another version; the request names the one that it is meant for.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html
 */
function modifyList(call: Call): object {
  const id = text(call.input, 'PrefixListId');
  if (id === undefined) throw missingParameter('prefixListId');
  const list = readable(call).get(id);
  if (!list) throw notFound(id);
  const added = records(call.input, 'AddEntry').map((entry) => {
    const description = text(entry, 'Description');
    return { cidr: text(entry, 'Cidr') ?? '', ...(description !== undefined && { description }) };
  });
  const removed = new Set(records(call.input, 'RemoveEntry').map((entry) => text(entry, 'Cidr')));
  const moves = added.length + removed.size > 0;
  const version = whole(call.input, 'CurrentVersion');
  if (moves && version === undefined) throw missingParameter('currentVersion');
  if (version !== undefined && version !== list.version)
    throw new ServiceError('PrefixListVersionMismatch', `The prefix list '${id}' has the version ${list.version}`);
  const left = list.entries.filter(({ cidr }) => !removed.has(cidr) && added.every((one) => one.cidr !== cidr));
  const entries = [...left, ...added];
  if (entries.length > list.maxEntries)
    throw new ServiceError('PrefixListMaxEntriesExceeded', `The prefix list '${id}' takes ${list.maxEntries} entries`);
  const name = text(call.input, 'PrefixListName') ?? list.name;
  const next = { ...list, name, entries, version: moves ? list.version + 1 : list.version };
  placeOf(call).prefixLists.set(id, next);
  return { prefixList: writeList(call, next) };
}

/** How EC2's Describe calls choose and page: filters with wildcards, MaxResults, NextToken. */
import { ServiceError } from '../../errors.ts';
import { globPattern } from '../../iam/match.ts';
import type { Call } from '../../service.ts';
import { records, text, texts, whole } from '../../wire/fields.ts';
import type { Place, Tags } from '../../world/world.ts';

/** Filter name → the values that an item has for it. */
export type Facts<T> = { readonly [filter: string]: (item: T) => readonly (string | number | boolean | undefined)[] };

export function placeOf(call: Call): Place {
  return call.account.place(call.region);
}

/** Of all filters of a call together, as the refusal says. https://github.com/gjbae1212/gossm/issues/47 */
const MOST_VALUES = 200;

/** Several filters must all match, several values of one filter are alternatives. */
export function applyFilters<T extends object>(call: Call, items: readonly T[], facts: Facts<T>): readonly T[] {
  const values = records(call.input, 'Filter').reduce((sum, filter) => sum + texts(filter, 'Value').length, 0);
  if (values > MOST_VALUES) {
    throw new ServiceError(
      'FilterLimitExceeded',
      `The maximum number of filter values specified on a single call is ${MOST_VALUES}`,
    );
  }
  const filters = records(call.input, 'Filter').map((filter) => {
    const name = text(filter, 'Name') ?? '';
    const patterns = texts(filter, 'Value').map((value) => globPattern(value));
    const fact = tagFact<T>(name) ?? facts[name];
    if (!fact) throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
    return (item: T) =>
      fact(item).some((value) => value !== undefined && patterns.some((pattern) => pattern.test(String(value))));
  });
  return filters.length === 0 ? items : items.filter((item) => filters.every((matches) => matches(item)));
}

function tagFact<T extends object>(name: string): ((item: T) => readonly (string | undefined)[]) | undefined {
  if (name === 'tag-key') return (item) => [...tagsIn(item).keys()];
  return name.startsWith('tag:') ? (item) => [tagsIn(item).get(name.slice(4))] : undefined;
}

function tagsIn(item: object): ReadonlyMap<string, string> {
  return 'tags' in item && item.tags instanceof Map ? item.tags : new Map();
}

export type Page<T> = { readonly items: readonly T[]; readonly next: string | undefined };

/** Without MaxResults everything comes in one answer, as with the real service. */
export function pageOf<T>(call: Call, items: readonly T[], most: number, least = 5): Page<T> {
  const size = whole(call.input, 'MaxResults');
  if (size !== undefined && !(size >= least && size <= most)) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value ( ${text(call.input, 'MaxResults')} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
    );
  }
  const start = offsetOf(text(call.input, 'NextToken'));
  const end = size === undefined ? items.length : start + size;
  return { items: items.slice(start, end), next: end < items.length ? tokenOf(end) : undefined };
}

function tokenOf(offset: number): string {
  return Buffer.from(`from:${offset}`).toString('base64url');
}

function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (offset === undefined)
    throw new ServiceError('InvalidPaginationToken', `The provided pagination token is invalid: ${token}`);
  return Number(offset);
}

/** Items named by id; all of them when none is named. */
export function pick<T>(
  all: ReadonlyMap<string, T>,
  ids: readonly string[],
  missing: (id: string) => ServiceError,
): readonly T[] {
  if (ids.length === 0) return [...all.values()];
  return [...new Set(ids)].map((id) => {
    const item = all.get(id);
    if (item === undefined) throw missing(id);
    return item;
  });
}

export function tagSet(tags: Tags) {
  return [...tags].map(([key, value]) => ({ key, value }));
}

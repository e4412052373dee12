/**
 * What is in a prefix list: a rule that names one lets through whatever its entries say today.
 * Evidence, read once per region and shared by every rule that names the list.
 */
import {
  DescribeManagedPrefixListsCommand,
  GetManagedPrefixListEntriesCommand,
  type ManagedPrefixList,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../model/aws.ts';
import { canonical } from '../model/json.ts';
import { operation } from '../model/operation.ts';
import type { Observation, Reader, Want } from '../model/resource.ts';
import type { PrefixListEntry } from '../model/rule.ts';
import { perCall } from './ec2-filters.ts';
import { weightOf } from './prefix-list/weights.ts';

/** CIDR → description. */
type Entries = { readonly [cidr: string]: string };

const describeLists = operation('ec2:DescribeManagedPrefixLists', DescribeManagedPrefixListsCommand);
const getEntries = operation('ec2:GetManagedPrefixListEntries', GetManagedPrefixListEntriesCommand);

export const prefixList: Reader<Entries> = {
  name: 'prefix-list',
  scope: 'region',
  reads: [describeLists, getEntries],

  /** Lists are asked for by id or by name, and found under what they were asked for. A list that cannot be read is not found. */
  async read(aws, want) {
    const asked = want.ids ?? [];
    const lists = await describe(aws, asked);
    const found = await Promise.all(lists.map(async (list) => [list, await entriesOf(aws, list)] as const));
    return Object.fromEntries(
      found.flatMap(([list, entries]) =>
        entries ? asked.filter((key) => names(list, key)).map((key) => [key, observe(list, entries)] as const) : [],
      ),
    );
  },
};

/** The entries as geometry takes them; the same array for the same observation, so that work on it can be remembered. */
export function entriesIn(observation: Observation): readonly PrefixListEntry[] {
  const known = remembered.get(observation);
  if (known) return known;
  const entries = Object.keys(observation.value).map((cidr) => ({ cidr }));
  remembered.set(observation, entries);
  return entries;
}

const remembered = new WeakMap<Observation, readonly PrefixListEntry[]>();

export function isListId(text: string): boolean {
  return /^pl-[0-9a-f]+$/.test(text);
}

async function describe(aws: Aws, asked: NonNullable<Want['ids']>): Promise<ManagedPrefixList[]> {
  const byId = asked.filter(isListId);
  const byName = asked.filter((key) => !isListId(key));
  const filters = [
    ...perCall(byId).map((Values) => ({ Name: 'prefix-list-id', Values })),
    ...perCall(byName).map((Values) => ({ Name: 'prefix-list-name', Values })),
  ];
  const lists: ManagedPrefixList[] = [];
  for (const filter of filters) {
    for await (const page of aws.pages(describeLists({ Filters: [filter], MaxResults: 100 }))) {
      lists.push(...(page.PrefixLists ?? []));
    }
  }
  return lists;
}

/** Errors that say that this one list is not ours to read; all others are about the whole place. */
const NOT_READABLE = new Set(['InvalidPrefixListID.NotFound', 'InvalidPrefixListId.NotFound', 'UnauthorizedOperation']);

async function entriesOf(aws: Aws, { PrefixListId = '' }: ManagedPrefixList): Promise<Entries | undefined> {
  const entries: Record<string, string> = {};
  try {
    for await (const page of aws.pages(getEntries({ PrefixListId, MaxResults: 100 }))) {
      for (const { Cidr, Description } of page.Entries ?? []) if (Cidr) entries[Cidr] = Description ?? '';
    }
    return entries;
  } catch (error) {
    if (error instanceof Error && NOT_READABLE.has(error.name)) return undefined;
    throw error;
  }
}

function names({ PrefixListId, PrefixListName }: ManagedPrefixList, key: string): boolean {
  return key === PrefixListId || key === PrefixListName;
}

/** AWS's own lists have no version that callers see; what is in them stands for it. */
function observe(list: ManagedPrefixList, value: Entries): Observation<Entries> {
  const version = list.Version === undefined ? canonical(Object.keys(value).sort()) : String(list.Version);
  return {
    value,
    handles: { version },
    about: {
      id: list.PrefixListId ?? '',
      name: list.PrefixListName ?? '',
      owner: list.OwnerId ?? '',
      family: list.AddressFamily ?? '',
      // A rule that names the list counts as this many against the quota of its group.
      weight: weightOf(list) ?? Object.keys(value).length,
    },
  };
}

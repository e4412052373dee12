/** What AWS Organizations knows of the accounts: one sweep, and only those further calls that a selector needs. */

import type { Account } from '@aws-sdk/client-organizations';
import {
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-organizations';
import type { Aws } from '../model/aws.ts';
import { operation } from '../model/operation.ts';
import type { AccountEntry } from '../model/state.ts';

const listAccounts = operation('organizations:ListAccounts', ListAccountsCommand);
const listRoots = operation('organizations:ListRoots', ListRootsCommand);
const listUnits = operation('organizations:ListOrganizationalUnitsForParent', ListOrganizationalUnitsForParentCommand);
const listAccountsIn = operation('organizations:ListAccountsForParent', ListAccountsForParentCommand);
const listTags = operation('organizations:ListTagsForResource', ListTagsForResourceCommand);

/** Everything that discovery may send to Organizations. */
export const ORGANIZATION_READS = [listAccounts, listRoots, listUnits, listAccountsIn, listTags] as const;

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html */
export type AccountState = 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED' | 'unknown';

export type Member = AccountEntry & {
  /** Anything that is not known to be usable is `unknown`. */
  readonly state: AccountState;
  readonly path?: readonly string[];
  /** The organisation's management account, as the member's ARN names it. */
  readonly management?: string;
};

const STATES: readonly string[] = ['PENDING_ACTIVATION', 'ACTIVE', 'SUSPENDED', 'PENDING_CLOSURE', 'CLOSED'];

/** Every account of the organisation. Pages may be empty and still not be the last. */
export async function sweepAccounts(aws: Aws): Promise<Member[]> {
  const members: Member[] = [];
  for await (const { Accounts = [] } of aws.pages(listAccounts({}))) members.push(...Accounts.map(memberOf));
  return members;
}

/** `Status` is what `State` replaces; AWS announced its end. */
function memberOf({ Id = '', Name, Arn = '', State, Status, Paths }: Account): Member {
  const state = State ?? Status ?? '';
  const management = /^arn:[^:]+:organizations::(\d{12}):account\//.exec(Arn)?.[1];
  const path = Paths?.[0]?.split('/').filter((id) => /^(r|ou)-/.test(id));
  return {
    id: Id,
    state: isState(state) ? state : 'unknown',
    ...(Name !== undefined && { name: Name }),
    ...(management && { management }),
    ...(path?.length && { path }),
  };
}

function isState(text: string): text is AccountState {
  return STATES.includes(text);
}

/** Account id → ids of its units from the root down, by walking the tree: only where the sweep did not tell. */
export async function walkTree(aws: Aws): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = new Map<string, readonly string[]>();
  const open: (readonly string[])[] = [];
  for await (const { Roots = [] } of aws.pages(listRoots({}))) open.push(...Roots.map(({ Id = '' }) => [Id]));
  for (let path = open.pop(); path; path = open.pop()) {
    const ParentId = path.at(-1) ?? '';
    for await (const { Accounts = [] } of aws.pages(listAccountsIn({ ParentId })))
      for (const { Id = '' } of Accounts) paths.set(Id, path);
    for await (const { OrganizationalUnits = [] } of aws.pages(listUnits({ ParentId })))
      open.push(...OrganizationalUnits.map(({ Id = '' }) => [...(path ?? []), Id]));
  }
  return paths;
}

/** Unit id → name, for the units on these paths. Only parents are asked, each once. */
export async function nameUnits(aws: Aws, paths: Iterable<readonly string[]>): Promise<ReadonlyMap<string, string>> {
  const parents = new Set([...paths].flatMap((path) => path.slice(0, -1)));
  const names = new Map<string, string>();
  for (const ParentId of parents)
    for await (const { OrganizationalUnits = [] } of aws.pages(listUnits({ ParentId })))
      for (const { Id = '', Name = '' } of OrganizationalUnits) names.set(Id, Name);
  return names;
}

/** `Production/Web`. The root is not part of it; a slash inside a name is written `%2F`, or it could pass for a level. */
export function unitPath(path: readonly string[], names: ReadonlyMap<string, string>): string {
  return path
    .slice(1)
    .map((id) => (names.get(id) ?? id).replaceAll('/', '%2F'))
    .join('/');
}

export async function tagsOf(aws: Aws, account: string): Promise<{ readonly [key: string]: string }> {
  const tags: [string, string][] = [];
  for await (const { Tags = [] } of aws.pages(listTags({ ResourceId: account })))
    tags.push(...Tags.map(({ Key = '', Value = '' }): [string, string] => [Key, Value]));
  return Object.fromEntries(tags);
}

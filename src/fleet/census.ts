/** Which accounts are there? From the fleet's list, the caller's own account, or AWS Organizations. */
import PQueue from 'p-queue';
import type { Aws, Connection } from '../model/aws.ts';
import { TrueupError } from '../model/problem.ts';
import type { Inventory, Skipped } from '../model/snapshot.ts';
import type { AccountEntry, Fleet, Selector } from '../model/state.ts';
import {
  type AccountState,
  type Member,
  nameUnits,
  ORGANIZATION_READS,
  sweepAccounts,
  tagsOf,
  unitPath,
  walkTree,
} from './organization.ts';
import { asksFor, firstMatch } from './select.ts';

export type Found = AccountEntry & Pick<Member, 'path'>;

export type Census = {
  readonly accounts: readonly Found[];
  readonly skipped: readonly Skipped[];
  /** Accounts of which too little is known to say whether they are meant. */
  readonly unreachable: Inventory['unreachable'];
};

/** @param selectors every selector that will be asked of the accounts: they decide what has to be found out. */
export async function countAccounts(
  fleet: Fleet,
  selectors: readonly Selector[],
  connection: Connection,
): Promise<Census> {
  if (fleet.accounts === 'self') return { accounts: [{ id: connection.caller.account }], skipped: [], unreachable: [] };
  if (fleet.accounts !== 'organization') return { accounts: fleet.accounts, skipped: [], unreachable: [] };
  const aws = connection.own('global', ORGANIZATION_READS);
  try {
    return await discoverMembers(fleet, selectors, aws, connection);
  } catch (error) {
    throw notListed(error, connection);
  }
}

async function discoverMembers(
  fleet: Fleet,
  selectors: readonly Selector[],
  aws: Aws,
  connection: Connection,
): Promise<Census> {
  const all = await sweepAccounts(aws);
  const skipped = all.flatMap((member) => skip(member, fleet));
  const gone = new Set(skipped.map(({ id }) => id));
  const usable = all.filter(({ id }) => !gone.has(id));
  const asked = asksFor(selectors);
  const placed = asked.units ? await placeInUnits(aws, usable, asked.names) : usable.map(entryOf);
  if (!asked.tags) return { accounts: placed, skipped, unreachable: [] };
  const untagged = fleet.exclude.filter((selector) => !selector.startsWith('tag:'));
  const isOut = (account: Found): boolean => !!firstMatch(untagged, account, connection.caller.account);
  const open = placed.filter((account) => !isOut(account));
  const { accounts, unreachable } = await addTags(aws, open, fleet.limits.concurrency, connection);
  return { accounts: [...placed.filter(isOut), ...accounts], skipped, unreachable };
}

/** What is not usable, and the management account: it is where one mistake reaches every account. */
function skip({ id, name, state, management }: Member, fleet: Fleet): Skipped[] {
  const of = { id, ...(name !== undefined && { name }) };
  const why = UNUSABLE[state];
  if (why) return [{ ...of, reason: { code: `account-${state.toLowerCase().replace('_', '-')}`, message: why } }];
  if (management !== undefined && (id !== management || fleet.include.includes(id))) return [];
  return [{ ...of, reason: management === undefined ? UNCLEAR : MANAGEMENT }];
}

/** An account in PENDING_CLOSURE still works, and is governed like any other. */
const UNUSABLE: { readonly [S in AccountState]?: string } = {
  PENDING_ACTIVATION: 'the account is not activated yet',
  SUSPENDED: 'the account is suspended',
  CLOSED: 'the account is closed',
  unknown: 'AWS Organizations does not say whether the account is active',
};
const MANAGEMENT = {
  code: 'management-account',
  message: "it is the organisation's management account",
  advice: 'to govern it nevertheless, name its id under include in the fleet',
};
const UNCLEAR = { code: 'account-unclear', message: 'AWS Organizations does not say which organisation it belongs to' };

function entryOf({ id, name, path }: Member): Found {
  return { id, ...(name !== undefined && { name }), ...(path && { path }) };
}

async function placeInUnits(aws: Aws, members: readonly Member[], byName: boolean): Promise<Found[]> {
  const complete = members.every(({ path }) => path);
  const walked = complete ? undefined : await walkTree(aws);
  const placed = members.map((member): Found => {
    const path = member.path ?? walked?.get(member.id);
    return { ...entryOf(member), ...(path && { path }) };
  });
  if (!byName) return placed;
  const names = await nameUnits(
    aws,
    placed.flatMap(({ path }) => (path ? [path] : [])),
  );
  return placed.map((found) => ({ ...found, ...(found.path && { ou: unitPath(found.path, names) }) }));
}

/** One call per account. An account whose tags are unknown may be one that is excluded: it is left alone, and says so. */
async function addTags(
  aws: Aws,
  accounts: readonly Found[],
  concurrency: number,
  connection: Connection,
): Promise<Pick<Census, 'accounts' | 'unreachable'>> {
  const queue = new PQueue({ concurrency });
  const tagged: Found[] = [];
  const unreachable: Inventory['unreachable'][number][] = [];
  await queue.addAll(
    accounts.map((account) => async () => {
      try {
        tagged.push({ ...account, tags: await tagsOf(aws, account.id) });
      } catch (error) {
        const reason = connection.explain(error, {
          doing: 'list the tags of the account',
          account: account.id,
          operation: 'organizations:ListTagsForResource',
        });
        unreachable.push({ id: account.id, ...(account.name !== undefined && { name: account.name }), reason });
      }
    }),
  );
  return { accounts: tagged, unreachable };
}

const ADVICE =
  'run from the management account or a delegated administrator of AWS Organizations, or list the accounts in the fleet';

function notListed(error: unknown, connection: Connection): TrueupError {
  const reason = connection.explain(error, {
    doing: 'list the accounts of the organisation',
    operation: 'organizations:ListAccounts',
  });
  const outside = error instanceof Error && error.name === 'AWSOrganizationsNotInUseException';
  const denied = reason.code === 'access-denied';
  if (!outside && !denied) return error instanceof TrueupError ? error : new TrueupError(reason, { cause: error });
  const message = outside ? "the caller's account is not in an organisation" : reason.message;
  return new TrueupError({ code: 'organization-not-readable', message, advice: ADVICE }, { cause: error });
}

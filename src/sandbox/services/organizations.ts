/** Organizations: which accounts there are and where they stand. https://docs.aws.amazon.com/organizations/latest/APIReference/ */
import { RefusedError, ServiceError } from '../errors.ts';
import type { Action, Call, Service } from '../service.ts';
import { text, whole } from '../wire/fields.ts';
import { jsonProtocol } from '../wire/json-protocol.ts';
import type { Account, Tags, Unit } from '../world/world.ts';

export const organizations: Service = {
  name: 'organizations',
  protocol: jsonProtocol,
  regional: false,
  actions: {
    DescribeOrganization: { run: (call) => ({ Organization: writeOrganization(call) }) },
    ListAccounts: fromAdministrator(listAccounts),
    DescribeAccount: fromAdministrator(describeAccount, 'AccountId'),
    ListAccountsForParent: fromAdministrator(listAccountsForParent, 'ParentId'),
    ListRoots: fromAdministrator(listRoots),
    ListOrganizationalUnitsForParent: fromAdministrator(listUnitsForParent, 'ParentId'),
    DescribeOrganizationalUnit: fromAdministrator(describeUnit, 'OrganizationalUnitId'),
    ListTagsForResource: fromAdministrator(listTags, 'ResourceId'),
  },
};

/** Every member may call DescribeOrganization; the rest is for the management account and delegated administrators. */
function fromAdministrator(run: (call: Call) => object, named?: string): Action {
  return {
    ...(named !== undefined && { needs: (call) => [{ resource: nodeArn(call, text(call.input, named) ?? '') }] }),
    run(call) {
      const { management, delegated } = call.world.organization;
      if (![management, ...delegated].includes(call.account.id)) {
        throw new RefusedError('denied', "You don't have permissions to access this resource.");
      }
      return run(call);
    },
  };
}

/** The ARN of a root, a unit or an account. */
function nodeArn(call: Call, id: string): string {
  const type = id.startsWith('r-') ? 'root' : id.startsWith('ou-') ? 'ou' : 'account';
  return arnOf(call, `${type}/${call.world.organization.id}/${id}`);
}

/** A page of at most 20; the token is opaque to callers. */
function paged<T>(
  call: Call,
  items: readonly T[],
): { readonly items: readonly T[]; readonly next: { NextToken?: string } } {
  const size = whole(call.input, 'MaxResults') ?? 20;
  if (!(size >= 1 && size <= 20)) throw invalidInput('MaxResults must be between 1 and 20');
  const token = text(call.input, 'NextToken');
  const start = token === undefined ? 0 : Number(/^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]);
  if (Number.isNaN(start)) throw invalidInput('You provided an invalid NextToken.');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: tokenOf(end) } : {} };
}

function tokenOf(offset: number): string {
  return Buffer.from(`from:${offset}`).toString('base64url');
}

const EMPTY = Buffer.from('empty').toString('base64url');

/** A page may be empty and still have a successor; the seed can ask for one, after the first page. */
function listAccounts(call: Call): object {
  const accounts = [...call.world.accounts.values()].map((account) => writeAccount(call, account));
  const size = whole(call.input, 'MaxResults') ?? 20;
  const token = text(call.input, 'NextToken');
  const withEmpty = call.world.organization.emptyPage;
  if (withEmpty && token === undefined && size >= 1 && size <= 20)
    return { Accounts: accounts.slice(0, size), NextToken: EMPTY };
  if (withEmpty && token === EMPTY) return { Accounts: [], NextToken: tokenOf(size) };
  const { items, next } = paged(call, accounts);
  return { Accounts: items, ...next };
}

function writeAccount(call: Call, account: Account) {
  const { organization } = call.world;
  const management = organization.management === account.id;
  return {
    Id: account.id,
    Arn: nodeArn(call, account.id),
    Name: account.name,
    Email: account.email,
    State: account.state,
    Paths: [`${pathOf(call, account.parent)}${account.id}/`],
    JoinedMethod: management ? 'INVITED' : 'CREATED',
    JoinedTimestamp: 1_600_000_000,
  };
}

/** `o-…/r-…/ou-…/`, from the organisation down. */
function pathOf(call: Call, parent: string): string {
  const { organization } = call.world;
  const unit = organization.units.get(parent);
  return unit ? `${pathOf(call, unit.parent)}${unit.id}/` : `${organization.id}/${organization.rootId}/`;
}

function describeAccount(call: Call): object {
  const account = call.world.accounts.get(text(call.input, 'AccountId') ?? '');
  if (!account) throw new ServiceError('AccountNotFoundException', "You specified an account that doesn't exist.");
  return { Account: writeAccount(call, account) };
}

function listAccountsForParent(call: Call): object {
  const parent = parentOf(call);
  const accounts = [...call.world.accounts.values()].filter((account) => account.parent === parent);
  const { items, next } = paged(call, accounts);
  return { Accounts: items.map((account) => writeAccount(call, account)), ...next };
}

function parentOf(call: Call): string {
  const id = text(call.input, 'ParentId') ?? '';
  const { rootId, units } = call.world.organization;
  if (id !== rootId && !units.has(id))
    throw new ServiceError('ParentNotFoundException', "You specified parent that doesn't exist.");
  return id;
}

function listRoots(call: Call): object {
  const { rootId } = call.world.organization;
  return {
    Roots: [
      { Id: rootId, Arn: arnOf(call, `root/${call.world.organization.id}/${rootId}`), Name: 'Root', PolicyTypes: [] },
    ],
  };
}

function listUnitsForParent(call: Call): object {
  const parent = parentOf(call);
  const units = [...call.world.organization.units.values()].filter((unit) => unit.parent === parent);
  const { items, next } = paged(call, units);
  return { OrganizationalUnits: items.map((unit) => writeUnit(call, unit)), ...next };
}

function describeUnit(call: Call): object {
  const unit = call.world.organization.units.get(text(call.input, 'OrganizationalUnitId') ?? '');
  if (!unit) throw new ServiceError('OrganizationalUnitNotFoundException', "You specified an OU that doesn't exist.");
  return { OrganizationalUnit: writeUnit(call, unit) };
}

function writeUnit(call: Call, unit: Unit) {
  return {
    Id: unit.id,
    Arn: nodeArn(call, unit.id),
    Name: unit.name,
    Path: pathOf(call, unit.id),
  };
}

function listTags(call: Call): object {
  const id = text(call.input, 'ResourceId') ?? '';
  const { rootId, units } = call.world.organization;
  const account = call.world.accounts.get(id);
  if (!account && id !== rootId && !units.has(id)) {
    throw new ServiceError('TargetNotFoundException', "You specified a target that doesn't exist.");
  }
  const tags: Tags = account?.tags ?? new Map();
  const { items, next } = paged(
    call,
    [...tags].map(([Key, Value]) => ({ Key, Value })),
  );
  return { Tags: items, ...next };
}

function writeOrganization(call: Call) {
  const { id, management } = call.world.organization;
  return {
    Id: id,
    Arn: arnOf(call, `organization/${id}`),
    FeatureSet: 'ALL',
    MasterAccountArn: arnOf(call, `account/${id}/${management}`),
    MasterAccountId: management,
    MasterAccountEmail: call.world.accounts.get(management)?.email,
    AvailablePolicyTypes: [],
  };
}

function arnOf(call: Call, name: string): string {
  return `arn:${call.world.partition}:organizations::${call.world.organization.management}:${name}`;
}

function invalidInput(message: string): ServiceError {
  return new ServiceError('InvalidInputException', message);
}

/** From a seed to a world. Regions are built when they are first looked at, so that thousands of accounts cost nothing. */
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../caller.ts';
import { createClock } from '../clock.ts';
import { type Policy, parsePolicy } from '../iam/policy.ts';
import { createIds, derivedName } from '../world/ids.ts';
import type { Account, Organization, Place, Role, Unit, World } from '../world/world.ts';
import { buildPlace, tagsOf } from './place.ts';
import type { AccountSeed, ParsedSeed, PolicySeed, RoleSeed } from './schema.ts';

export function buildWorld(seed: ParsedSeed): World {
  const organization = buildOrganization(seed);
  const compile = createCompiler(seed);
  const accounts = seed.accounts.flatMap(copies).map((account) => buildAccount(seed, organization, account, compile));
  const world: World = {
    partition: seed.partition,
    clock: createClock(),
    ids: createIds(),
    organization,
    regions: seed.regions,
    accounts: new Map(accounts.map((account) => [account.id, account])),
    sessions: new Map(),
    packedPolicyBudget: seed.packedPolicyBudget,
    throttle: seed.throttle,
  };
  if (world.accounts.size < accounts.length) throw new Error('The seed is not valid: two accounts have the same id');
  seatCaller(world, seed, compile);
  checkNetworks(seed, world);
  return world;
}

/** A mistake in a rule shows when its region is built: each network of the seed is built once, here. */
function checkNetworks(seed: ParsedSeed, world: World): void {
  const seen = new Set<unknown>();
  for (const { id, like, network = seed.templates[like ?? '']?.network } of seed.accounts) {
    if (network === undefined || seen.has(network)) continue;
    seen.add(network);
    const account = world.accounts.get(id);
    for (const region of account?.regions ?? []) account?.place(region);
  }
}

function copies(account: AccountSeed): readonly AccountSeed[] {
  const first = BigInt(account.id);
  return Array.from({ length: account.copies ?? 1 }, (_, n) => ({
    ...account,
    id: String(first + BigInt(n)).padStart(12, '0'),
    name: account.name.replace('{n}', String(n)),
  }));
}

function buildOrganization(seed: ParsedSeed): Organization {
  const { management, delegated, units, emptyPage } = seed.organization;
  const rootId = `r-${derivedName(4, management)}`;
  const paths = new Set(
    units.flatMap((path) => path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'))),
  );
  const built = [...paths].map((path) => buildUnit(path, rootId));
  return {
    id: `o-${derivedName(10, 'organization', management)}`,
    rootId,
    management,
    delegated,
    units: new Map(built.map((unit) => [unit.id, unit])),
    emptyPage,
  };
}

function buildUnit(path: string, rootId: string): Unit {
  const parts = path.split('/');
  const above = parts.slice(0, -1).join('/');
  return {
    id: unitId(path, rootId),
    name: parts.at(-1) ?? '',
    parent: above === '' ? rootId : unitId(above, rootId),
    path,
  };
}

function unitId(path: string, rootId: string): string {
  return `ou-${rootId.slice(2)}-${derivedName(8, rootId, path)}`;
}

/** A policy is compiled once, however many accounts have it. */
type Compile = (policy: PolicySeed, kind?: 'permissions' | 'trust') => Policy;

function createCompiler(seed: ParsedSeed): Compile {
  const compiled = new Map<string, Policy>();
  return (policy, kind = 'permissions') => {
    const named = typeof policy === 'string' ? seed.policies[policy] : policy;
    if (!named) throw new Error(`The seed is not valid: there is no policy "${String(policy)}"`);
    const text = JSON.stringify(named);
    const found = compiled.get(text) ?? parsePolicy(text, kind);
    compiled.set(text, found);
    return found;
  };
}

function buildAccount(seed: ParsedSeed, organization: Organization, given: AccountSeed, compile: Compile): Account {
  const template = given.like === undefined ? {} : seed.templates[given.like];
  if (!template) throw new Error(`The seed is not valid: there is no template "${given.like}"`);
  const account: AccountSeed = { ...template, ...given };
  const regions = new Set(account.regions ?? seed.regions);
  const places = new Map<string, Place>();
  const roles = [...(account.trueup ? (seed.trueup?.roles ?? []) : []), ...(account.roles ?? [])];
  return {
    id: account.id,
    name: account.name,
    email: account.email ?? `aws+${account.id}@example.com`,
    state: account.state ?? 'ACTIVE',
    parent: parentOf(organization, account.ou),
    tags: tagsOf(account.tags),
    regions,
    roles: new Map(roles.map((role) => [role.name, buildRole(seed, account.id, role, compile)])),
    aliases: account.alias === undefined ? [] : [account.alias],
    passwordPolicy: account.passwordPolicy && withoutAbsent(account.passwordPolicy),
    quotas: { rulesPerGroup: 60, groupsPerRegion: 2500, ...withoutAbsent(account.quotas ?? {}) },
    managedResources: account.managedResources ?? 'hidden',
    place(region) {
      const place =
        places.get(region) ??
        buildPlace({ account: account.id, region }, account.network?.[region] ?? account.network?.['*']);
      places.set(region, place);
      return place;
    },
  };
}

function parentOf({ units, rootId }: Organization, path: string | undefined): string {
  if (path === undefined) return rootId;
  const unit = [...units.values()].find((candidate) => candidate.path === path);
  if (!unit) throw new Error(`The seed is not valid: there is no unit "${path}"`);
  return unit.id;
}

function buildRole(seed: ParsedSeed, account: string, role: RoleSeed, compile: Compile): Role {
  return {
    name: role.name,
    id: `AROA${derivedName(17, account, role.name).toUpperCase()}`,
    trust: compile(role.trust ?? trustCaller(seed, role.externalId ?? seed.trueup?.externalId), 'trust'),
    policies: new Map(
      role.policies.map((policy, index) => [
        typeof policy === 'string' ? policy : `inline-${index + 1}`,
        compile(policy),
      ]),
    ),
    maxSessionSeconds: role.maxSessionSeconds,
    createdAt: Date.UTC(2024, 0, 1),
  };
}

function trustCaller({ partition, caller }: ParsedSeed, externalId: string | undefined) {
  const principal = { AWS: `arn:${partition}:iam::${caller.account}:role/${caller.role}` };
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...condition },
      { Effect: 'Allow', Principal: principal, Action: ['sts:SetSourceIdentity', 'sts:TagSession'] },
    ],
  };
}

/** The caller signs with keys that everybody knows, as a session of its role that never ends. */
function seatCaller(world: World, seed: ParsedSeed, compile: Compile): void {
  const { caller } = seed;
  const account = world.accounts.get(caller.account);
  if (!account) throw new Error(`The seed is not valid: the caller's account ${caller.account} is not in it`);
  const role = buildRole(
    seed,
    caller.account,
    { name: caller.role, policies: caller.policies, maxSessionSeconds: 43_200 },
    compile,
  );
  account.roles.set(role.name, role);
  world.sessions.set(SANDBOX_CALLER_KEY, {
    accessKeyId: SANDBOX_CALLER_KEY,
    secret: SANDBOX_CALLER_SECRET,
    account: caller.account,
    role,
    name: caller.session,
  });
}

function withoutAbsent<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

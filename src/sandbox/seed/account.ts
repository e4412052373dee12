/** From an account's entry in a seed to the account, its roles included. */
import { type Policy, parsePolicy } from '../iam/policy.ts';
import { derivedName } from '../world/ids.ts';
import type { Account, Organization, Place, Role } from '../world/world.ts';
import { buildPlace, tagsOf } from './place.ts';
import type { AccountSeed, NetworkSeed, ParsedSeed, PolicySeed, RoleSeed } from './schema.ts';

export type Around = {
  readonly seed: ParsedSeed;
  readonly organization: Organization;
  readonly compile: Compile;
  /** Puts into a new place what other accounts share with it. */
  readonly attach: (place: Place) => void;
};

/** A policy is compiled once, however many accounts have it. */
export type Compile = (policy: PolicySeed, kind?: 'permissions' | 'trust') => Policy;

export function createCompiler(seed: ParsedSeed): Compile {
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

export function buildAccount(given: AccountSeed, { seed, organization, compile, attach }: Around): Account {
  const account = filled(seed, given);
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
      const known = places.get(region);
      if (known) return known;
      const place = buildPlace({ account: account.id, region }, networkOf(account, region));
      places.set(region, place);
      attach(place);
      return place;
    },
  };
}

/** The account with what its template says. */
export function filled(seed: ParsedSeed, given: AccountSeed): AccountSeed {
  const template = given.like === undefined ? {} : seed.templates[given.like];
  if (!template) throw new Error(`The seed is not valid: there is no template "${given.like}"`);
  return { ...template, ...given };
}

/** What is said of the region, or of every region that is not named. */
export function networkOf({ network }: Pick<AccountSeed, 'network'>, region: string): NetworkSeed | undefined {
  return network?.[region] ?? network?.['*'];
}

function parentOf({ units, rootId }: Organization, path: string | undefined): string {
  if (path === undefined) return rootId;
  const unit = [...units.values()].find((candidate) => candidate.path === path);
  if (!unit) throw new Error(`The seed is not valid: there is no unit "${path}"`);
  return unit.id;
}

export function buildRole(seed: ParsedSeed, account: string, role: RoleSeed, compile: Compile): Role {
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
    attached: new Map((role.attached ?? []).map((arn) => [arn, managed(seed, arn, compile)])),
    ...(role.boundary !== undefined && {
      boundary: { arn: role.boundary, policy: managed(seed, role.boundary, compile) },
    }),
    maxSessionSeconds: role.maxSessionSeconds,
    createdAt: Date.UTC(2024, 0, 1),
  };
}

function managed({ policies }: ParsedSeed, arn: string, compile: Compile): Policy | undefined {
  const name = arn.split('/').at(-1) ?? '';
  return name in policies ? compile(name) : undefined;
}

function trustCaller({ partition, caller }: ParsedSeed, externalId: string | undefined) {
  const principal = { AWS: `arn:${partition}:iam::${caller.account}:${caller.user ? 'user' : 'role'}/${caller.role}` };
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } };
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole', ...condition },
      { Effect: 'Allow', Principal: principal, Action: ['sts:SetSourceIdentity', 'sts:TagSession'] },
    ],
  };
}

function withoutAbsent<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

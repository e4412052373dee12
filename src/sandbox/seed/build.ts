/** From a seed to a world. Regions are built when they are first looked at, so that thousands of accounts cost nothing. */
import { SANDBOX_CALLER_KEY, SANDBOX_CALLER_SECRET } from '../caller.ts';
import { createClock } from '../clock.ts';
import { createBuckets } from '../world/buckets.ts';
import { createIds, derivedName } from '../world/ids.ts';
import { createHubs } from '../world/security-hub.ts';
import { createSettings } from '../world/settings.ts';
import type { Organization, Unit, World } from '../world/world.ts';
import { buildAccount, buildRole, type Compile, createCompiler } from './account.ts';
import type { AccountSeed, ParsedSeed } from './schema.ts';
import { createShares } from './shares.ts';

export function buildWorld(seed: ParsedSeed): World {
  const organization = buildOrganization(seed);
  const compile = createCompiler(seed);
  const attach = createShares(seed, (id) => world.accounts.get(id));
  const around = { seed, organization, compile, attach };
  const accounts = seed.accounts.flatMap(copies).map((account) => buildAccount(account, around));
  const clock = createClock();
  const world: World = {
    partition: seed.partition,
    clock,
    ids: createIds(),
    organization,
    regions: seed.regions,
    accounts: new Map(accounts.map((account) => [account.id, account])),
    settings: createSettings(seed.settings),
    buckets: createBuckets(seed.buckets),
    hubs: createHubs(
      seed.securityHub,
      clock,
      hierarchyOf(organization, (id) => world.accounts.get(id)?.parent),
    ),
    trail: [],
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

/** Whom a configuration policy of Security Hub is inherited from. */
function hierarchyOf({ units, rootId, delegated }: Organization, parentOf: (account: string) => string | undefined) {
  return {
    lineage(account: string): string[] {
      const ids = [account];
      for (let id = parentOf(account); id !== undefined; id = units.get(id)?.parent) ids.push(id);
      return ids;
    },
    place: (path: string): string => (path === 'root' ? rootId : unitId(path, rootId)),
    isAdministrator: (account: string): boolean => delegated.includes(account),
  };
}

function unitId(path: string, rootId: string): string {
  return `ou-${rootId.slice(2)}-${derivedName(8, rootId, path)}`;
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
  if (!caller.user) account.roles.set(role.name, role);
  world.sessions.set(SANDBOX_CALLER_KEY, {
    accessKeyId: SANDBOX_CALLER_KEY,
    secret: SANDBOX_CALLER_SECRET,
    account: caller.account,
    role,
    name: caller.session,
    ...(caller.user && { user: true }),
  });
}

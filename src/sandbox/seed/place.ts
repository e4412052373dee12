/** What stands in one account × region, according to the seed? */
import { derivedId } from '../world/ids.ts';
import { createVpcIn, putRule } from '../world/vpc.ts';
import {
  type NetworkInterface,
  NO_TAGS,
  type Place,
  type PrefixList,
  type SecurityGroup,
  type Tags,
  type Vpc,
} from '../world/world.ts';
import { groupIdOf, parseRuleText, type Scope } from './rule-text.ts';
import type { GroupSeed, InterfaceSeed, NetworkSeed, PrefixListSeed, RuleSeed, VpcSeed } from './schema.ts';

type Where = { readonly account: string; readonly region: string };

export function buildPlace(where: Where, network: NetworkSeed | undefined): Place {
  const place: Place = {
    ...where,
    vpcs: new Map(),
    groups: new Map(),
    rules: new Map(),
    interfaces: new Map(),
    prefixLists: new Map(),
  };
  for (const list of network?.prefixLists ?? []) addPrefixList(place, list);
  for (const vpc of network?.vpcs ?? []) addVpc(place, vpc);
  return place;
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights */
const WEIGHTS: { readonly [name: string]: number } = {
  'origin-facing': 55,
  dynamodb: 1,
  'ec2-instance-connect': 2,
  groundstation: 5,
  'route53-healthchecks': 25,
  s3: 1,
  s3express: 6,
  'vpc-lattice': 10,
};

function weightOf({ name, owner }: PrefixListSeed): number | undefined {
  return owner === 'AWS' ? WEIGHTS[name.split('.').at(-1) ?? ''] : undefined;
}

function addPrefixList(place: Place, seed: PrefixListSeed): void {
  const list: PrefixList = {
    id: seed.id ?? derivedId('pl', place.account, place.region, seed.name),
    name: seed.name,
    owner: seed.owner ?? place.account,
    family: seed.family,
    maxEntries: seed.maxEntries ?? weightOf(seed) ?? 10,
    version: seed.version,
    readable: seed.readable,
    entries: seed.entries.map((entry) => (typeof entry === 'string' ? { cidr: entry } : entry)),
    tags: tagsOf(seed.tags),
  };
  place.prefixLists.set(list.id, list);
}

function addVpc(place: Place, seed: VpcSeed): void {
  const { account, region } = place;
  const vpc: Vpc = {
    id: vpcIdOf(place, seed),
    owner: account,
    isDefault: seed.default,
    cidr: seed.cidr,
    ...(seed.ipv6 && { ipv6: '2001:db8:1234:1a00::/56' }),
    tags: tagsOf(seed.tags ?? { Name: seed.name }),
  };
  const ids = new Map(
    ['default', ...seed.groups.map(({ name }) => name)].map((name) => [
      name,
      groupIdOf(account, region, seed.name, name),
    ]),
  );
  for (const group of seed.groups) if (group.id !== undefined) ids.set(group.name, group.id);
  const ofDefault = ids.get('default') ?? '';
  const stock = createVpcIn(place, vpc, {
    group: ofDefault,
    rule: (body) => derivedId('sgr', ofDefault, 'stock', JSON.stringify(body)),
  });
  for (const group of seed.groups) addGroup(place, vpc, group, { ids, stock, vpc: seed.name });
  for (const item of seed.interfaces) addInterface(place, vpc, item, ids);
}

function vpcIdOf(place: Place, seed: Pick<VpcSeed, 'id' | 'name'>): string {
  return seed.id ?? derivedId('vpc', place.account, place.region, seed.name);
}

type InVpc = { readonly ids: ReadonlyMap<string, string>; readonly stock: SecurityGroup; readonly vpc: string };

/** The default group is there already; its stock rules give way on the side that the seed speaks about. */
function addGroup(place: Place, vpc: Vpc, seed: GroupSeed, around: InVpc): void {
  const isDefault = seed.name === 'default';
  const group = isDefault ? around.stock : newGroup(place, vpc, seed, around);
  place.groups.set(group.id, group);
  group.tags = tagsOf(seed.tags);
  for (const [egress, rules] of [
    [false, seed.ingress],
    [true, seed.egress],
  ] as const) {
    if (isDefault && rules === undefined) continue;
    if (isDefault) clear(place, group, egress);
    addRules(place, group, rules ?? (egress ? openEgress(vpc) : []), { egress, ids: around.ids });
  }
}

function newGroup(place: Place, vpc: Vpc, seed: GroupSeed, around: InVpc): SecurityGroup {
  return {
    id: around.ids.get(seed.name) ?? '',
    name: seed.name,
    description: seed.description ?? seed.name,
    vpcId: vpc.id,
    owner: place.account,
    tags: NO_TAGS,
    rules: new Set(),
    associations: (seed.associations ?? []).map((name) => vpcIdOf(place, { name })),
  };
}

function clear(place: Place, group: SecurityGroup, egress: boolean): void {
  for (const rule of [...group.rules].filter(({ body }) => body.egress === egress)) {
    group.rules.delete(rule);
    place.rules.delete(rule.id);
  }
}

function openEgress(vpc: Vpc): readonly RuleSeed[] {
  return vpc.ipv6 === undefined ? ['all to 0.0.0.0/0'] : ['all to 0.0.0.0/0', 'all to ::/0'];
}

type Side = { readonly egress: boolean; readonly ids: ReadonlyMap<string, string> };

function addRules(place: Place, group: SecurityGroup, rules: readonly RuleSeed[], { egress, ids }: Side): void {
  const prefixLists = new Map([...place.prefixLists.values()].map(({ name, id }) => [name, id]));
  const scope: Scope = { account: place.account, region: place.region, groupId: group.id, groups: ids, prefixLists };
  for (const seed of rules) {
    const { rule, id, description, tags } = typeof seed === 'string' ? { rule: seed } : seed;
    putRule(place, group, {
      id: id ?? derivedId('sgr', group.id, String(egress), rule),
      body: parseRuleText(rule, egress, scope),
      ...(description !== undefined && { description }),
      tags: tagsOf(tags),
    });
  }
}

function addInterface(place: Place, vpc: Vpc, seed: InterfaceSeed, ids: ReadonlyMap<string, string>): void {
  const { account, region, interfaces } = place;
  const item: NetworkInterface = {
    id: derivedId('eni', account, region, vpc.id, seed.name),
    vpcId: vpc.id,
    subnetId: derivedId('subnet', account, region, vpc.id),
    groups: seed.groups.map((name) => ids.get(name) ?? name),
    type: seed.type,
    description: seed.description,
    status: seed.status,
    privateIp: `172.31.0.${10 + interfaces.size}`,
    tags: tagsOf(seed.tags),
    ...(seed.instance !== undefined && { instance: seed.instance }),
    ...(seed.requester !== undefined && { requester: seed.requester }),
    ...(seed.operator !== undefined && { operator: seed.operator }),
  };
  interfaces.set(item.id, item);
}

export function tagsOf(tags: { readonly [key: string]: string } | undefined): Tags {
  return tags === undefined ? NO_TAGS : new Map(Object.entries(tags));
}

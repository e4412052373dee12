/** What may a seed say? Strict: a misspelt key is an error, not a silent default. */
import { parse } from 'yaml';
import { z } from 'zod';
import { securityHubSeed } from './security-hub.ts';
import { settingsSeed } from './settings.ts';

const accountId = z.string().regex(/^\d{12}$/, 'an account id is twelve digits, in quotes');
const tags = z.record(z.string(), z.string());
const policy = z.looseObject({ Statement: z.unknown() });
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`));

const rule = z.union([
  z.string(),
  z.strictObject({
    rule: z.string(),
    description: z.string().optional(),
    tags: tags.optional(),
    id: id('sgr').optional(),
  }),
]);
const rules = z.array(rule);

const group = z.strictObject({
  name: z.string(),
  id: id('sg').optional(),
  description: z.string().optional(),
  tags: tags.optional(),
  ingress: rules.optional(),
  /** Everything to everywhere, unless said, as EC2 gives a new group. */
  egress: rules.optional(),
  /** Names of further VPCs. */
  associations: z.array(z.string()).optional(),
});

const networkInterface = z.strictObject({
  name: z.string(),
  groups: z.array(z.string()),
  type: z.string().default('interface'),
  description: z.string().default(''),
  instance: id('i').optional(),
  status: z.enum(['in-use', 'available']).default('in-use'),
  requester: z.string().optional(),
  operator: z.string().optional(),
  tags: tags.optional(),
});

const vpc = z.strictObject({
  name: z.string(),
  id: id('vpc').optional(),
  default: z.boolean().default(false),
  cidr: z.string().default('172.31.0.0/16'),
  ipv6: z.boolean().default(false),
  tags: tags.optional(),
  /** Accounts whose resources may stand in this VPC; they see it and its default group, which stay their owner's. */
  sharedWith: z.array(accountId).default([]),
  /** A group called `default` replaces the rules of the default group that are named. */
  groups: z.array(group).default([]),
  interfaces: z.array(networkInterface).default([]),
});

const prefixList = z.strictObject({
  name: z.string(),
  id: id('pl').optional(),
  /** `AWS`, an account id, or the account itself. */
  owner: z.string().optional(),
  family: z.enum(['IPv4', 'IPv6']).default('IPv4'),
  /** As many rules as the list counts; for one of AWS the weight that AWS documents for it, unless said. */
  maxEntries: z.int().min(1).optional(),
  version: z.int().min(1).default(1),
  readable: z.boolean().default(true),
  entries: z.array(z.union([z.string(), z.strictObject({ cidr: z.string(), description: z.string() })])).default([]),
  tags: tags.optional(),
});

const network = z.strictObject({ vpcs: z.array(vpc).default([]), prefixLists: z.array(prefixList).default([]) });

const role = z.strictObject({
  name: z.string(),
  /** The caller's role may assume it, unless a trust policy is given in full. */
  trust: policy.optional(),
  externalId: z.string().optional(),
  maxSessionSeconds: z.int().min(3600).max(43_200).default(3600),
  /** A name from `policies`, or a document. */
  policies: z.array(z.union([z.string(), policy])),
  /** ARNs of managed policies: the name at the end is one from `policies`, or else they are listed and grant nothing. */
  attached: z.array(z.string()).optional(),
  /** The same for the permissions boundary. */
  boundary: z.string().optional(),
});

const passwordPolicy = z.strictObject({
  minimumLength: z.int().default(6),
  symbols: z.boolean().default(false),
  numbers: z.boolean().default(false),
  uppercase: z.boolean().default(false),
  lowercase: z.boolean().default(false),
  usersMayChange: z.boolean().default(false),
  maxAge: z.int().optional(),
  reusePrevention: z.int().optional(),
  hardExpiry: z.boolean().default(false),
});

const body = {
  ou: z.string().optional(),
  tags: tags.optional(),
  state: z.enum(['ACTIVE', 'SUSPENDED', 'PENDING_ACTIVATION', 'PENDING_CLOSURE', 'CLOSED']).optional(),
  /** Regions that are enabled; all of the seed's, unless said. */
  regions: z.array(z.string()).optional(),
  /** Gives the account the seed's `trueup` roles. */
  trueup: z.boolean().optional(),
  roles: z.array(role).optional(),
  passwordPolicy: passwordPolicy.optional(),
  alias: z.string().optional(),
  quotas: z.strictObject({ rulesPerGroup: z.int().optional(), groupsPerRegion: z.int().optional() }).optional(),
  managedResources: z.enum(['visible', 'hidden']).optional(),
  /** Region → what is there; `*` stands for every region that is not named. */
  network: z.record(z.string(), network).optional(),
};

const account = z.strictObject({
  id: accountId,
  name: z.string().min(1).max(50),
  email: z.string().optional(),
  /** The name of a template that fills in what the account does not say. */
  like: z.string().optional(),
  /** This many accounts with consecutive ids; `{n}` in the name is replaced. */
  copies: z.int().min(1).max(10_000).optional(),
  ...body,
});

export const seedSchema = z.strictObject({
  partition: z.string().default('aws'),
  regions: z.array(z.string()).min(1).default(['us-east-1']),
  organization: z.strictObject({
    management: accountId,
    delegated: z.array(accountId).default([]),
    /** Paths; those above are there as well. */
    units: z.array(z.string()).default([]),
    emptyPage: z.boolean().default(false),
  }),
  caller: z.strictObject({
    account: accountId,
    role: z.string(),
    session: z.string().default('sandbox'),
    /** An IAM user of the name under `role`, with keys that last, instead of a session of a role. */
    user: z.boolean().default(false),
    policies: z.array(z.union([z.string(), policy])),
  }),
  /** Policy documents by name, for roles to refer to. */
  policies: z.record(z.string(), policy).default({}),
  /** What `trueup: true` gives an account. */
  trueup: z.strictObject({ externalId: z.string().optional(), roles: z.array(role) }).optional(),
  templates: z.record(z.string(), z.strictObject(body)).default({}),
  accounts: z.array(account).min(1),
  /** What accounts and regions have set; of several entries that meet, the later one wins. */
  settings: z.array(settingsSeed).default([]),
  securityHub: securityHubSeed.prefault({}),
  buckets: z
    .array(z.strictObject({ name: z.string(), account: accountId, region: z.string().default('us-east-1') }))
    .default([]),
  packedPolicyBudget: z.int().min(1).default(512),
  throttle: z.boolean().default(false),
});

export type Seed = z.input<typeof seedSchema>;
export type ParsedSeed = z.output<typeof seedSchema>;
export type AccountSeed = ParsedSeed['accounts'][number];
export type VpcSeed = z.output<typeof vpc>;
export type GroupSeed = z.output<typeof group>;
export type RuleSeed = z.output<typeof rule>;
export type InterfaceSeed = z.output<typeof networkInterface>;
export type PrefixListSeed = z.output<typeof prefixList>;
export type NetworkSeed = z.output<typeof network>;
export type RoleSeed = z.output<typeof role>;
export type PolicySeed = string | z.output<typeof policy>;

/** @throws Error that names every place at which the seed is wrong. */
export function parseSeed(seed: Seed | string): ParsedSeed {
  const result = seedSchema.safeParse(typeof seed === 'string' ? parse(seed) : seed);
  if (result.success) return result.data;
  throw new Error(`The seed is not valid:\n${z.prettifyError(result.error)}`);
}

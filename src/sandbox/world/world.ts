/** What exists in the sandbox? An organisation of accounts, what each has once, and what each has per region. */
import type { Clock } from '../clock.ts';
import type { Policy } from '../iam/policy.ts';
import type { Buckets } from './buckets.ts';
import type { Ids } from './ids.ts';
import type { Hubs } from './security-hub.ts';
import type { Settings } from './settings.ts';
import type { TrailEvent } from './trail.ts';

/** Replaced, never changed in place: most things have none and share one empty map. */
export type Tags = ReadonlyMap<string, string>;
export const NO_TAGS: Tags = new Map();

export type World = {
  readonly partition: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly organization: Organization;
  /** Regions that exist at all; an account may have fewer. */
  readonly regions: readonly string[];
  readonly accounts: ReadonlyMap<string, Account>;
  readonly settings: Settings;
  readonly buckets: Buckets;
  readonly hubs: Hubs;
  /** What was changed, oldest first. */
  readonly trail: TrailEvent[];
  /** Access key → who signs with it: the seeded caller, and every session issued since. */
  readonly sessions: Map<string, Session>;
  /** Bytes that a deflated session policy may take before STS calls it too large. */
  readonly packedPolicyBudget: number;
  readonly throttle: boolean;
};

export type Organization = {
  readonly id: string;
  readonly rootId: string;
  readonly management: string;
  readonly delegated: readonly string[];
  /** Id → unit. */
  readonly units: ReadonlyMap<string, Unit>;
  /** ListAccounts answers an empty page with a NextToken after its first page. */
  readonly emptyPage: boolean;
};

export type Unit = {
  readonly id: string;
  readonly name: string;
  /** Id of the unit above, or of the root. */
  readonly parent: string;
  /** From the root down, e.g. `Production/Web`. */
  readonly path: string;
};

export type AccountState = 'ACTIVE' | 'SUSPENDED' | 'PENDING_ACTIVATION' | 'PENDING_CLOSURE' | 'CLOSED';

export type Account = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly state: AccountState;
  /** Id of the unit or root it stands in. */
  readonly parent: string;
  readonly tags: Tags;
  readonly regions: ReadonlySet<string>;
  readonly roles: Map<string, Role>;
  readonly aliases: string[];
  passwordPolicy: PasswordPolicy | undefined;
  readonly quotas: Quotas;
  /** Whether interfaces that a service manages are left out of answers unless asked for. */
  readonly managedResources: 'visible' | 'hidden';
  /** Region → what stands there; built when it is first looked at. */
  place(region: string): Place;
};

export type Quotas = { readonly rulesPerGroup: number; readonly groupsPerRegion: number };

export type Role = {
  readonly name: string;
  readonly id: string;
  readonly trust: Policy;
  /** Inline policies: name → document. */
  readonly policies: Map<string, Policy>;
  /** Managed policies: ARN → document; none where the seed has none of that name, and then it grants nothing. */
  readonly attached: ReadonlyMap<string, Policy | undefined>;
  /** What bounds it. Without a document it is named, and bounds nothing. */
  readonly boundary?: { readonly arn: string; readonly policy: Policy | undefined };
  readonly maxSessionSeconds: number;
  readonly createdAt: number;
};

export type PasswordPolicy = {
  readonly minimumLength: number;
  readonly symbols: boolean;
  readonly numbers: boolean;
  readonly uppercase: boolean;
  readonly lowercase: boolean;
  readonly usersMayChange: boolean;
  readonly maxAge?: number;
  readonly reusePrevention?: number;
  readonly hardExpiry: boolean;
};

/** Who signs: a role's session, with what narrows it. */
export type Session = {
  readonly accessKeyId: string;
  readonly secret: string;
  /** Absent for the seeded caller, whose key is good for ever. */
  readonly token?: string;
  readonly expiresAt?: number;
  readonly account: string;
  readonly role: Role;
  readonly name: string;
  /** The seeded caller may be a user: `role` is then what the user may do, under the user's name. */
  readonly user?: true;
  readonly policy?: Policy;
  readonly sourceIdentity?: string;
};

/** An account × region. */
export type Place = {
  readonly account: string;
  readonly region: string;
  readonly vpcs: Map<string, Vpc>;
  readonly groups: Map<string, SecurityGroup>;
  /** Id → rule, over all groups here. */
  readonly rules: Map<string, SecurityGroupRule>;
  readonly interfaces: Map<string, NetworkInterface>;
  readonly prefixLists: Map<string, PrefixList>;
};

export type Vpc = {
  readonly id: string;
  readonly owner: string;
  readonly isDefault: boolean;
  readonly cidr: string;
  readonly ipv6?: string;
  tags: Tags;
};

export type SecurityGroup = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly owner: string;
  tags: Tags;
  /** In the order in which they were added. */
  readonly rules: Set<SecurityGroupRule>;
  /** Further VPCs in which the group may be used. */
  readonly associations: readonly string[];
};

export type Source =
  | { readonly kind: 'ipv4'; readonly cidr: string }
  | { readonly kind: 'ipv6'; readonly cidr: string }
  | { readonly kind: 'prefix-list'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string; readonly account: string; readonly peering?: string };

export type RuleBody = {
  readonly egress: boolean;
  readonly protocol: string;
  /** Absent for every protocol that has no ports in EC2's eyes. */
  readonly from?: number;
  readonly to?: number;
  readonly source: Source;
};

export type SecurityGroupRule = {
  readonly id: string;
  readonly groupId: string;
  body: RuleBody;
  description: string | undefined;
  tags: Tags;
};

export type NetworkInterface = {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groups: readonly string[];
  readonly type: string;
  readonly description: string;
  readonly status: string;
  readonly privateIp: string;
  tags: Tags;
  readonly instance?: string;
  /** The account or service that asked for it, for interfaces that a service made. */
  readonly requester?: string;
  /** The service that manages it; hidden by default where the account hides managed resources. */
  readonly operator?: string;
};

export type PrefixList = {
  readonly id: string;
  readonly name: string;
  /** `AWS` for a managed one. */
  readonly owner: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly maxEntries: number;
  readonly version: number;
  /** Whether this account may see it; a list whose sharing was withdrawn can still be referenced by rules. */
  readonly readable: boolean;
  readonly entries: readonly { readonly cidr: string; readonly description?: string }[];
  tags: Tags;
};

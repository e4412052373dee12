/** The documents of a state, as they are after loading: checked, names resolved, positions kept. */
import type { Json } from './json.ts';
import type { Position, Problem } from './problem.ts';

export type AccountEntry = {
  readonly id: string;
  readonly name?: string;
  readonly tags?: { readonly [key: string]: string };
  /** Path of the organisational unit, e.g. `Production/Web`. */
  readonly ou?: string;
};

/** Which accounts: `all`, `self`, an id, `name:glob`, `ou:path` or `ou:ou-id` (with everything below), `tag:key=value`. */
export type Selector = string;

export type Regions =
  | 'enabled'
  | readonly string[]
  | { readonly include?: readonly string[]; readonly exclude?: readonly string[] };

/** How much a plan may change before it needs approval by its digest. */
export type ChangeLimits = {
  readonly perAccount: number;
  readonly perGuardrail: number;
  readonly perRun: number;
  /** Share of what is governed: in an account, by a guardrail, and in the whole run. */
  readonly percent: number;
  /** Limits of their own for some guardrails, by name. */
  readonly guardrails: { readonly [name: string]: { readonly changes?: number; readonly percent?: number } };
};

/** A Deny statement of IAM. Resources may carry `{partition}`, `{region}` and `{account}`. */
export type Fence = {
  readonly deny: readonly string[];
  readonly on: readonly string[];
  /** Operator → key → values, as in IAM. */
  readonly when?: { readonly [operator: string]: { readonly [key: string]: readonly string[] } };
};

/** How to reach the accounts, and what must never happen. */
export type Fleet = {
  readonly name: string;
  readonly at: Position;
  readonly accounts: 'self' | 'organization' | readonly AccountEntry[];
  /** The account Trueup must be called from; it refuses to start anywhere else. */
  readonly caller?: string;
  /** Whether the calling account is itself governed. */
  readonly callingAccount: 'include' | 'exclude';
  /** Account selectors; `exclude` always wins. */
  readonly include: readonly Selector[];
  readonly exclude: readonly Selector[];
  /** Names or ARN patterns with `{account}` and `{partition}`. */
  readonly role: { readonly read?: string; readonly write?: string; readonly heal?: string };
  readonly externalId?: string;
  readonly regions: Regions;
  /** The region for STS and other calls that need one, e.g. `eu-west-1`. */
  readonly homeRegion: string;
  readonly limits: {
    readonly concurrency: number;
    readonly rate: { readonly [service: string]: number };
    /** How many items a batch call may carry where AWS states no limit. */
    readonly itemsPerCall?: number;
  };
  /** service → region (or `*`) → URL. */
  readonly endpoints: { readonly [service: string]: { readonly [region: string]: string } };
  /** Who may say which accounts have Security Hub configured for them, and from where. */
  readonly securityHub?: {
    readonly administrator: string;
    readonly homeRegion: string;
    readonly linkedRegions: 'all' | readonly string[];
    /** What becomes of a change that only the administrator can make. */
    readonly central: 'hold' | 'plan';
  };
  /** What no write session may do, whatever the role allows. */
  readonly fences: readonly Fence[];
  readonly safety: {
    readonly limits: ChangeLimits;
    /** Accounts by selector, resources by id, and `tag:key=value` for accounts and resources that carry the tag. */
    readonly neverTouch: readonly string[];
    readonly maxExceptionDays: number;
    /** How many rules a security group may have, for each direction and address family; AWS raises it on request. */
    readonly rulesPerGroup: number;
  };
  /** Guardrails whose drift a schedule may close by itself. */
  readonly heal: readonly string[];
  /** What approves the drift that a pull request shows: its merge, or only the digest of the pending plan. */
  readonly drift: 'merge' | 'pending';
};

export type Targets = {
  readonly accounts: readonly Selector[];
  readonly exclude: readonly Selector[];
  readonly regions: 'all' | readonly string[];
};

/** One guardrail of a policy. `params` has passed the guardrail's schema. */
export type GuardrailEntry = {
  readonly guardrail: string;
  readonly params: Json;
  readonly at: Position;
  /** Where each part stands: path inside the entry (`minimumLength`, `0.ports`) → position. */
  readonly positions: { readonly [path: string]: Position };
  /** The text of the lines on which they stand, to be shown beside a mistake. */
  readonly lines?: { readonly [line: number]: string };
};

export type Policy = {
  readonly name: string;
  readonly at: Position;
  readonly targets: Targets;
  /** Names of policies whose setters this one replaces, field by field. */
  readonly overrides: readonly string[];
  readonly guardrails: readonly GuardrailEntry[];
};

export type Exception = {
  readonly guardrail: string;
  /** account, region, group, control, rule or field: whatever is named must match. */
  readonly scope: { readonly [part: string]: string };
  readonly owner: string;
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
  readonly at: Position;
};

/** Named address ranges: name → CIDRs in canonical form. `internet` and `private` are always there. */
export type Ranges = { readonly [name: string]: readonly string[] };

export type State = {
  readonly fleets: readonly Fleet[];
  readonly ranges: Ranges;
  readonly policies: readonly Policy[];
  readonly exceptions: readonly Exception[];
  /** What is right as far as anybody can say, and probably not meant: told, never refused. */
  readonly hints?: readonly Problem[];
};

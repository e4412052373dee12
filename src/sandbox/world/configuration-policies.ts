/** Configuration policies of Security Hub: what the delegated administrator decides, for whom, and since when. */
import type { ConfigurationPolicySeed, SecurityHubSeed } from '../seed/security-hub.ts';
import type { Fields } from '../wire/fields.ts';

export type ConfigurationPolicy = {
  readonly id: string;
  name: string;
  description: string | undefined;
  /** As in the API; standards by the end of their ARN. */
  enabled: boolean;
  standards: readonly string[];
  /** Either of the two lists. */
  controls: { readonly on: readonly string[] } | { readonly off: readonly string[] };
  parameters: readonly Fields[];
  updatedAt: number;
  version: number;
  /** Ids of accounts, organisational units and the root that it was applied to. */
  readonly targets: Set<string>;
};

export type Associated = { readonly policy: ConfigurationPolicy; readonly type: 'APPLIED' | 'INHERITED' };

export type ConfigurationPolicies = {
  readonly all: ReadonlyMap<string, ConfigurationPolicy>;
  readonly applySeconds: number;
  readonly failing: { readonly [account: string]: string };
  /** The policy of an account: its own, or that of the closest unit above. */
  of(account: string): Associated | undefined;
  /** Whether policies reach a region. */
  reaches(region: string): boolean;
  isAdministrator(account: string): boolean;
};

export type Organisation = {
  /** From the account up: its id, its units, the root. */
  lineage(account: string): readonly string[];
  /** The id of a unit by its path, or of the root. */
  place(path: string): string;
  isAdministrator(account: string): boolean;
};

export function createPolicies(seed: SecurityHubSeed, organisation: Organisation): ConfigurationPolicies {
  const all = new Map(seed.policies.map((one) => [one.id, build(one, organisation)]));
  return {
    all,
    applySeconds: seed.applySeconds,
    failing: seed.failing,
    of(account) {
      for (const [depth, id] of organisation.lineage(account).entries()) {
        const policy = [...all.values()].find(({ targets }) => targets.has(id));
        if (policy) return { policy, type: depth === 0 ? 'APPLIED' : 'INHERITED' };
      }
      return undefined;
    },
    isAdministrator: (account) => organisation.isAdministrator(account),
    reaches: (region) => region === seed.home || seed.linked === 'all' || seed.linked.includes(region),
  };
}

function build(seed: ConfigurationPolicySeed, { place }: Organisation): ConfigurationPolicy {
  const { id, name, description, enabled, standards, only, disabled = [] } = seed;
  const parameters = Object.entries(seed.parameters).map(([SecurityControlId, own]) => ({
    SecurityControlId,
    Parameters: Object.fromEntries(
      Object.entries(own).map(([parameter, Value]) => [
        parameter,
        Value === 'default' ? { ValueType: 'DEFAULT' } : { ValueType: 'CUSTOM', Value },
      ]),
    ),
  }));
  return {
    ...{ id, name, description, enabled, standards, parameters },
    controls: only ? { on: only } : { off: disabled },
    updatedAt: Number.NEGATIVE_INFINITY,
    version: 1,
    targets: new Set(seed.targets.map((one) => (/^\d{12}$/.test(one) ? one : place(one)))),
  };
}

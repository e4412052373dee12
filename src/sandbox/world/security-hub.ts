/** What has Security Hub switched on in an account and region? Only what differs from AWS's own defaults is kept. */
import type { Clock } from '../clock.ts';
import type { SecurityHubSeed } from '../seed/security-hub.ts';
import { type ConfigurationPolicies, createPolicies, type Organisation } from './configuration-policies.ts';
import { followPolicy } from './follow-policy.ts';
import type { Hub } from './hub.ts';

export type Hubs = {
  in(account: string, region: string): Hub;
  /** Region from which central configuration is managed. */
  readonly home: string;
  readonly configuration: 'CENTRAL' | 'LOCAL';
  readonly policies: ConfigurationPolicies;
  /** Accounts in which it has made its own role; it stays when Security Hub is switched off. */
  readonly linked: Set<string>;
  /** Items that one batch call takes. */
  readonly mostItems: number;
  /** The error code for a control that a standard does not have; `refused`: the whole call is. */
  readonly stranger: SecurityHubSeed['stranger'];
};

/** Built when they are first looked at. Of several entries that speak of the same place, later ones win. */
export function createHubs(seed: SecurityHubSeed, clock: Clock, organisation: Organisation): Hubs {
  const { entries, home, configuration, mostItems, stranger } = seed;
  const startedAt = clock.now();
  const policies = createPolicies(seed, organisation);
  const hubs = new Map<string, Hub>();
  return {
    ...{ home, configuration, mostItems, stranger, policies, linked: new Set<string>() },
    in(account, region) {
      const key = `${account} ${region}`;
      const hub = hubs.get(key) ?? buildHub(matching(entries, account, region), startedAt);
      hubs.set(key, hub);
      followPolicy(hub, policies, { account, region, home, now: clock.now() });
      return hub;
    },
  };
}

type Entry = SecurityHubSeed['entries'][number];

function matching(entries: readonly Entry[], account: string, region: string): Entry {
  const meant = entries.filter(
    ({ accounts, regions }) => (!accounts || accounts.includes(account)) && (!regions || regions.includes(region)),
  );
  return Object.assign({}, ...meant);
}

function buildHub(entry: Entry, startedAt: number): Hub {
  const standards = entry.standards ?? [];
  const readyAt = startedAt + (entry.notReadySeconds ?? 0) * 1000;
  const disabled = Object.entries(entry.disabled ?? {}).flatMap(([control, reason]) =>
    standards.map((standard) => [`${control} ${standard}`, { status: 'DISABLED', reason, at: startedAt }] as const),
  );
  return {
    since: entry.enabled ? startedAt : undefined,
    autoEnable: entry.autoEnable ?? true,
    generator: entry.generator ?? 'SECURITY_CONTROL',
    subscriptions: new Map(standards.map((standard) => [standard, { readyAt }])),
    associations: new Map(disabled),
    parameters: new Map(Object.entries(entry.parameters ?? {})),
    unprocessed: new Map(Object.entries(entry.unprocessed ?? {})),
    central: entry.central ?? false,
    settleMs: (entry.settleSeconds ?? 0) * 1000,
  };
}

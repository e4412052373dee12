/** What has an account set, for itself and in each region? Kept apart from what stands there: most accounts have nothing set. */
import type { SettingsSeed } from '../seed/settings.ts';
import { BLOCKS, type Manageable, type MetadataField } from './setting-names.ts';

export type RegionSettings = {
  encryption: boolean;
  /** The ARN of a customer's key; without it the AWS managed one. */
  key: string | undefined;
  /** EC2 names the AWS managed key by its alias until a key was chosen, and by its ARN ever after. */
  keyWasChosen: boolean;
  snapshots: string;
  /** What was set last, what is shown until `shownAt` (by the sandbox's clock), and how long a change takes to show. */
  images: { value: string; readonly before: string; readonly shownAt: number };
  readonly imagesSettleMs: number;
  metadata: { readonly [field in MetadataField]?: string };
  serialConsole: boolean;
  readonly managed: ReadonlySet<Manageable>;
};

export type PublicAccessBlock = { readonly [block in (typeof BLOCKS)[number]]: boolean };

/** What an account has only once. */
export type AccountSettings = { publicAccessBlock: PublicAccessBlock | undefined };

export interface Settings {
  in(account: string, region: string): RegionSettings;
  of(account: string): AccountSettings;
}

/** Built when they are first looked at. Of several seeds that speak of the same place, later ones win. */
export function createSettings(seeds: readonly SettingsSeed[]): Settings {
  const regions = new Map<string, RegionSettings>();
  const accounts = new Map<string, AccountSettings>();
  return {
    in(account, region) {
      const key = `${account} ${region}`;
      const settings = regions.get(key) ?? regionSettings(matching(seeds, account, region));
      regions.set(key, settings);
      return settings;
    },
    of(account) {
      const settings = accounts.get(account) ?? accountSettings(matching(seeds, account));
      accounts.set(account, settings);
      return settings;
    },
  };
}

function matching(seeds: readonly SettingsSeed[], account: string, region?: string): SettingsSeed {
  const meant = seeds.filter(
    ({ accounts, regions }) =>
      (!accounts || accounts.includes(account)) && (!regions || (region !== undefined && regions.includes(region))),
  );
  return Object.assign({}, ...meant);
}

function regionSettings(seed: SettingsSeed): RegionSettings {
  const images = seed.images ?? 'unblocked';
  return {
    encryption: seed.encryption ?? false,
    key: seed.key,
    keyWasChosen: seed.key !== undefined,
    snapshots: seed.snapshots ?? 'unblocked',
    images: { value: images, before: images, shownAt: 0 },
    imagesSettleMs: (seed.imagesSettleSeconds ?? 0) * 1000,
    metadata: seed.metadata ?? {},
    serialConsole: seed.serialConsole ?? false,
    managed: new Set(seed.managed),
  };
}

function accountSettings({ publicAccessBlock }: SettingsSeed): AccountSettings {
  const block = (each: (typeof BLOCKS)[number]) => [each, publicAccessBlock?.includes(each) ?? false];
  return { publicAccessBlock: publicAccessBlock && (Object.fromEntries(BLOCKS.map(block)) as PublicAccessBlock) };
}

/** Which VPCs of other accounts does an account see? https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html */
import type { Account, Place } from '../world/world.ts';
import { filled, networkOf } from './account.ts';
import { groupIdOf } from './rule-text.ts';
import type { ParsedSeed } from './schema.ts';

type Share = { readonly owner: string; readonly region: string; readonly vpc: string; readonly to: string };

/**
 * @param find An account by id; asked only when a place is built, when all accounts are there.
 * @returns Adds the shared VPCs and their default groups to a place: the very same objects, owned by the other account.
 */
export function createShares(seed: ParsedSeed, find: (id: string) => Account | undefined): (place: Place) => void {
  const shares = seed.regions.flatMap((region) => sharesIn(seed, region));
  return (place) => {
    for (const share of shares) {
      if (share.to === place.account && share.region === place.region)
        add(place, share, find(share.owner)?.place(share.region));
    }
  };
}

function sharesIn(seed: ParsedSeed, region: string): readonly Share[] {
  return seed.accounts.flatMap((account) =>
    (networkOf(filled(seed, account), region)?.vpcs ?? []).flatMap((vpc) =>
      vpc.sharedWith.map((to) => ({ owner: account.id, region, vpc: vpc.name, to })),
    ),
  );
}

function add(place: Place, share: Share, from: Place | undefined): void {
  const group = from?.groups.get(groupIdOf(share.owner, share.region, share.vpc, 'default'));
  const vpc = from?.vpcs.get(group?.vpcId ?? '');
  if (!group || !vpc) return;
  place.vpcs.set(vpc.id, { ...vpc, isDefault: false });
  place.groups.set(group.id, group);
}

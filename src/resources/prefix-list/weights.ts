/**
 * As how many rules does a prefix list count? One of an account by the most entries that it may have, one of AWS by a
 * weight that no call tells, and that has nothing to do with its entries.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html#aws-managed-prefix-list-weights
 */
import type { ManagedPrefixList } from '@aws-sdk/client-ec2';

/** What the name ends with, after the region or `global`. */
const WEIGHTS: { readonly [service: string]: number } = {
  'cloudfront.origin-facing': 55,
  dynamodb: 1,
  'ec2-instance-connect': 2,
  groundstation: 5,
  'route53-healthchecks': 25,
  s3: 1,
  s3express: 6,
  'vpc-lattice': 10,
};

/** `com.amazonaws.eu-west-1.ipv6.vpc-lattice` → `vpc-lattice` */
const NAME = /^(?:cn\.)?com\.amazonaws\.[a-z0-9-]+\.(?:ipv6\.)?(.+)$/;

/** @returns undefined for a list of AWS that is newer than this table */
export function weightOf({ OwnerId, PrefixListName = '', MaxEntries }: ManagedPrefixList): number | undefined {
  const service = OwnerId === 'AWS' ? NAME.exec(PrefixListName)?.[1] : undefined;
  return service !== undefined && Object.hasOwn(WEIGHTS, service) ? WEIGHTS[service] : MaxEntries;
}

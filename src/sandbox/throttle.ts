/** Is this request within the rate that AWS grants? Token buckets per account, region and action. */

type Bucket = { tokens: number; at: number };
type Size = readonly [capacity: number, refillPerSecond: number];

const READ: Size = [100, 20];
const BROAD_READ: Size = [50, 10];
const WRITE: Size = [50, 5];

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
const SIZES: { readonly [action: string]: Size } = {
  'ec2:CreateTags': [100, 10],
  'ec2:DeleteTags': [100, 10],
  'ec2:DescribeStaleSecurityGroups': [20, 5],
  'ec2:DescribeSecurityGroupReferences': [20, 5],
  'ec2:ModifyInstanceMetadataDefaults': [2, 2],
  'ec2:EnableSnapshotBlockPublicAccess': [1, 0.1],
  'ec2:DisableSnapshotBlockPublicAccess': [1, 0.1],
  'ec2:EnableImageBlockPublicAccess': [1, 0.1],
  'ec2:DisableImageBlockPublicAccess': [1, 0.1],
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html (burst, rate)
  'organizations:ListAccounts': [12, 8],
  'organizations:ListAccountsForParent': [8, 5],
  'organizations:ListOrganizationalUnitsForParent': [8, 5],
  'organizations:ListRoots': [2, 1],
  'organizations:ListTagsForResource': [15, 10],
  'organizations:DescribeOrganization': [2, 1],
  'organizations:DescribeAccount': [30, 20],
  'organizations:DescribeOrganizationalUnit': [2, 2],
  'securityhub:BatchEnableStandards': [1, 1],
  'cloudtrail:LookupEvents': [2, 2],
};

const BROAD = new Set(['ec2:DescribeSecurityGroups', 'ec2:DescribeNetworkInterfaces']);

export type Asked = {
  readonly account: string;
  readonly region: string;
  readonly service: string;
  readonly action: string;
  /** Whether the read names what it wants or asks for pages. */
  readonly bounded: boolean;
};

/** @returns A function that takes one token and says whether there was one. */
export function createThrottle(now: () => number = Date.now): (asked: Asked) => boolean {
  const buckets = new Map<string, Bucket>();
  return (asked) => {
    const [capacity, refill] = sizeOf(asked);
    const key = `${asked.account} ${asked.region} ${asked.service}:${asked.action} ${capacity}`;
    const bucket = buckets.get(key) ?? { tokens: capacity, at: now() };
    bucket.tokens = Math.min(capacity, bucket.tokens + ((now() - bucket.at) / 1000) * refill);
    bucket.at = now();
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}

function sizeOf({ service, action, bounded }: Asked): Size {
  const name = `${service}:${action}`;
  const own = SIZES[name];
  if (own) return own;
  // STS grants 600 a second to the caller's account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  if (service === 'sts') return [600, 600];
  // https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html
  if (service === 'securityhub') return [30, 10];
  if (!/^(Describe|Get|List)/.test(action)) return WRITE;
  return BROAD.has(name) && !bounded ? BROAD_READ : READ;
}

/** How fast does AWS let itself be called? The published limits, and which of them a request counts against. Pure. */
import type { JsonObject } from '../model/json.ts';
import type { Service } from '../model/operation.ts';
import { type Rate, scale } from './rate.ts';

/** A bucket within a service, and its rate in one account and region. */
export type Limit = { readonly category: string; readonly rate: Rate };

/** What a service's ordinary calls get; `fleet.limits.rate` replaces this figure and moves the others in proportion. */
const USUAL: { readonly [S in Service]: Rate } = {
  // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
  ec2: { capacity: 100, perSecond: 20 },
  // IAM publishes no figures; an account takes a handful of calls per run.
  iam: { capacity: 20, perSecond: 10 },
  // https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
  kms: { capacity: 100, perSecond: 100 },
  // 600 a second for an account and region, shared with everybody else in it.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  sts: { capacity: 400, perSecond: 400 },
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
  organizations: { capacity: 8, perSecond: 5 },
  // https://docs.aws.amazon.com/securityhub/1.0/APIReference/Welcome.html
  securityhub: { capacity: 30, perSecond: 10 },
  s3: { capacity: 100, perSecond: 100 },
  // S3 publishes no figures for its control API; an account takes two or three calls per run.
  's3-control': { capacity: 20, perSecond: 10 },
  // https://docs.aws.amazon.com/accounts/latest/reference/quotas.html
  account: { capacity: 5, perSecond: 5 },
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
  cloudtrail: { capacity: 2, perSecond: 2 },
};

/** Operations with a bucket of their own. Sources as above. */
const OWN: { readonly [operation: string]: Rate } = {
  'ec2:CreateTags': { capacity: 100, perSecond: 10 },
  'ec2:DeleteTags': { capacity: 100, perSecond: 10 },
  'ec2:DescribeStaleSecurityGroups': { capacity: 20, perSecond: 5 },
  'ec2:DescribeSecurityGroupReferences': { capacity: 20, perSecond: 5 },
  'ec2:ModifyInstanceMetadataDefaults': { capacity: 2, perSecond: 2 },
  'ec2:EnableImageBlockPublicAccess': { capacity: 1, perSecond: 0.1 },
  'ec2:DisableImageBlockPublicAccess': { capacity: 1, perSecond: 0.1 },
  'ec2:EnableSnapshotBlockPublicAccess': { capacity: 1, perSecond: 0.1 },
  'ec2:DisableSnapshotBlockPublicAccess': { capacity: 1, perSecond: 0.1 },
  'organizations:ListAccounts': { capacity: 12, perSecond: 8 },
  'organizations:ListRoots': { capacity: 2, perSecond: 1 },
  'organizations:ListTagsForResource': { capacity: 15, perSecond: 10 },
  'organizations:DescribeOrganization': { capacity: 2, perSecond: 1 },
  'organizations:DescribeOrganizationalUnit': { capacity: 2, perSecond: 2 },
  'securityhub:BatchEnableStandards': { capacity: 1, perSecond: 1 },
  'securityhub:UpdateStandardsControl': { capacity: 5, perSecond: 1 },
  'securityhub:GetFindings': { capacity: 6, perSecond: 3 },
};

const UNFILTERED: Rate = { capacity: 50, perSecond: 10 };
const MUTATING: Rate = { capacity: 50, perSecond: 5 };

/** Reads that cost twice as much when they ask for everything at once, and what bounds them. */
const BOUNDABLE = ['ec2:DescribeSecurityGroups', 'ec2:DescribeNetworkInterfaces'];
const BOUNDS = ['Filters', 'MaxResults', 'NextToken', 'GroupIds', 'NetworkInterfaceIds'];

function ec2Rate(operation: string, input: JsonObject): Rate {
  if (!/:(Describe|Get|List|Search)/.test(operation)) return MUTATING;
  return BOUNDABLE.includes(operation) && !BOUNDS.some((field) => field in input) ? UNFILTERED : USUAL.ec2;
}

/**
 * AWS keeps a bucket for each action, except STS, which has one for all of them.
 *
 * @param rates `fleet.limits.rate`: service → ordinary calls per second, above zero.
 */
export function limitOf(operation: string, input: JsonObject, rates: { readonly [service: string]: number }): Limit {
  const service = operation.slice(0, operation.indexOf(':')) as Service;
  const usual = USUAL[service];
  const rate = OWN[operation] ?? (service === 'ec2' ? ec2Rate(operation, input) : usual);
  const wanted = rates[service];
  return {
    category: service === 'sts' ? service : rate === UNFILTERED ? `${operation} unbounded` : operation,
    rate: wanted === undefined ? rate : scale(rate, wanted / usual.perSecond),
  };
}

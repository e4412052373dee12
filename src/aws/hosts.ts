/** Whose host is it? Tells AWS's own names for a service from loopback addresses and from everything else. Pure. */
import type { Service } from '../model/operation.ts';

/**
 * DNS suffixes of AWS's partitions, ordinary and dual-stack.
 * https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const SUFFIXES = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
] as const;

const REGION = /^[a-z]{2,5}(-[a-z]+)+-\d+$/;
const INTERFACE_ENDPOINT = /^vpce-[0-9a-f]{8,}(-[a-z0-9]+)*$/;

/** The labels in front of AWS's suffix, or undefined for a host that is not AWS's. */
function labelsBeforeSuffix(hostname: string): readonly string[] | undefined {
  const suffix = SUFFIXES.find((known) => hostname.endsWith(`.${known}`));
  return suffix && hostname.slice(0, -suffix.length - 1).split('.');
}

export function isAwsHost(hostname: string): boolean {
  return labelsBeforeSuffix(hostname) !== undefined;
}

/** 127.0.0.0/8, ::1 and `localhost`, as `URL.hostname` writes them. */
export function isLoopback(hostname: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === 'localhost' || hostname === '[::1]' || hostname === '::1';
}

/** The region a host of AWS is in, if it says so. */
export function regionOfHost(hostname: string): string | undefined {
  return labelsBeforeSuffix(hostname)?.find((label) => REGION.test(label));
}

/**
 * Whether the host answers for this service and nobody else. The label alone is not enough: anybody may own
 * `sts.s3.amazonaws.com` (a bucket) or `ec2-….compute.amazonaws.com` (an instance), so only whole shapes count:
 *
 *     ec2.eu-west-1.amazonaws.com   iam.amazonaws.com   ec2.eu-west-1.api.aws   sts-fips.us-east-1.amazonaws.com
 *     vpce-0123456789abcdef0-abcdefgh.ec2.us-west-2.vpce.amazonaws.com
 *
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
 */
export function isHostOf(service: Service, hostname: string): boolean {
  const labels = labelsBeforeSuffix(hostname);
  if (!labels) return false;
  const own = (label: string | undefined): boolean => label === service || label === `${service}-fips`;
  const [first, second, third, fourth] = labels;
  if (labels.length === 1) return own(first);
  if (labels.length === 2) return own(first) && (REGION.test(second ?? '') || second === 'us-gov');
  if (labels.length !== 4 || fourth !== 'vpce') return false;
  return INTERFACE_ENDPOINT.test(first ?? '') && own(second) && REGION.test(third ?? '');
}

/** How are standards called? Short names for people; ARNs as Security Hub answers them, and as it wants to be asked. */

/**
 * Short name → the end of the ARN. Standards that are not listed go by the end of their ARN.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
 */
const KEYS: { readonly [short: string]: string } = {
  'cis-1.2': 'ruleset/cis-aws-foundations-benchmark/v/1.2.0',
  'cis-1.4': 'standards/cis-aws-foundations-benchmark/v/1.4.0',
  'cis-3.0': 'standards/cis-aws-foundations-benchmark/v/3.0.0',
  'cis-5.0': 'standards/cis-aws-foundations-benchmark/v/5.0.0',
  'control-tower': 'standards/service-managed-aws-control-tower/v/1.0.0',
  fsbp: 'standards/aws-foundational-security-best-practices/v/1.0.0',
  'nist-800-171': 'standards/nist-800-171/v/2.0.0',
  'nist-800-53': 'standards/nist-800-53/v/5.0.0',
  'pci-dss-3.2.1': 'standards/pci-dss/v/3.2.1',
  'pci-dss-4.0.1': 'standards/pci-dss/v/4.0.1',
  'resource-tagging': 'standards/aws-resource-tagging-standard/v/1.0.0',
};
const SHORT = new Map(Object.entries(KEYS).map(([short, key]) => [key, short]));

export const STANDARDS: readonly string[] = Object.keys(KEYS).sort();

/** What Security Hub switches on by itself together with the hub, unless it is told not to. */
export const DEFAULT_STANDARDS: readonly string[] = ['cis-1.2', 'fsbp'];

/** The same standard has an ARN for each partition and region, but for the oldest, whose ARN names no region. */
export function standardOf(arn: string): string {
  const key = arn.split(':').slice(5).join(':');
  return SHORT.get(key) ?? key;
}

export function standardArn(standard: string, { partition, region }: { partition: string; region: string }): string {
  const key = keyOf(standard);
  return `arn:${partition}:securityhub:${key.startsWith('ruleset/') ? '' : region}::${key}`;
}

function keyOf(standard: string): string {
  return Object.hasOwn(KEYS, standard) ? (KEYS[standard] ?? standard) : standard;
}

/** A short name, or the end of an ARN. */
export function isStandard(text: string): boolean {
  return Object.hasOwn(KEYS, text) || /^(standards|ruleset)\/[\w-]+\/v\/[\w.]+$/.test(text);
}

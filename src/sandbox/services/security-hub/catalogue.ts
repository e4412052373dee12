/**
 * Which standards and controls are there? Three hundred controls of AWS and some of Azure, the same in every run.
 * Ids look like the real ones; which control belongs to which standard is made up by a rule.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
 */

export type Provider = 'AWS' | 'Azure';
export type Standard = {
  /** The end of its ARN. */
  readonly key: string;
  readonly name: string;
  readonly provider: Provider;
  readonly byDefault: boolean;
};
export type Control = {
  readonly id: string;
  readonly title: string;
  readonly provider: Provider;
  readonly severity: string;
  readonly standards: readonly string[];
  /** Name → kind → what is allowed, as in the API. */
  readonly parameters: { readonly [name: string]: { readonly [kind: string]: { readonly DefaultValue?: unknown } } };
  /** The only regions that have it; all, unless said. */
  readonly only?: readonly string[];
  readonly missingIn: readonly string[];
};

const FSBP = 'standards/aws-foundational-security-best-practices/v/1.0.0';
const CIS_1 = 'ruleset/cis-aws-foundations-benchmark/v/1.2.0';
const CIS_3 = 'standards/cis-aws-foundations-benchmark/v/3.0.0';
const NIST = 'standards/nist-800-53/v/5.0.0';
const PCI = 'standards/pci-dss/v/4.0.1';
const AZURE = 'standards/cis-microsoft-azure-foundations-benchmark/v/3.0.0';

export const STANDARDS: readonly Standard[] = [
  { key: FSBP, name: 'AWS Foundational Security Best Practices v1.0.0', provider: 'AWS', byDefault: true },
  { key: CIS_1, name: 'CIS AWS Foundations Benchmark v1.2.0', provider: 'AWS', byDefault: true },
  { key: CIS_3, name: 'CIS AWS Foundations Benchmark v3.0.0', provider: 'AWS', byDefault: false },
  { key: NIST, name: 'NIST Special Publication 800-53 Revision 5', provider: 'AWS', byDefault: false },
  { key: PCI, name: 'PCI DSS v4.0.1', provider: 'AWS', byDefault: false },
  { key: AZURE, name: 'CIS Microsoft Azure Foundations Benchmark v3.0.0', provider: 'Azure', byDefault: false },
];

/** Three hundred in all. */
const SIZES: { readonly [service: string]: number } = {
  ...{ CloudFront: 15, CloudTrail: 10, CloudWatch: 17, Config: 1, DynamoDB: 7, EC2: 50, ECS: 16, EKS: 9, ELB: 18 },
  ...{ GuardDuty: 13, IAM: 28, KMS: 5, Lambda: 7, RDS: 45, Redshift: 18, Route53: 2, S3: 25, SNS: 4, SQS: 3, SSM: 7 },
};

const IN_CIS = ['CloudTrail', 'CloudWatch', 'Config', 'EC2', 'IAM', 'KMS', 'RDS', 'S3'];
const GLOBAL_SERVICES = ['CloudFront', 'Route53'];

/** https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-custom-params.html */
const PARAMETERS: { readonly [control: string]: Control['parameters'] } = {
  'CloudWatch.16': { minRetentionTime: { Enum: { DefaultValue: '365' } } },
  'EC2.18': { authorizedTcpPorts: { IntegerList: { DefaultValue: [80, 443] } } },
  'IAM.7': {
    MinimumPasswordLength: { Integer: { DefaultValue: 8 } },
    RequireSymbols: { Boolean: { DefaultValue: true } },
  },
  'S3.11': { eventTypes: { EnumList: { DefaultValue: ['s3:ObjectCreated:*'] } } },
};

/** Small regions lack a few controls, each others. */
const SMALL_REGIONS = ['ap-southeast-3', 'eu-central-2', 'il-central-1', 'mx-central-1'];

export const CONTROLS: readonly Control[] = [
  ...Object.entries(SIZES).flatMap(([service, size]) =>
    Array.from({ length: size }, (_, index) => ofAws(service, index + 1)),
  ),
  ...Array.from({ length: 10 }, (_, index) => ofAzure(index + 1)),
];

const BY_ID: ReadonlyMap<string, Control> = new Map(CONTROLS.map((control) => [control.id, control]));

export function findControl(id: string): Control | undefined {
  return BY_ID.get(id);
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/controls-to-disable.html#controls-to-disable-global-resources */
export function usesGlobalResources({ id }: Control): boolean {
  return ['IAM', ...GLOBAL_SERVICES].includes(id.split('.')[0] ?? '');
}

export function isAvailable({ only, missingIn }: Control, region: string): boolean {
  return (!only || only.includes(region)) && !missingIn.includes(region);
}

function ofAws(service: string, number: number): Control {
  const id = `${service}.${number}`;
  const inCis = IN_CIS.includes(service);
  const standards = [
    ...(number % 7 > 0 ? [FSBP] : []),
    ...(inCis && number <= 30 ? [CIS_1] : []),
    ...(inCis && number % 4 < 3 ? [CIS_3] : []),
    ...(number % 5 > 0 ? [NIST] : []),
    ...(number % 3 > 0 ? [PCI] : []),
  ];
  return {
    id,
    title: `${service} should meet requirement ${number}`,
    provider: 'AWS',
    severity: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'][number % 4] ?? 'LOW',
    standards,
    parameters: PARAMETERS[id] ?? {},
    ...(GLOBAL_SERVICES.includes(service) && { only: ['us-east-1'] }),
    missingIn: inCis ? [] : SMALL_REGIONS.filter((_, index) => (number + index) % 4 === 0),
  };
}

function ofAzure(number: number): Control {
  const facts = { standards: [AZURE], parameters: {}, missingIn: [] };
  return {
    id: `AzureStorage.${number}`,
    title: `Azure storage ${number}`,
    provider: 'Azure',
    severity: 'LOW',
    ...facts,
  };
}

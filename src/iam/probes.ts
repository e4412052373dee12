/** How is a permission tried out without any effect? EC2 says with `DryRun` whether it would have let a request through. */
import type { JsonObject } from '../model/json.ts';
import type { Call, Operation } from '../model/operation.ts';

/** Something that exists, for requests that must name it. */
export type Samples = { readonly groupId?: string | undefined };

/** Addresses that nobody has. https://www.rfc-editor.org/rfc/rfc5737 */
const RULE = {
  IpProtocol: 'tcp',
  FromPort: 9,
  ToPort: 9,
  IpRanges: [{ CidrIp: '192.0.2.1/32', Description: 'probe' }],
};

const onGroup = ({ groupId }: Samples): JsonObject | undefined =>
  groupId === undefined ? undefined : { GroupId: groupId, IpPermissions: [RULE] };
const nothing = (): JsonObject => ({});

/** What a request must say besides `DryRun`. Operations that are not here need something that cannot be made up. */
const INPUTS: { readonly [operation: string]: (samples: Samples) => JsonObject | undefined } = {
  'ec2:AuthorizeSecurityGroupIngress': onGroup,
  'ec2:AuthorizeSecurityGroupEgress': onGroup,
  'ec2:RevokeSecurityGroupIngress': onGroup,
  'ec2:RevokeSecurityGroupEgress': onGroup,
  'ec2:UpdateSecurityGroupRuleDescriptionsIngress': onGroup,
  'ec2:UpdateSecurityGroupRuleDescriptionsEgress': onGroup,
  'ec2:EnableEbsEncryptionByDefault': nothing,
  'ec2:DisableEbsEncryptionByDefault': nothing,
  'ec2:ModifyEbsDefaultKmsKeyId': () => ({ KmsKeyId: 'alias/aws/ebs' }),
  'ec2:ResetEbsDefaultKmsKeyId': nothing,
  'ec2:EnableSnapshotBlockPublicAccess': () => ({ State: 'block-all-sharing' }),
  'ec2:DisableSnapshotBlockPublicAccess': nothing,
  'ec2:EnableImageBlockPublicAccess': () => ({ ImageBlockPublicAccessState: 'block-new-sharing' }),
  'ec2:DisableImageBlockPublicAccess': nothing,
  'ec2:EnableSerialConsoleAccess': nothing,
  'ec2:DisableSerialConsoleAccess': nothing,
  'ec2:ModifyInstanceMetadataDefaults': () => ({ HttpTokens: 'required' }),
};

/** `undefined` where nothing can be tried out: no dry run, or nothing to name. */
export function probeFor({ id, service }: Operation, samples: Samples): Call | undefined {
  if (service !== 'ec2') return undefined;
  const reads = /:(Describe\w+s|GetEbs\w+|Get\w+(Status|State|Defaults))$/.test(id);
  const input = reads ? {} : INPUTS[id]?.(samples);
  return input && { operation: id, input: { ...input, DryRun: true } };
}

export type Verdict = 'allowed' | 'denied' | 'unclear';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors */
export function verdictOf(error: unknown): Verdict {
  const name = error instanceof Error ? error.name : '';
  if (name === 'DryRunOperation') return 'allowed';
  return name === 'UnauthorizedOperation' || name === 'AccessDenied' ? 'denied' : 'unclear';
}

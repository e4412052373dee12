/** Where the sandbox and moto differ, why, and the documentation of AWS that decides which of them is right. */

type Difference = {
  readonly guardrail: string;
  /** Matched against `path: sandbox | moto`. */
  readonly where: RegExp;
  readonly reason: string;
  readonly decidedBy: string;
};

const STOCK_RULE = {
  where: /^(before|after|undone|plan) ▸ .*▸ all from sg-#1: .* \| absent$/,
  reason: 'moto makes a default group without the rule that lets its members reach each other',
  decidedBy: 'https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html',
};

export const DIFFERENCES: readonly Difference[] = [
  { guardrail: 'allowed-ingress', ...STOCK_RULE },
  { guardrail: 'default-security-group', ...STOCK_RULE },
  { guardrail: 'ingress-findings', ...STOCK_RULE },
  { guardrail: 'security-group-rules', ...STOCK_RULE },
];

/** Questions that moto has no answer to, and that stand in the way of others which it does judge. */
export const FILLED: { readonly [action: string]: { readonly answer: string; readonly decidedBy: string } } = {
  'ec2:DescribeSecurityGroupVpcAssociations': {
    answer:
      '<DescribeSecurityGroupVpcAssociationsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>relay</requestId><securityGroupVpcAssociationSet/></DescribeSecurityGroupVpcAssociationsResponse>',
    decidedBy: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupVpcAssociations.html',
  },
  'ec2:GetEbsDefaultKmsKeyId': {
    answer:
      '<GetEbsDefaultKmsKeyIdResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>relay</requestId><kmsKeyId>alias/aws/ebs</kmsKeyId></GetEbsDefaultKmsKeyIdResponse>',
    decidedBy: 'https://docs.aws.amazon.com/cli/latest/reference/ec2/get-ebs-default-kms-key-id.html#examples',
  },
};

/** What moto must be able to judge. Of the others it is found out, and said, which it can. */
export const MUST_JUDGE = [
  'account-alias',
  'allowed-ingress',
  'default-security-group',
  'ebs-encryption',
  'password-policy',
  's3-public-access',
] as const;

/** Guardrails for whose resources moto has no API at all, though it answers some of the calls around them. */
export const NOT_AT_MOTO: { readonly [guardrail: string]: string } = {
  'security-hub': 'securityhub:GetEnabledStandards, securityhub:BatchEnableStandards',
  'security-hub-controls':
    'securityhub:ListSecurityControlDefinitions, securityhub:BatchGetStandardsControlAssociations',
};

/** Cases that rest on an answer that was filled in. */
export const NOT_JUDGED: { readonly [guardrailAndCase: string]: string } = {
  'ebs-encryption: a key of its own': 'ec2:GetEbsDefaultKmsKeyId',
  'ebs-encryption: back to the AWS managed key': 'ec2:GetEbsDefaultKmsKeyId',
};

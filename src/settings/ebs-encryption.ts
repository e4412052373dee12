/**
 * EBS encryption by default: are new volumes in this region encrypted, and with which key?
 * One value per account and region; volumes that already exist are never touched.
 * https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
 */
import {
  DisableEbsEncryptionByDefaultCommand,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsDefaultKmsKeyIdCommand,
  GetEbsEncryptionByDefaultCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  ResetEbsDefaultKmsKeyIdCommand,
} from '@aws-sdk/client-ec2';
import { ListAliasesCommand } from '@aws-sdk/client-kms';
import { z } from 'zod';
import type { Aws } from '../model/aws.ts';
import { operation } from '../model/operation.ts';
import { changed, step } from '../model/resource.ts';
import { defineSetting } from '../model/setting.ts';
import { atPlace } from './at-place.ts';
import { reported } from './reported.ts';

const getEncryption = operation('ec2:GetEbsEncryptionByDefault', GetEbsEncryptionByDefaultCommand);
const getKey = operation('ec2:GetEbsDefaultKmsKeyId', GetEbsDefaultKmsKeyIdCommand);
const listAliases = operation('kms:ListAliases', ListAliasesCommand, { token: 'Marker', nextToken: 'NextMarker' });
const enable = operation('ec2:EnableEbsEncryptionByDefault', EnableEbsEncryptionByDefaultCommand);
const disable = operation('ec2:DisableEbsEncryptionByDefault', DisableEbsEncryptionByDefaultCommand);
/**
 * EC2 looks the key up in the name of whoever chooses it, and later: without this the call may seem to succeed. AWS documents
 * the looking up, not the permission; its own accelerator has it. The key may be another account's.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
 * https://github.com/awslabs/landing-zone-accelerator-on-aws/blob/main/source/packages/@aws-accelerator/constructs/lib/aws-ec2/ebs-encryption.ts
 */
const useKey = operation('ec2:ModifyEbsDefaultKmsKeyId', ModifyEbsDefaultKmsKeyIdCommand, {
  permissions: [{}, { action: 'kms:DescribeKey' }],
});
const resetKey = operation('ec2:ResetEbsDefaultKmsKeyId', ResetEbsDefaultKmsKeyIdCommand);

type Encryption = { readonly encrypted: boolean; readonly key: string };

const AWS_MANAGED = 'aws-managed';
const ALIAS = 'alias/aws/ebs';

// EC2 also takes a key by id or alias but answers with its ARN: anything else in the state would differ from the
// answer for ever, and be planned again on every run.
const keyArn = z.string().regex(/^arn:aws[a-z-]*:kms:([a-z0-9-]+|\{region\}):(\d{12}|\{account\}):key\/[\w-]+$/, {
  error:
    'write the ARN of a KMS key (arn:aws:kms:…:key/…, where {region} and {account} are filled in), or "aws-managed"; an alias or a bare id does not do',
});

const KEY = '`aws-managed`, or the ARN of a key; `{region}` and `{account}` in it are filled in';

const schema = z
  .strictObject({
    encrypted: z
      .boolean()
      .describe('whether new volumes and copies of snapshots are encrypted; those that exist stay as they are'),
    key: z.literal(AWS_MANAGED).or(keyArn).describe(KEY).exactOptional(),
  })
  .refine(({ encrypted, key }) => encrypted || key === undefined, {
    path: ['key'],
    error: 'a key has no effect while "encrypted" is false: remove "key", or turn encryption on',
  });

export const ebsEncryption = defineSetting<Encryption, z.infer<typeof schema>>({
  name: 'ebs-encryption',
  summary: 'New EBS volumes are encrypted, with the key that is named; a key left out stays as it is.',
  scope: 'region',
  schema,
  reads: [getEncryption, getKey, listAliases],
  writes: [enable, disable, useKey, resetKey],
  undo: 'the setting and its key return; volumes made meanwhile stay encrypted as they were made.',

  async read(aws) {
    const { EbsEncryptionByDefault: encrypted } = await aws.send(getEncryption({}));
    const { KmsKeyId: key } = await aws.send(getKey({}));
    return { encrypted: reported(encrypted, getEncryption), key: await canonicalKey(reported(key, getKey), aws) };
  },

  desire: (observed, { encrypted, key }, around) => ({
    encrypted,
    key: key === undefined ? observed.key : atPlace(key, around),
  }),

  transition(from, to) {
    const turnsOn = to.encrypted && !from.encrypted;
    const turnsOff = from.encrypted && !to.encrypted;
    const chooseKey = to.key === AWS_MANAGED ? resetKey({}) : useKey({ KmsKeyId: to.key });

    // EC2 takes a key only while encryption is on, hence: turn on, choose the key, turn off.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html
    return [
      ...(turnsOn ? [step(enable({}), changed('encrypted', from, to, 'tightens'))] : []),
      ...(from.key !== to.key ? [step(chooseKey, changed('key', from, to, 'neutral'))] : []),
      ...(turnsOff ? [step(disable({}), changed('encrypted', from, to, 'loosens'))] : []),
    ];
  },
});

/**
 * EC2 names the AWS managed key by its alias as long as no key was ever chosen, and by its ARN after a reset: one key,
 * two names. KMS knows which key the alias stands for, and listing aliases creates none.
 * https://docs.aws.amazon.com/cli/latest/reference/ec2/reset-ebs-default-kms-key-id.html#examples
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html
 */
async function canonicalKey(key: string, aws: Aws): Promise<string> {
  if (key === ALIAS) return AWS_MANAGED;
  // Another account's key cannot be this account's AWS managed one.
  if (key.split(':')[4] !== aws.account) return key;
  for await (const { Aliases } of aws.pages(listAliases({ Limit: 100 }))) {
    const managed = Aliases?.find(({ AliasName }) => AliasName === ALIAS)?.TargetKeyId;
    if (managed !== undefined) return key.endsWith(`:key/${managed}`) ? AWS_MANAGED : key;
  }
  return key;
}

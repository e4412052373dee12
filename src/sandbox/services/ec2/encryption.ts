/** Are new EBS volumes encrypted, and with which key? https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html */
import type { Action, Call, Need } from '../../service.ts';
import { text } from '../../wire/fields.ts';
import type { RegionSettings } from '../../world/settings.ts';
import { managedKeyId } from '../kms.ts';
import { invalidValue, missingParameter } from './errors.ts';
import { onSettings } from './settings.ts';

export const encryptionActions: { readonly [action: string]: Action } = {
  GetEbsEncryptionByDefault: onSettings((here) => ({ ebsEncryptionByDefault: here.encryption })),
  EnableEbsEncryptionByDefault: onSettings((here) => setEncryption(here, true)),
  DisableEbsEncryptionByDefault: onSettings((here) => setEncryption(here, false)),
  GetEbsDefaultKmsKeyId: onSettings((here, call) => ({ kmsKeyId: shownKey(here, call) })),
  ModifyEbsDefaultKmsKeyId: { ...onSettings(modifyKey), needs: choosing },
  ResetEbsDefaultKmsKeyId: onSettings((here, call) => setKey(here, call, undefined)),
};

/**
 * The key is looked up in the caller's name, as far as it is not the account's own for EBS.
 * https://github.com/awslabs/landing-zone-accelerator-on-aws/blob/main/source/packages/@aws-accelerator/constructs/lib/aws-ec2/ebs-encryption.ts
 */
function choosing({ input }: Call): readonly Need[] {
  const key = text(input, 'KmsKeyId') ?? '';
  return [{ resource: '*' }, ...(key.startsWith('arn:') ? [{ action: 'kms:DescribeKey', resource: key }] : [])];
}

function setEncryption(here: RegionSettings, on: boolean): object {
  here.encryption = on;
  return { ebsEncryptionByDefault: on };
}

/** The AWS managed key goes by its alias until a key was chosen, and by its ARN once it was reset to. */
function shownKey(here: RegionSettings, { world, account, region }: Call): string {
  if (here.key !== undefined) return here.key;
  if (!here.keyWasChosen) return 'alias/aws/ebs';
  return `arn:${world.partition}:kms:${region}:${account.id}:key/${managedKeyId(account.id, region)}`;
}

function setKey(here: RegionSettings, call: Call, key: string | undefined): object {
  here.key = key;
  here.keyWasChosen = true;
  return { kmsKeyId: shownKey(here, call) };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyEbsDefaultKmsKeyId.html: "the encrypted state must be true". */
function modifyKey(here: RegionSettings, call: Call): object {
  const key = text(call.input, 'KmsKeyId');
  if (key === undefined) throw missingParameter('KmsKeyId');
  if (!here.encryption) throw invalidValue('KmsKeyId cannot be set while encryption by default is disabled');
  if (!/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(key)) throw invalidValue(`The key ${key} is not valid`);
  return setKey(here, call, key.endsWith(managedKeyId(call.account.id, call.region)) ? undefined : key);
}

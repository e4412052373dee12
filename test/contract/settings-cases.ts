/** The cases of the plain settings. */
import {
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  EnableSerialConsoleAccessCommand,
  EnableSnapshotBlockPublicAccessCommand,
  ModifyEbsDefaultKmsKeyIdCommand,
  ModifyInstanceMetadataDefaultsCommand,
} from '@aws-sdk/client-ec2';
import { CreateAccountAliasCommand, IAMClient } from '@aws-sdk/client-iam';
import { PutPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { s3ControlClient } from '../support/s3-control.ts';
import { ACCOUNT, REGION } from '../support/worlds.ts';
import type { ContractCase } from './contract.ts';

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/mrk-1234abcd12ab34cd56ef1234567890ab`;

export const SETTINGS_CASES: { readonly [guardrail: string]: readonly ContractCase[] } = {
  'account-alias': [
    { title: 'an account without one', guardrails: '  account-alias: { alias: "acme-{account}" }', changes: 1 },
    {
      title: 'another alias that gives way',
      guardrails: '  account-alias: { alias: acme-contract }',
      arrange: async (administrator) => {
        await new IAMClient(administrator).send(new CreateAccountAliasCommand({ AccountAlias: 'old-name' }));
      },
      changes: 1,
    },
  ],
  'ebs-encryption': [
    { title: 'nothing set', guardrails: '  ebs-encryption: { encrypted: true }', changes: 1 },
    {
      title: 'a key of its own',
      guardrails: '  ebs-encryption: { encrypted: true, key: "arn:aws:kms:{region}:{account}:key/mrk-0" }',
      changes: 1,
    },
    {
      title: 'back to the AWS managed key',
      guardrails: '  ebs-encryption: { encrypted: true, key: aws-managed }',
      arrange: async (administrator) => {
        const ec2 = new EC2Client(administrator);
        await ec2.send(new EnableEbsEncryptionByDefaultCommand({}));
        await ec2.send(new ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: KEY }));
      },
      changes: 1,
    },
    {
      title: 'off, the key stays',
      guardrails: '  ebs-encryption: { encrypted: false }',
      arrange: async (administrator) => {
        await new EC2Client(administrator).send(new EnableEbsEncryptionByDefaultCommand({}));
      },
      changes: 1,
    },
  ],
  'image-public-access': [
    { title: 'nothing set', guardrails: '  image-public-access: { state: block-new-sharing }', changes: 1 },
  ],
  'instance-metadata-defaults': [
    {
      title: 'nothing set',
      guardrails: '  instance-metadata-defaults: { httpTokens: required, httpTokensEnforced: enabled, hopLimit: 2 }',
      changes: 1,
    },
    {
      title: 'fields that stay, change and lose their preference',
      guardrails: '  instance-metadata-defaults: { httpTokens: required, hopLimit: no-preference }',
      arrange: async (administrator) => {
        await new EC2Client(administrator).send(
          new ModifyInstanceMetadataDefaultsCommand({
            HttpTokens: 'optional',
            HttpPutResponseHopLimit: 3,
            InstanceMetadataTags: 'enabled',
          }),
        );
      },
      changes: 1,
    },
  ],
  's3-public-access': [
    {
      title: 'no configuration',
      guardrails:
        '  s3-public-access: { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true }',
      changes: 1,
    },
    {
      title: 'a part of it, where another part stays',
      guardrails: '  s3-public-access: { blockPublicPolicy: true }',
      arrange: async (administrator) => {
        await s3ControlClient(administrator).send(
          new PutPublicAccessBlockCommand({
            AccountId: ACCOUNT,
            PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true },
          }),
        );
      },
      changes: 1,
    },
  ],
  'serial-console': [
    {
      title: 'open',
      guardrails: '  serial-console: { enabled: false }',
      arrange: async (administrator) => {
        await new EC2Client(administrator).send(new EnableSerialConsoleAccessCommand({}));
      },
      changes: 1,
    },
  ],
  'snapshot-public-access': [
    { title: 'nothing set', guardrails: '  snapshot-public-access: { state: block-new-sharing }', changes: 1 },
    {
      title: 'a tighter state',
      guardrails: '  snapshot-public-access: { state: block-all-sharing }',
      arrange: async (administrator) => {
        await new EC2Client(administrator).send(
          new EnableSnapshotBlockPublicAccessCommand({ State: 'block-new-sharing' }),
        );
      },
      changes: 1,
    },
  ],
};

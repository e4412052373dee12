/** The sandbox's calls on settings, as SDK clients send them, each once; their answers do not matter here. */
import * as ec2 from '@aws-sdk/client-ec2';
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3-control';
import { s3ControlClient } from '../support/s3-control.ts';
import type { Administrator } from '../support/worlds.ts';

export function sendSettings(configuration: Administrator, AccountId: string): Promise<unknown>[] {
  const client = new ec2.EC2Client(configuration);
  const s3 = s3ControlClient(configuration);
  return [
    client.send(new ec2.GetEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.EnableEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.DisableEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.GetEbsDefaultKmsKeyIdCommand({})),
    client.send(new ec2.ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/x' })),
    client.send(new ec2.ResetEbsDefaultKmsKeyIdCommand({})),
    client.send(new ec2.GetSnapshotBlockPublicAccessStateCommand({})),
    client.send(new ec2.EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' })),
    client.send(new ec2.DisableSnapshotBlockPublicAccessCommand({})),
    client.send(new ec2.GetImageBlockPublicAccessStateCommand({})),
    client.send(new ec2.EnableImageBlockPublicAccessCommand({ ImageBlockPublicAccessState: 'block-new-sharing' })),
    client.send(new ec2.DisableImageBlockPublicAccessCommand({})),
    client.send(new ec2.GetInstanceMetadataDefaultsCommand({})),
    client.send(new ec2.ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'required' })),
    client.send(new ec2.GetSerialConsoleAccessStatusCommand({})),
    client.send(new ec2.EnableSerialConsoleAccessCommand({})),
    client.send(new ec2.DisableSerialConsoleAccessCommand({})),
    new KMSClient(configuration).send(new ListAliasesCommand({})),
    s3.send(new GetPublicAccessBlockCommand({ AccountId })),
    s3.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration: { BlockPublicAcls: true } })),
    s3.send(new DeletePublicAccessBlockCommand({ AccountId })),
  ];
}

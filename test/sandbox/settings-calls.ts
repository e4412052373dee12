/** The sandbox's calls on settings, as SDK clients send them, each once; their answers do not matter here. */
import * as ec2 from '@aws-sdk/client-ec2';
import { KMSClient, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';

type Configuration = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
};

/** S3 Control puts the account in front of the host, which on this machine leads nowhere. */
export function s3ControlClient({ endpoint, region, credentials }: Configuration): S3ControlClient {
  return new S3ControlClient({ region, credentials, endpoint, endpointProvider: () => ({ url: new URL(endpoint) }) });
}

export function sendSettings(configuration: Configuration, AccountId: string): Promise<unknown>[] {
  const client = new ec2.EC2Client(configuration);
  const s3 = s3ControlClient(configuration);
  return [
    client.send(new ec2.GetEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.EnableEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.DisableEbsEncryptionByDefaultCommand({})),
    client.send(new ec2.GetEbsDefaultKmsKeyIdCommand({})),
    client.send(new ec2.ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId: 'alias/x' })),
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

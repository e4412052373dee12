/** Settings of accounts and regions, as SDK clients meet them. */
import * as ec2 from '@aws-sdk/client-ec2';
import { KMSClient, paginateListAliases } from '@aws-sdk/client-kms';
import { GetPublicAccessBlockCommand, PutPublicAccessBlockCommand } from '@aws-sdk/client-s3-control';
import { expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { s3ControlClient } from '../support/s3-control.ts';
import { ACCOUNT, REGION, seedWith } from '../support/worlds.ts';
import { refusal } from './organisation.ts';

type Place = { readonly sandbox: Sandbox; readonly endpoint: string; readonly client: ec2.EC2Client };

async function inPlace(settings: string, work: (place: Place) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ seed: seedWith(settings) });
  const { url: endpoint, credentials } = sandbox;
  try {
    await work({
      sandbox,
      endpoint,
      client: new ec2.EC2Client({ endpoint, region: REGION, credentials, maxAttempts: 1 }),
    });
  } finally {
    await sandbox.close();
  }
}

it.each([
  ['snapshots', new ec2.EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' })],
  ['images', new ec2.DisableImageBlockPublicAccessCommand({})],
  ['metadata', new ec2.ModifyInstanceMetadataDefaultsCommand({ HttpTokens: 'required' })],
  ['serialConsole', new ec2.EnableSerialConsoleAccessCommand({})],
])('refuses a change of %s while a declarative policy manages it', (what, command) =>
  inPlace(`[{ managed: [${what}] }]`, async ({ client }) => {
    expect(await refusal(client.send(command as ec2.EnableSerialConsoleAccessCommand))).toBe('UnauthorizedOperation');
  }),
);

it('shows a change of the image block late, in both directions, and at once what was set before it', () =>
  inPlace('[{ imagesSettleSeconds: 600 }]', async ({ client, sandbox }) => {
    const shown = async () =>
      (await client.send(new ec2.GetImageBlockPublicAccessStateCommand({}))).ImageBlockPublicAccessState;
    const block = { ImageBlockPublicAccessState: 'block-new-sharing' } as const;
    expect(await client.send(new ec2.EnableImageBlockPublicAccessCommand(block))).toMatchObject(block);
    sandbox.world.clock.move(599);
    expect(await shown()).toBe('unblocked');
    sandbox.world.clock.move(1);
    expect(await shown()).toBe('block-new-sharing');
    await client.send(new ec2.DisableImageBlockPublicAccessCommand({}));
    expect(await shown()).toBe('block-new-sharing');
    sandbox.world.clock.move(600);
    expect(await shown()).toBe('unblocked');
  }));

it('clears metadata defaults, keeps what is left out, and refuses what is out of range', () =>
  inPlace('[{}]', async ({ client }) => {
    const modify = (input: ec2.ModifyInstanceMetadataDefaultsCommandInput) =>
      client.send(new ec2.ModifyInstanceMetadataDefaultsCommand(input));
    await modify({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    await modify({ HttpTokens: 'no-preference' });
    const { AccountLevel } = await client.send(new ec2.GetInstanceMetadataDefaultsCommand({}));
    expect(AccountLevel).toEqual({ HttpPutResponseHopLimit: 2, ManagedBy: 'account' });
    expect(await refusal(modify({ HttpPutResponseHopLimit: 65 }))).toBe('InvalidParameterValue');
    expect(await refusal(modify({ HttpEndpoint: 'off' as 'disabled' }))).toBe('InvalidParameterValue');
  }));

it('takes a key only while encryption is on, and only by an ARN that it can answer with', () =>
  inPlace('[{}]', async ({ client }) => {
    const useKey = (KmsKeyId: string) => client.send(new ec2.ModifyEbsDefaultKmsKeyIdCommand({ KmsKeyId }));
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/own`;
    expect(await refusal(useKey(key))).toBe('InvalidParameterValue');
    await client.send(new ec2.EnableEbsEncryptionByDefaultCommand({}));
    expect(await useKey(key)).toMatchObject({ KmsKeyId: key });
    expect(await refusal(useKey('nothing'))).toBe('InvalidParameterValue');
  }));

it('lists aliases on several pages, the key of EBS among them', () =>
  inPlace('[{}]', async ({ endpoint, sandbox: { credentials }, client: ec2Client }) => {
    const { KmsKeyId } = await ec2Client.send(new ec2.ResetEbsDefaultKmsKeyIdCommand({}));
    const client = new KMSClient({ endpoint, region: REGION, credentials });
    const pages = [];
    for await (const { Aliases = [] } of paginateListAliases({ client }, {})) pages.push(Aliases);
    expect(pages.length).toBeGreaterThan(1);
    const managed = pages.flat().find(({ AliasName }) => AliasName === 'alias/aws/ebs');
    expect(KmsKeyId).toBe(`arn:aws:kms:${REGION}:${ACCOUNT}:key/${managed?.TargetKeyId}`);
  }));

it("keeps the account's block of S3 whole, and answers only for the account that asks", () =>
  inPlace('[{}]', async ({ endpoint, sandbox: { credentials } }) => {
    const client = s3ControlClient({ endpoint, region: REGION, credentials });
    const get = (AccountId: string) => client.send(new GetPublicAccessBlockCommand({ AccountId }));
    expect(await refusal(get(ACCOUNT))).toBe('NoSuchPublicAccessBlockConfiguration');
    const put = (PublicAccessBlockConfiguration: object) =>
      client.send(new PutPublicAccessBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration }));
    await put({ BlockPublicAcls: true, IgnorePublicAcls: true });
    await put({ BlockPublicPolicy: true });
    expect((await get(ACCOUNT)).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    });
    expect(await refusal(get('999988887777'))).toBe('AccessDenied');
  }));

it('seeds accounts and regions apart, later entries over earlier ones', () =>
  inPlace(
    `[{ serialConsole: true }, { regions: [${REGION}], accounts: ["${ACCOUNT}"], snapshots: block-all-sharing }]`,
    async ({ client, sandbox }) => {
      expect(await client.send(new ec2.GetSerialConsoleAccessStatusCommand({}))).toMatchObject({
        SerialConsoleAccessEnabled: true,
      });
      expect(await client.send(new ec2.GetSnapshotBlockPublicAccessStateCommand({}))).toMatchObject({
        State: 'block-all-sharing',
      });
      expect(sandbox.world.settings.in('111122223333', REGION).snapshots).toBe('unblocked');
    },
  ));

/** Does Security Hub answer as AWS does? Real clients, real HTTP. */
import {
  BatchDisableStandardsCommand,
  BatchEnableStandardsCommand,
  BatchGetConfigurationPolicyAssociationsCommand,
  BatchGetSecurityControlsCommand,
  BatchGetStandardsControlAssociationsCommand,
  BatchUpdateStandardsControlAssociationsCommand,
  DescribeHubCommand,
  DescribeOrganizationConfigurationCommand,
  DescribeStandardsCommand,
  DisableSecurityHubCommand,
  EnableSecurityHubCommand,
  GetConfigurationPolicyAssociationCommand,
  GetEnabledStandardsCommand,
  ListStandardsControlAssociationsCommand,
  paginateListSecurityControlDefinitions,
  SecurityHubClient,
  UpdateSecurityControlCommand,
  UpdateSecurityHubConfigurationCommand,
} from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { ACCOUNT, seedWith } from '../support/worlds.ts';
import { refusal } from './organisation.ts';

const FSBP = 'arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0';
const CIS = 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0';
const NIST = 'arn:aws:securityhub:eu-west-1::standards/nist-800-53/v/5.0.0';
const AZURE = 'arn:aws:securityhub:eu-west-1::standards/cis-microsoft-azure-foundations-benchmark/v/3.0.0';

let sandbox: Sandbox;
let hub: SecurityHubClient;
async function open(securityHub = '{}'): Promise<void> {
  sandbox = await startSandbox({ seed: `${seedWith('[]')}\nsecurityHub: ${securityHub}` });
  hub = new SecurityHubClient({
    endpoint: sandbox.url,
    region: 'eu-west-1',
    credentials: sandbox.credentials,
    maxAttempts: 1,
  });
}
beforeEach(() => open());
afterEach(() => sandbox.close());

const update = (
  SecurityControlId: string,
  StandardsArn: string,
  AssociationStatus: 'ENABLED' | 'DISABLED' = 'DISABLED',
) => ({
  SecurityControlId,
  StandardsArn,
  AssociationStatus,
  ...(AssociationStatus === 'DISABLED' && { UpdatedReason: 'elsewhere' }),
});
const send = (...updates: ReturnType<typeof update>[]) =>
  hub.send(new BatchUpdateStandardsControlAssociationsCommand({ StandardsControlAssociationUpdates: updates }));
const associations = async (...pairs: (readonly [string, string])[]) =>
  hub.send(
    new BatchGetStandardsControlAssociationsCommand({
      StandardsControlAssociationIds: pairs.map(([SecurityControlId, StandardsArn]) => ({
        SecurityControlId,
        StandardsArn,
      })),
    }),
  );
const enable = (input = {}) => hub.send(new EnableSecurityHubCommand(input));

describe('the hub', () => {
  test('says by a 401 that it is not switched on', async () => {
    const error = await hub.send(new DescribeHubCommand({})).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InvalidAccessException', $metadata: { httpStatusCode: 401 } });
    expect((error as Error).message).toContain('is not subscribed to AWS Security Hub');
  });

  test('is switched on with the default standards, once', async () => {
    await enable();
    expect(await refusal(enable())).toBe('ResourceConflictException');
    const { StandardsSubscriptions } = await hub.send(new GetEnabledStandardsCommand({}));
    expect(StandardsSubscriptions?.map(({ StandardsArn }) => StandardsArn)).toEqual([FSBP, CIS]);
  });

  test('keeps its configuration, and forgets everything when it is switched off', async () => {
    await enable({ EnableDefaultStandards: false, ControlFindingGenerator: 'STANDARD_CONTROL' });
    await hub.send(new UpdateSecurityHubConfigurationCommand({ AutoEnableControls: false }));
    const { AutoEnableControls, ControlFindingGenerator } = await hub.send(new DescribeHubCommand({}));
    expect({ AutoEnableControls, ControlFindingGenerator }).toEqual({
      AutoEnableControls: false,
      ControlFindingGenerator: 'STANDARD_CONTROL',
    });
    await hub.send(new DisableSecurityHubCommand({}));
    expect(await refusal(hub.send(new GetEnabledStandardsCommand({})))).toBe('InvalidAccessException');
  });

  test('is switched on for the first time only by who may let it make its role', async () => {
    await sandbox.close();
    const seed = seedWith('[]')
      .replace('regions: [eu-west-1]', 'regions: [eu-west-1, eu-north-1]')
      .replace('session: test, policies: [everything]', 'session: test, policies: [hub]')
      .replace(
        'policies:\n',
        'policies:\n  hub: { Statement: [{ Effect: Allow, Action: "securityhub:*", Resource: "*" }] }\n',
      );
    sandbox = await startSandbox({ seed });
    const { credentials, url: endpoint } = sandbox;
    const configuration = { credentials, endpoint, region: 'eu-west-1', maxAttempts: 1 };
    hub = new SecurityHubClient(configuration);
    expect(await refusal(enable())).toBe('AccessDeniedException');
    // Elsewhere in the account it is on, so the role is there.
    Object.assign(sandbox.world.hubs.in(ACCOUNT, 'eu-north-1'), { since: 0 });
    expect(await refusal(enable())).toBe('no error');
  });

  test('is throttled by name and status', async () => {
    sandbox.fault({ match: { service: 'securityhub' }, do: 'throttle' });
    const error = await enable().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } });
  });
});

describe('standards', () => {
  test('of Azure are there and can be left out', async () => {
    await enable();
    const arns = async (Providers?: 'AWS'[]) =>
      (await hub.send(new DescribeStandardsCommand(Providers ? { Providers } : {}))).Standards?.map(
        ({ StandardsArn }) => StandardsArn,
      );
    expect(await arns()).toContain(AZURE);
    expect(await arns(['AWS'])).toHaveLength(5);
  });

  test('are not ready for a while, and then forget what was off in them', async () => {
    await sandbox.close();
    await open('{ entries: [{ enabled: true, settleSeconds: 120 }] }');
    await hub.send(new BatchEnableStandardsCommand({ StandardsSubscriptionRequests: [{ StandardsArn: NIST }] }));
    const states = async () =>
      (await hub.send(new GetEnabledStandardsCommand({}))).StandardsSubscriptions?.map(
        ({ StandardsStatus, StandardsControlsUpdatable }) => [StandardsStatus, StandardsControlsUpdatable],
      );
    expect(await states()).toEqual([['PENDING', 'NOT_READY_FOR_UPDATES']]);
    expect((await send(update('S3.1', NIST))).UnprocessedAssociationUpdates).toMatchObject([
      { ErrorCode: 'RESOURCE_NOT_FOUND' },
    ]);
    sandbox.world.clock.move(121);
    expect(await states()).toEqual([['READY', 'READY_FOR_UPDATES']]);
    await send(update('S3.1', NIST));
    const StandardsSubscriptionArns = [
      (await hub.send(new GetEnabledStandardsCommand({}))).StandardsSubscriptions?.[0]?.StandardsSubscriptionArn ?? '',
    ];
    await hub.send(new BatchDisableStandardsCommand({ StandardsSubscriptionArns }));
    await hub.send(new BatchEnableStandardsCommand({ StandardsSubscriptionRequests: [{ StandardsArn: NIST }] }));
    sandbox.world.clock.move(121);
    expect((await associations(['S3.1', NIST])).StandardsControlAssociationDetails).toMatchObject([
      { AssociationStatus: 'ENABLED' },
    ]);
  });
});

describe('controls', () => {
  test('are listed in pages, with what the region lacks, and without those of Azure if asked', async () => {
    await enable();
    const ids: string[] = [];
    const missing: string[] = [];
    let pages = 0;
    const paging = paginateListSecurityControlDefinitions({ client: hub, pageSize: 100 }, { Providers: ['AWS'] });
    for await (const { SecurityControlDefinitions = [] } of paging) {
      pages += 1;
      ids.push(...SecurityControlDefinitions.map(({ SecurityControlId }) => SecurityControlId ?? ''));
      for (const { SecurityControlId, CurrentRegionAvailability } of SecurityControlDefinitions)
        if (CurrentRegionAvailability === 'UNAVAILABLE') missing.push(SecurityControlId ?? '');
    }
    expect([pages, ids.length, new Set(ids).size]).toEqual([3, 300, 300]);
    expect(missing).toContain('CloudFront.1');
    expect(ids).toContain('EC2.19');
  });

  test('are switched off in one standard and stay on in another; it may be said again', async () => {
    await enable();
    for (const _ of [1, 2]) expect((await send(update('IAM.6', FSBP))).UnprocessedAssociationUpdates).toEqual([]);
    const { StandardsControlAssociationDetails } = await associations(['IAM.6', FSBP], ['IAM.6', CIS]);
    expect(
      StandardsControlAssociationDetails?.map(({ AssociationStatus, UpdatedReason }) => [
        AssociationStatus,
        UpdatedReason,
      ]),
    ).toEqual([
      ['DISABLED', 'elsewhere'],
      ['ENABLED', undefined],
    ]);
    const listed = await hub.send(new ListStandardsControlAssociationsCommand({ SecurityControlId: 'IAM.6' }));
    expect(listed.StandardsControlAssociationSummaries).toHaveLength(2);
  });

  test('that cannot be changed are told in an answer that succeeds; the others are changed', async () => {
    await sandbox.close();
    await open(
      '{ entries: [{ enabled: true, standards: [standards/nist-800-53/v/5.0.0], unprocessed: { S3.1: LIMIT_EXCEEDED } }] }',
    );
    const { UnprocessedAssociationUpdates } = await send(
      update('S3.1', NIST),
      update('S3.2', NIST),
      update('S3.99', NIST),
    );
    expect(
      UnprocessedAssociationUpdates?.map((one) => [
        one.StandardsControlAssociationUpdate?.SecurityControlId,
        one.ErrorCode,
      ]),
    ).toEqual([
      ['S3.1', 'LIMIT_EXCEEDED'],
      ['S3.99', 'RESOURCE_NOT_FOUND'],
    ]);
    expect((await associations(['S3.2', NIST])).StandardsControlAssociationDetails).toMatchObject([
      { AssociationStatus: 'DISABLED' },
    ]);
    const many = Array.from({ length: 101 }, () => update('S3.2', NIST));
    expect(await refusal(send(...many))).toBe('InvalidInputException');
  });

  test('have parameters with a kind, and reasons without punctuation', async () => {
    await enable();
    const set = (Parameters: object, LastUpdateReason = 'policy 14') =>
      hub.send(
        new UpdateSecurityControlCommand({
          SecurityControlId: 'IAM.7',
          Parameters: Parameters as never,
          LastUpdateReason,
        }),
      );
    const read = async () =>
      (await hub.send(new BatchGetSecurityControlsCommand({ SecurityControlIds: ['IAM.7'] }))).SecurityControls?.[0]
        ?.Parameters?.MinimumPasswordLength;
    expect(await read()).toEqual({ ValueType: 'DEFAULT', Value: { Integer: 8 } });
    await set({ MinimumPasswordLength: { ValueType: 'CUSTOM', Value: { Integer: 14 } } });
    expect(await read()).toEqual({ ValueType: 'CUSTOM', Value: { Integer: 14 } });
    await set({ MinimumPasswordLength: { ValueType: 'DEFAULT' } });
    expect(await read()).toEqual({ ValueType: 'DEFAULT', Value: { Integer: 8 } });
    expect(await refusal(set({ MinimumPasswordLength: { ValueType: 'CUSTOM', Value: { Double: 1 } } }))).toBe(
      'InvalidInputException',
    );
    expect(await refusal(set({}, 'because!'))).toBe('InvalidInputException');
  });
});

describe('central configuration', () => {
  const target = { Target: { AccountId: '123456789012' } };

  test('is seen by the delegated administrator in the home region only', async () => {
    const asked = () => hub.send(new DescribeOrganizationConfigurationCommand({}));
    await enable();
    expect(await refusal(asked())).toBe('InvalidAccessException');
    await sandbox.close();
    const seed = `${seedWith('[]').replace('delegated: []', 'delegated: ["123456789012"]')}
securityHub: { home: eu-west-1, configuration: CENTRAL, entries: [{ enabled: true, central: true }] }`;
    sandbox = await startSandbox({ seed });
    hub = new SecurityHubClient({ endpoint: sandbox.url, region: 'eu-west-1', credentials: sandbox.credentials });
    expect((await asked()).OrganizationConfiguration).toMatchObject({ ConfigurationType: 'CENTRAL' });
    const found = await hub.send(new GetConfigurationPolicyAssociationCommand(target));
    expect(found.ConfigurationPolicyId).not.toBe('SELF_MANAGED_SECURITY_HUB');
    const batch = await hub.send(
      new BatchGetConfigurationPolicyAssociationsCommand({
        ConfigurationPolicyAssociationIdentifiers: [target, { Target: { AccountId: '000000000000' } }],
      }),
    );
    expect(batch.ConfigurationPolicyAssociations).toHaveLength(1);
    expect(batch.UnprocessedConfigurationPolicyAssociations).toHaveLength(1);
    expect(await refusal(send(update('S3.1', NIST)))).toBe('AccessDeniedException');
  });
});

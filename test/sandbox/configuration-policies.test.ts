/** Configuration policies as AWS documents them, sent by the SDK. */
import * as hub from '@aws-sdk/client-securityhub';
import { afterEach, expect, test } from 'vitest';
import { operation } from '../../src/model/operation.ts';
import { ADMIN, type CentralDesk, openCentral, POLICY, SHOP, WEB } from '../support/central.ts';

let desk: CentralDesk;
afterEach(() => desk?.close());

const clientIn = (region: string) => new hub.SecurityHubClient({ ...desk.world.administrator, region, maxAttempts: 1 });
const FSBP = 'arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0';
const AZURE = 'arn:aws:securityhub:eu-west-1::standards/cis-microsoft-azure-foundations-benchmark/v/3.0.0';
const update = (SecurityHub: hub.SecurityHubPolicy, Identifier: string = POLICY) =>
  clientIn('eu-west-1').send(
    new hub.UpdateConfigurationPolicyCommand({ Identifier, ConfigurationPolicy: { SecurityHub } }),
  );

test('answer from the home region alone, by id and by ARN', async () => {
  desk = await openCentral();
  const arn = `arn:aws:securityhub:eu-west-1:${ADMIN}:configuration-policy/${POLICY}`;
  for (const Identifier of [POLICY, arn]) {
    const found = await clientIn('eu-west-1').send(new hub.GetConfigurationPolicyCommand({ Identifier }));
    expect(found).toMatchObject({ Arn: arn, Id: POLICY, Name: 'workloads' });
  }
  const get = new hub.GetConfigurationPolicyCommand({ Identifier: POLICY });
  await expect(clientIn('us-east-1').send(get)).rejects.toMatchObject({ name: 'InvalidAccessException' });
  const none = new hub.GetConfigurationPolicyCommand({ Identifier: 'none' });
  await expect(clientIn('eu-west-1').send(none)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('are listed with everybody who inherits them', async () => {
  desk = await openCentral();
  const list = new hub.ListConfigurationPolicyAssociationsCommand({ Filters: { ConfigurationPolicyId: POLICY } });
  const { ConfigurationPolicyAssociationSummaries: found } = await clientIn('eu-west-1').send(list);
  expect(found?.map(({ TargetId, TargetType, AssociationType }) => [TargetType, AssociationType, TargetId])).toEqual([
    ['ORGANIZATIONAL_UNIT', 'APPLIED', expect.stringMatching(/^ou-/)],
    ['ACCOUNT', 'INHERITED', WEB],
    ['ACCOUNT', 'INHERITED', SHOP],
  ]);
});

test('replace every list, and keep the name and the description that are not sent', async () => {
  desk = await openCentral();
  const lists = { EnabledSecurityControlIdentifiers: ['S3.1'] };
  await update({ ServiceEnabled: true, EnabledStandardIdentifiers: [FSBP], SecurityControlsConfiguration: lists });
  const get = new hub.GetConfigurationPolicyCommand({ Identifier: POLICY });
  expect(await clientIn('eu-west-1').send(get)).toMatchObject({
    Name: 'workloads',
    Description: 'For what customers see',
    ConfigurationPolicy: {
      SecurityHub: {
        EnabledStandardIdentifiers: [FSBP],
        SecurityControlsConfiguration: { ...lists, SecurityControlCustomParameters: [] },
      },
    },
  });
  const { subscriptions } = desk.sandbox.world.hubs.in(WEB, 'us-east-1');
  expect([...subscriptions.keys()]).toEqual([FSBP.split('::')[1]]);
});

const disable = operation('securityhub:DisableSecurityHub', hub.DisableSecurityHubCommand);
const OFF = { DisabledSecurityControlIdentifiers: [] };
const REFUSED: readonly (readonly [string, hub.SecurityHubPolicy])[] = [
  [
    'both lists',
    { ServiceEnabled: true, SecurityControlsConfiguration: { ...OFF, EnabledSecurityControlIdentifiers: [] } },
  ],
  ['no list', { ServiceEnabled: true, EnabledStandardIdentifiers: [FSBP] }],
  [
    "Azure's standards",
    { ServiceEnabled: true, EnabledStandardIdentifiers: [AZURE], SecurityControlsConfiguration: OFF },
  ],
  [
    'a control that nobody has',
    { ServiceEnabled: true, SecurityControlsConfiguration: { DisabledSecurityControlIdentifiers: ['IAM.66'] } },
  ],
];

test.each(REFUSED)('refuse %s', async (_, policy) => {
  desk = await openCentral();
  await expect(update(policy)).rejects.toMatchObject({ name: 'InvalidInputException' });
});

test('refuse changes from the accounts that they decide for', async () => {
  desk = await openCentral();
  const run = await desk.open('  security-hub-controls: { enabled: [S3.1] }');
  const session = await run.connection.assume({
    account: WEB,
    region: 'eu-west-1',
    role: 'trueup-write',
    operations: [disable],
  });
  await expect(session.send(disable({}))).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

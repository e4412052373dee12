/** Security Hub's calls, each once, as the SDK sends them; their answers do not matter here. */
import * as hub from '@aws-sdk/client-securityhub';
import type { Administrator } from '../support/worlds.ts';

export function sendSecurityHub(configuration: Administrator, AccountId: string): Promise<unknown>[] {
  const client = new hub.SecurityHubClient(configuration);
  const Target = { AccountId };
  const pair = { SecurityControlId: 'IAM.6', StandardsArn: 'arn:aws:securityhub:::x' };
  return [
    client.send(new hub.EnableSecurityHubCommand({})),
    client.send(new hub.DescribeHubCommand({})),
    client.send(new hub.UpdateSecurityHubConfigurationCommand({})),
    client.send(new hub.DescribeStandardsCommand({})),
    client.send(new hub.GetEnabledStandardsCommand({})),
    client.send(new hub.BatchEnableStandardsCommand({ StandardsSubscriptionRequests: [] })),
    client.send(new hub.BatchDisableStandardsCommand({ StandardsSubscriptionArns: [] })),
    client.send(new hub.ListSecurityControlDefinitionsCommand({})),
    client.send(new hub.BatchGetSecurityControlsCommand({ SecurityControlIds: ['IAM.6'] })),
    client.send(new hub.UpdateSecurityControlCommand({ SecurityControlId: 'IAM.6', Parameters: {} })),
    client.send(new hub.ListStandardsControlAssociationsCommand({ SecurityControlId: 'IAM.6' })),
    client.send(new hub.BatchGetStandardsControlAssociationsCommand({ StandardsControlAssociationIds: [pair] })),
    client.send(
      new hub.BatchUpdateStandardsControlAssociationsCommand({
        StandardsControlAssociationUpdates: [{ ...pair, AssociationStatus: 'ENABLED' }],
      }),
    ),
    client.send(new hub.DescribeOrganizationConfigurationCommand({})),
    client.send(new hub.GetConfigurationPolicyAssociationCommand({ Target })),
    client.send(
      new hub.BatchGetConfigurationPolicyAssociationsCommand({
        ConfigurationPolicyAssociationIdentifiers: [{ Target }],
      }),
    ),
    client.send(new hub.GetConfigurationPolicyCommand({ Identifier: 'a1b2' })),
    client.send(new hub.UpdateConfigurationPolicyCommand({ Identifier: 'a1b2' })),
    client.send(new hub.ListConfigurationPolicyAssociationsCommand({})),
    client.send(new hub.DisableSecurityHubCommand({})),
  ];
}

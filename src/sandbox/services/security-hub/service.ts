/** Security Hub CSPM. https://docs.aws.amazon.com/securityhub/1.0/APIReference/ */
import type { Service } from '../../service.ts';
import { restJsonProtocol } from '../../wire/rest-json-protocol.ts';
import { controlsActions } from './controls.ts';
import { organizationActions } from './organization.ts';
import { policiesActions } from './policies.ts';
import { standardsActions } from './standards.ts';

export const securityHub: Service = {
  name: 'securityhub',
  protocol: restJsonProtocol(
    {
      'GET /accounts': 'DescribeHub',
      'POST /accounts': 'EnableSecurityHub',
      'DELETE /accounts': 'DisableSecurityHub',
      'PATCH /accounts': 'UpdateSecurityHubConfiguration',
      'GET /standards': 'DescribeStandards',
      'POST /standards/get': 'GetEnabledStandards',
      'POST /standards/register': 'BatchEnableStandards',
      'POST /standards/deregister': 'BatchDisableStandards',
      'GET /securityControls/definitions': 'ListSecurityControlDefinitions',
      'POST /securityControls/batchGet': 'BatchGetSecurityControls',
      'PATCH /securityControl/update': 'UpdateSecurityControl',
      'GET /associations': 'ListStandardsControlAssociations',
      'POST /associations/batchGet': 'BatchGetStandardsControlAssociations',
      'PATCH /associations': 'BatchUpdateStandardsControlAssociations',
      'GET /configurationPolicy/get/{Identifier}': 'GetConfigurationPolicy',
      'PATCH /configurationPolicy/{Identifier}': 'UpdateConfigurationPolicy',
      'POST /configurationPolicyAssociation/list': 'ListConfigurationPolicyAssociations',
      'GET /organization/configuration': 'DescribeOrganizationConfiguration',
      'POST /configurationPolicyAssociation/get': 'GetConfigurationPolicyAssociation',
      'POST /configurationPolicyAssociation/batchget': 'BatchGetConfigurationPolicyAssociations',
    },
    ['Providers'],
  ),
  regional: true,
  actions: { ...standardsActions, ...controlsActions, ...organizationActions, ...policiesActions },
};

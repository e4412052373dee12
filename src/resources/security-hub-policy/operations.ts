/**
 * What is asked of the delegated administrator about configuration policies, and what is sent to it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html
 */
import {
  GetConfigurationPolicyCommand,
  ListConfigurationPolicyAssociationsCommand,
  UpdateConfigurationPolicyCommand,
} from '@aws-sdk/client-securityhub';
import { operation } from '../../model/operation.ts';

/** https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html */
const onPolicy = {
  permissions: [
    { resource: 'arn:{partition}:securityhub:{region}:{account}:configuration-policy/{Identifier}' as const },
  ],
};

export const getPolicy = operation('securityhub:GetConfigurationPolicy', GetConfigurationPolicyCommand, onPolicy);
export const updatePolicy = operation(
  'securityhub:UpdateConfigurationPolicy',
  UpdateConfigurationPolicyCommand,
  onPolicy,
);
export const listAssociations = operation(
  'securityhub:ListConfigurationPolicyAssociations',
  ListConfigurationPolicyAssociationsCommand,
);

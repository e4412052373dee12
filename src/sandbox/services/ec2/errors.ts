/** EC2's error codes, each with its wording. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
import { ServiceError } from '../../errors.ts';

export function groupNotFound(id: string): ServiceError {
  return new ServiceError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

export function malformedGroupId(id: string): ServiceError {
  return new ServiceError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
}

export function ruleNotFound(id: string): ServiceError {
  return /^sgr-[0-9a-f]+$/.test(id)
    ? new ServiceError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`)
    : new ServiceError('InvalidSecurityGroupRuleId.Malformed', `Invalid id: "${id}" (expecting "sgr-...")`);
}

export function permissionNotFound(): ServiceError {
  return new ServiceError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
}

export function duplicatePermission(rule: string): ServiceError {
  return new ServiceError('InvalidPermission.Duplicate', `the specified rule "${rule}" already exists`);
}

export function invalidValue(message: string): ServiceError {
  return new ServiceError('InvalidParameterValue', message);
}

export function missingParameter(name: string): ServiceError {
  return new ServiceError('MissingParameter', `The request must contain the parameter ${name}`);
}

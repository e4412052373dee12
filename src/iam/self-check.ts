/** What Trueup asks about its own roles: for comparing them with what the state needs, and for trying permissions out. */
import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { type Operation, operation } from '../model/operation.ts';

const onRoles = { permissions: [{ resource: 'arn:{partition}:iam::{account}:role/*' }] };
/** AWS's own stand in an account called `aws`. */
const onPolicies = {
  permissions: [
    { resource: 'arn:{partition}:iam::{account}:policy/*' },
    { resource: 'arn:{partition}:iam::aws:policy/*' },
  ],
};

export const getRole = operation('iam:GetRole', GetRoleCommand, onRoles);
export const listPolicies = operation('iam:ListRolePolicies', ListRolePoliciesCommand, { ...onRoles, token: 'Marker' });
export const getPolicy = operation('iam:GetRolePolicy', GetRolePolicyCommand, onRoles);
export const listAttached = operation('iam:ListAttachedRolePolicies', ListAttachedRolePoliciesCommand, {
  ...onRoles,
  token: 'Marker',
});
export const getManaged = operation('iam:GetPolicy', GetPolicyCommand, onPolicies);
export const getManagedVersion = operation('iam:GetPolicyVersion', GetPolicyVersionCommand, onPolicies);
/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export const simulatePolicy = operation('iam:SimulatePrincipalPolicy', SimulatePrincipalPolicyCommand, {
  ...onRoles,
  token: 'Marker',
});

/** For `trueup iam --diff`: the roles themselves. */
export const ON_ROLES: readonly Operation[] = [getRole, listPolicies, getPolicy, listAttached];
/** What is attached to them beside their own: where this is denied, the comparison says what it leaves out. */
export const ON_MANAGED: readonly Operation[] = [getManaged, getManagedVersion];
/** All that the read role may do about the roles when it was written with `--self-check`. */
export const SELF_CHECK: readonly Operation[] = [...ON_ROLES, ...ON_MANAGED, simulatePolicy];

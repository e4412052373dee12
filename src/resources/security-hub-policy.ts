/**
 * A configuration policy of Security Hub: what the delegated administrator decides for every account that it is
 * associated with, in the home region and all linked ones. One value per policy, at the administrator's home region.
 *
 * `control X` is ENABLED or DISABLED where it is not like `otherControls`; `standard X` is true where the standard is on;
 * `parameter X name`: as the API writes it, or `default`. `name` and `description` are kept as they are.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/configuration-policies-overview.html
 */
import type { Aws } from '../model/aws.ts';
import type { Decided, Reader, Resource, Value } from '../model/resource.ts';
import { listDefinitions } from './security-hub-control/operations.ts';
import { readDefinitions } from './security-hub-control/read.ts';
import { observePolicy } from './security-hub-policy/observe.ts';
import { getPolicy, listAssociations, updatePolicy } from './security-hub-policy/operations.ts';
import { asReached, policyTransition } from './security-hub-policy/transition.ts';

export const SECURITY_HUB_POLICY = 'security-hub-policy';

export const securityHubPolicy: Resource = {
  name: SECURITY_HUB_POLICY,
  scope: 'region',
  reads: [getPolicy, listDefinitions],
  writes: [updatePolicy],
  transition: policyTransition,
  reachable: asReached,
  losses,
  undo: 'the whole policy returns; the accounts that it decides for follow within a day.',
  decides,

  async read(aws, { ids = [], close }) {
    const definitions = close ? undefined : await readDefinitions(aws);
    const found = await Promise.all(ids.map(async (id) => [id, await policyOf(aws, id)] as const));
    return Object.fromEntries(
      found.flatMap(([id, policy]) => (policy ? [[id, observePolicy(policy, aws, definitions)]] : [])),
    );
  },
};

/** Who feels a policy: accounts, organisational units and the root that it is associated with, one field for each. */
export const securityHubPolicyUse: Reader = {
  name: 'security-hub-policy-use',
  scope: 'region',
  reads: [listAssociations],

  async read(aws, { ids = [] }) {
    const found = await Promise.all(ids.map(async (id) => [id, await usersOf(aws, id)] as const));
    return Object.fromEntries(found.map(([id, value]) => [id, { value, handles: {}, about: {} }]));
  },
};

async function policyOf(aws: Aws, Identifier: string) {
  try {
    return await aws.send(getPolicy({ Identifier }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function usersOf(aws: Aws, ConfigurationPolicyId: string): Promise<Value> {
  const users: Record<string, string> = {};
  const call = listAssociations({ Filters: { ConfigurationPolicyId }, MaxResults: 100 });
  for await (const page of aws.pages(call)) {
    for (const { TargetId, TargetType } of page.ConfigurationPolicyAssociationSummaries ?? [])
      if (TargetId !== undefined) users[TargetId] = TargetType ?? '';
  }
  return users;
}

function losses(from: Value, to: Value): string[] {
  const newlyOff = Object.keys(to).some((field) => to[field] === 'DISABLED' && from[field] !== 'DISABLED');
  const dropped = Object.keys(from).filter((field) => field.startsWith('parameter ') && to[field] === undefined);
  return [
    ...(newlyOff
      ? ['a configuration policy keeps no reason for a control that is off: it stands in the state alone']
      : []),
    ...dropped.map((field) => `${field} becomes its default: what an account had set itself before is forgotten`),
  ];
}

/** What a field of a policy means in the accounts that feel it. */
function decides(field: string): Decided | undefined {
  if (field === 'enabled' || field.startsWith('standard ')) return { resource: 'security-hub', id: '' };
  if (field === 'otherControls') return { resource: 'security-hub-control' };
  const [kind, id] = field.split(' ');
  return (kind === 'control' || kind === 'parameter') && id !== undefined
    ? { resource: 'security-hub-control', id }
    : undefined;
}

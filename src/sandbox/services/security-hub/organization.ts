/** Central configuration, as its delegated administrator sees it from the home region; nobody else sees anything of it. */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { type Fields, record, records, text } from '../../wire/fields.ts';
import { statusOf } from '../../world/follow-policy.ts';
import type { Hub } from '../../world/hub.ts';
import { bounded, inHub, onHub } from './shared.ts';

export const organizationActions: { readonly [action: string]: Action } = {
  DescribeOrganizationConfiguration: { needs: onHub, run: fromAdministrator(describeConfiguration) },
  GetConfigurationPolicyAssociation: { run: fromAdministrator(getAssociation) },
  BatchGetConfigurationPolicyAssociations: { run: fromAdministrator(getAssociations) },
};

const SELF_MANAGED = 'SELF_MANAGED_SECURITY_HUB';

export function fromAdministrator(run: (hub: Hub, call: Call) => object): Action['run'] {
  return inHub((hub, call) => {
    const { organization, hubs } = call.world;
    if (organization.delegated.includes(call.account.id) && call.region === hubs.home) return run(hub, call);
    throw new ServiceError('InvalidAccessException', 'The account may not call this operation in this Region', 401);
  });
}

function describeConfiguration(_: Hub, { world }: Call): object {
  const { configuration } = world.hubs;
  const central = configuration === 'CENTRAL';
  return {
    AutoEnable: !central,
    AutoEnableStandards: central ? 'NONE' : 'DEFAULT',
    MemberAccountLimitReached: false,
    OrganizationConfiguration: { ConfigurationType: configuration, Status: 'ENABLED' },
  };
}

function getAssociation(_: Hub, call: Call): object {
  const association = associationOf(record(call.input, 'Target') ?? {}, call);
  if (association) return association;
  throw new ServiceError('ResourceNotFoundException', 'The target is not in the organization', 404);
}

function getAssociations(_: Hub, call: Call): object {
  const asked = bounded(records(call.input, 'ConfigurationPolicyAssociationIdentifiers'), call);
  const found = asked.map((id) => ({ id, association: associationOf(record(id, 'Target') ?? {}, call) }));
  return {
    ConfigurationPolicyAssociations: found.flatMap(({ association }) => association ?? []),
    UnprocessedConfigurationPolicyAssociations: found.flatMap(({ id, association }) =>
      association
        ? []
        : [
            {
              ConfigurationPolicyAssociationIdentifiers: id,
              ErrorCode: 'ResourceNotFoundException',
              ErrorReason: 'None',
            },
          ],
    ),
  };
}

/** Every association there is: of the accounts, and of the units and the root that a policy was applied to. */
export function associationsIn(call: Call) {
  const { world } = call;
  const accounts = [...world.accounts.keys()].flatMap((id) => associationOf({ AccountId: id }, call) ?? []);
  const parents = [...world.hubs.policies.all.values()].flatMap(({ id, targets }) =>
    [...targets]
      .filter((target) => !world.accounts.has(target))
      .map((target) => ({
        ConfigurationPolicyId: id,
        TargetId: target,
        TargetType: target.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT',
        AssociationType: 'APPLIED',
        AssociationStatus: 'SUCCESS',
        AssociationStatusMessage: undefined,
        UpdatedAt: new Date(0).toISOString(),
      })),
  );
  return [...parents, ...accounts];
}

function associationOf(target: Fields, { world }: Call) {
  const id = text(target, 'AccountId') ?? '';
  if (!world.accounts.has(id)) return undefined;
  const { policies } = world.hubs;
  const associated = policies.of(id);
  const status = associated && statusOf(policies, associated.policy, { account: id, now: world.clock.now() });
  const { central } = world.hubs.in(id, world.hubs.home);
  return {
    ConfigurationPolicyId: associated?.policy.id ?? (central ? 'a1b2c3d4-5678-90ab-cdef-000000000001' : SELF_MANAGED),
    TargetId: id,
    TargetType: 'ACCOUNT',
    AssociationType: associated?.type ?? 'INHERITED',
    AssociationStatus: status ?? 'SUCCESS',
    AssociationStatusMessage: status === 'FAILED' ? policies.failing[id] : undefined,
    UpdatedAt: new Date(0).toISOString(),
  };
}

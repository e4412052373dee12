/** Which groups refer to one another, to nothing any more, or to further VPCs? */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { text, texts } from '../../wire/fields.ts';
import type { SecurityGroup, SecurityGroupRule } from '../../world/world.ts';
import { groupNotFound } from './errors.ts';
import { groupNeed } from './permissions.ts';
import { applyFilters, pageOf, pick, placeOf } from './query.ts';
import { writePermissions } from './rule.ts';

export const referenceActions: { readonly [action: string]: Action } = {
  DescribeSecurityGroupReferences: {
    needs: (call) => texts(call.input, 'GroupId').map((id) => groupNeed(call, id)),
    run: describeReferences,
  },
  DescribeStaleSecurityGroups: { run: describeStale },
  DescribeSecurityGroupVpcAssociations: { run: describeAssociations },
};

/** Only references from the other side of a peering are told; those in the same account are found by filter. */
function describeReferences(call: Call): object {
  const wanted = pick(placeOf(call).groups, texts(call.input, 'GroupId'), groupNotFound);
  const references = wanted.flatMap(({ id }) =>
    [...call.world.accounts.values()].flatMap(({ regions, place }) =>
      regions.has(call.region) ? referencesFrom(place(call.region), id) : [],
    ),
  );
  return { securityGroupReferenceSet: references };
}

function referencesFrom(place: ReturnType<typeof placeOf>, groupId: string) {
  return [...place.rules.values()].flatMap(({ groupId: from, body: { source } }) => {
    const refers = source.kind === 'group' && source.id === groupId && source.peering !== undefined;
    const referencingVpcId = place.groups.get(from)?.vpcId;
    return refers ? [{ groupId, referencingVpcId, vpcPeeringConnectionId: source.peering }] : [];
  });
}

function describeStale(call: Call): object {
  const { groups, vpcs } = placeOf(call);
  const vpcId = text(call.input, 'VpcId') ?? '';
  if (!vpcs.has(vpcId)) throw new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
  const stale = [...groups.values()]
    .filter((group) => group.vpcId === vpcId)
    .map((group) => ({ group, rules: [...group.rules].filter((rule) => isStale(call, rule)) }))
    .filter(({ rules }) => rules.length > 0);
  const { items, next } = pageOf(call, stale, 255);
  return { staleSecurityGroupSet: items.map(writeStale), nextToken: next };
}

/** It refers to a group that is gone. */
function isStale(call: Call, { body: { source } }: SecurityGroupRule): boolean {
  if (source.kind !== 'group') return false;
  const owner = call.world.accounts.get(source.account);
  return !owner?.place(call.region).groups.has(source.id);
}

function writeStale({ group, rules }: { readonly group: SecurityGroup; readonly rules: readonly SecurityGroupRule[] }) {
  return {
    groupId: group.id,
    groupName: group.name,
    description: group.description,
    vpcId: group.vpcId,
    staleIpPermissions: writePermissions(rules.filter(({ body }) => !body.egress)),
    staleIpPermissionsEgress: writePermissions(rules.filter(({ body }) => body.egress)),
  };
}

function describeAssociations(call: Call): object {
  const { groups } = placeOf(call);
  const all = [...groups.values()].flatMap((group) => group.associations.map((vpcId) => ({ group, vpcId })));
  const chosen = applyFilters(call, all, {
    'group-id': ({ group }) => [group.id],
    'group-owner-id': ({ group }) => [group.owner],
    'vpc-id': ({ vpcId }) => [vpcId],
    'vpc-owner-id': () => [call.account.id],
    state: () => ['associated'],
  });
  const { items, next } = pageOf(call, chosen, 1000);
  const written = items.map(({ group, vpcId }) => ({
    groupId: group.id,
    vpcId,
    vpcOwnerId: call.account.id,
    state: 'associated',
    groupOwnerId: group.owner,
  }));
  return { securityGroupVpcAssociationSet: written, nextToken: next };
}

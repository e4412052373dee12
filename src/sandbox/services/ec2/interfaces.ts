/** Who uses a group? https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { flag, text, texts } from '../../wire/fields.ts';
import type { NetworkInterface } from '../../world/world.ts';
import { applyFilters, pageOf, pick, placeOf, tagSet } from './query.ts';

export const interfaceActions: { readonly [action: string]: Action } = {
  DescribeNetworkInterfaces: { run: describeInterfaces },
  GetManagedResourceVisibility: {
    run: (call) => ({ visibility: { defaultVisibility: call.account.managedResources } }),
  },
};

function describeInterfaces(call: Call): object {
  const ids = texts(call.input, 'NetworkInterfaceId');
  if (ids.length > 0 && text(call.input, 'MaxResults') !== undefined) {
    throw new ServiceError(
      'InvalidParameterCombination',
      'The parameter MaxResults cannot be used with the parameter NetworkInterfaceIds',
    );
  }
  const picked = pick(placeOf(call).interfaces, ids, missing).filter((item) => isShown(call, item));
  const { items, next } = pageOf(call, applyFilters(call, picked, factsOf(call)), 1000);
  return { networkInterfaceSet: items.map((item) => writeInterface(call, item)), nextToken: next };
}

function missing(id: string): ServiceError {
  return new ServiceError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
}

/** Where the account hides managed resources, they are silently missing unless the caller asks for them. */
function isShown(call: Call, item: NetworkInterface): boolean {
  const hidden = item.operator !== undefined && call.account.managedResources === 'hidden';
  return !hidden || flag(call.input, 'IncludeManagedResources');
}

function factsOf(call: Call) {
  const { groups } = placeOf(call);
  return {
    'group-id': (item: NetworkInterface) => item.groups,
    'group-name': (item: NetworkInterface) => item.groups.map((id) => groups.get(id)?.name),
    'network-interface-id': (item: NetworkInterface) => [item.id],
    'vpc-id': (item: NetworkInterface) => [item.vpcId],
    'subnet-id': (item: NetworkInterface) => [item.subnetId],
    'interface-type': (item: NetworkInterface) => [item.type],
    status: (item: NetworkInterface) => [item.status],
    description: (item: NetworkInterface) => [item.description],
    'owner-id': () => [call.account.id],
    'requester-id': (item: NetworkInterface) => [item.requester],
    'requester-managed': (item: NetworkInterface) => [item.requester !== undefined],
    'operator.managed': (item: NetworkInterface) => [item.operator !== undefined],
    'operator.principal': (item: NetworkInterface) => [item.operator],
    'attachment.instance-id': (item: NetworkInterface) => [item.instance],
  };
}

function writeInterface(call: Call, item: NetworkInterface) {
  const { groups } = placeOf(call);
  return {
    networkInterfaceId: item.id,
    subnetId: item.subnetId,
    vpcId: item.vpcId,
    availabilityZone: `${call.region}a`,
    description: item.description,
    ownerId: call.account.id,
    requesterId: item.requester,
    requesterManaged: item.requester !== undefined,
    status: item.status,
    privateIpAddress: item.privateIp,
    groupSet: item.groups.map((id) => ({ groupId: id, groupName: groups.get(id)?.name })),
    attachment: writeAttachment(call, item),
    tagSet: tagSet(item.tags),
    interfaceType: item.type,
    operator: item.operator === undefined ? { managed: false } : writeOperator(call, item.operator),
  };
}

function writeOperator(call: Call, principal: string) {
  return { managed: true, principal, hiddenByDefault: call.account.managedResources === 'hidden' };
}

function writeAttachment(call: Call, item: NetworkInterface) {
  if (item.status !== 'in-use') return undefined;
  const common = { attachmentId: item.id.replace('eni-', 'eni-attach-'), deviceIndex: 0, status: 'attached' };
  return item.instance === undefined
    ? { ...common, instanceOwnerId: item.requester ?? 'amazon-aws' }
    : { ...common, instanceId: item.instance, instanceOwnerId: call.account.id };
}

/**
 * Who uses a security group: the network interfaces it is attached to, service-managed ones included; and who else
 * knows it: groups whose rules refer to it, and further VPCs that it is associated with.
 * Evidence, not a resource: it is read only for groups that would change, and nothing here is ever written.
 */
import {
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupVpcAssociationsCommand,
  type NetworkInterface,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import type { Aws } from '../model/aws.ts';
import { groupBy } from '../model/group-by.ts';
import { operation } from '../model/operation.ts';
import type { Observation, Reader } from '../model/resource.ts';
import { perCall } from './ec2-filters.ts';
import { describeGroups } from './security-group/operations.ts';

/** One interface, in the words that tell a person whom a change would hit. */
export type Use = {
  readonly type: string;
  readonly account: string;
  readonly status: string;
  readonly instance?: string;
  readonly name?: string;
  readonly description?: string;
  /** The AWS service or account that created and manages it. */
  readonly managedBy?: string;
};
export type Uses = { readonly [networkInterface: string]: Use };

const describeInterfaces = operation('ec2:DescribeNetworkInterfaces', DescribeNetworkInterfacesCommand);
const describeAssociations = operation(
  'ec2:DescribeSecurityGroupVpcAssociations',
  DescribeSecurityGroupVpcAssociationsCommand,
);

const PAGE = 1000;

export const securityGroupUse: Reader<Uses> = {
  name: 'security-group-use',
  scope: 'region',
  reads: [describeInterfaces, describeGroups, describeAssociations],
  tells: [describeGroups, describeAssociations],

  /** Only interfaces are in use; the others, which are told and decide nothing, are asked for with `close`. */
  async read(aws, { ids = [], close }) {
    const uses = new Map(ids.map((id) => [id, {} as Record<string, Use>]));
    const known = new Map(ids.map((id) => [id, { referencedBy: new Set<string>(), vpcs: new Set<string>() }]));
    for (const some of perCall(ids)) {
      await findInterfaces(aws, some, uses);
      if (close) await Promise.all([findReferences(aws, some, known), findAssociations(aws, some, known)]);
    }
    return Object.fromEntries(
      [...uses].map(([id, value]) => {
        const { referencedBy = [], vpcs = [] } = known.get(id) ?? {};
        const about = close ? { referencedBy: [...referencedBy].sort(), vpcs: [...vpcs].sort() } : {};
        return [id, { value, handles: {}, about }];
      }),
    );
  },
};

type Known = ReadonlyMap<string, { readonly referencedBy: Set<string>; readonly vpcs: Set<string> }>;

async function findInterfaces(
  aws: Aws,
  ids: readonly string[],
  uses: ReadonlyMap<string, Record<string, Use>>,
): Promise<void> {
  const asked = { Filters: [{ Name: 'group-id', Values: [...ids] }], MaxResults: PAGE };
  const collect = async (more: { readonly IncludeManagedResources?: true }): Promise<void> => {
    for await (const page of aws.pages(describeInterfaces({ ...asked, ...more }))) {
      for (const each of page.NetworkInterfaces ?? []) {
        for (const { GroupId } of each.Groups ?? []) {
          const found = uses.get(GroupId ?? '');
          if (found) found[each.NetworkInterfaceId ?? ''] = use(each);
        }
      }
    }
  };
  // Without it, interfaces that AWS services manage are silently missing where the account hides them.
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
  await whereKnown(
    () => collect({ IncludeManagedResources: true }),
    () => collect({}),
  );
}

/**
 * Partitions get what is new in EC2 at different times. One that does not know a parameter has nothing to hide by it, and
 * one that does not know a call has nothing that it could tell.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors
 */
async function whereKnown(ask: () => Promise<void>, otherwise: () => Promise<void>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    const isUnknown = error instanceof Error && ['UnknownParameter', 'InvalidAction'].includes(error.name);
    if (!isUnknown) throw error;
    await otherwise();
  }
}

/** Two questions, because filters of one call must all hold. */
async function findReferences(aws: Aws, ids: readonly string[], known: Known): Promise<void> {
  for (const Name of ['ip-permission.group-id', 'egress.ip-permission.group-id']) {
    for await (const page of aws.pages(describeGroups({ Filters: [{ Name, Values: [...ids] }], MaxResults: PAGE }))) {
      for (const group of page.SecurityGroups ?? []) {
        const { GroupId = '', GroupName = '' } = group;
        for (const id of referencesOf(group)) {
          if (id !== GroupId) known.get(id)?.referencedBy.add(`${GroupId} (${GroupName})`);
        }
      }
    }
  }
}

function referencesOf({ IpPermissions = [], IpPermissionsEgress = [] }: SecurityGroup): readonly string[] {
  return [...IpPermissions, ...IpPermissionsEgress].flatMap(({ UserIdGroupPairs = [] }) =>
    UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
  );
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupVpcAssociation.html */
const NOT_THERE = ['disassociated', 'association-failed'];

function findAssociations(aws: Aws, ids: readonly string[], known: Known): Promise<void> {
  return whereKnown(
    () => associationsOf(aws, ids, known),
    async () => {},
  );
}

async function associationsOf(aws: Aws, ids: readonly string[], known: Known): Promise<void> {
  const call = describeAssociations({ Filters: [{ Name: 'group-id', Values: [...ids] }], MaxResults: PAGE });
  for await (const page of aws.pages(call)) {
    for (const { GroupId = '', VpcId, State } of page.SecurityGroupVpcAssociations ?? []) {
      if (VpcId && !NOT_THERE.includes(State ?? '')) known.get(GroupId)?.vpcs.add(VpcId);
    }
  }
}

/** `3 interfaces: i-0ab… (web), eni-0cd… (lambda); referenced by sg-0ab… (app); associated with vpc-0cd…`. */
export function tellUse({ value, about }: Observation): string {
  const { referencedBy = [], vpcs = [] } = about as { referencedBy?: readonly string[]; vpcs?: readonly string[] };
  return [
    tellInterfaces(value as Uses),
    ...(referencedBy.length > 0 ? [`referenced by ${listed(referencedBy)}`] : []),
    ...(vpcs.length > 0 ? [`associated with ${listed(vpcs)}`] : []),
  ]
    .filter(Boolean)
    .join('; ');
}

/** An instance may have several interfaces: it is named once. */
function tellInterfaces(uses: Uses): string {
  const users = Object.entries(uses);
  if (users.length === 0) return '';
  const named = groupBy(users, ([id, user]) => user.instance ?? id);
  const names = [...named].map(([id, [first]]) => `${id} (${first ? labelOf(first[1]) : ''})`);
  return `${users.length} ${users.length === 1 ? 'interface' : 'interfaces'}: ${listed(names)}`;
}

function labelOf({ name, managedBy, description, type }: Use): string {
  return name ?? managedBy ?? description ?? type;
}

const LISTED = 5;

function listed(names: readonly string[]): string {
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return `${names.slice(0, LISTED).join(', ')}${more}`;
}

function use(each: NetworkInterface): Use {
  const name = each.TagSet?.find(({ Key }) => Key === 'Name')?.Value;
  const instance = each.Attachment?.InstanceId;
  const managedBy =
    each.Operator?.Principal ?? (each.RequesterManaged ? (each.RequesterId ?? 'an AWS service') : undefined);
  return {
    type: each.InterfaceType ?? 'interface',
    account: each.Attachment?.InstanceOwnerId ?? each.OwnerId ?? '',
    status: each.Status ?? '',
    ...(instance && { instance }),
    ...(name && { name }),
    ...(each.Description && { description: each.Description }),
    ...(managedBy && { managedBy }),
  };
}

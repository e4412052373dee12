/**
 * Who uses a security group: the network interfaces it is attached to, service-managed ones included.
 * Evidence, not a resource: it is read only for groups that would change, and nothing here is ever written.
 */
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from '@aws-sdk/client-ec2';
import { operation } from '../model/operation.ts';
import type { Observation, Reader } from '../model/resource.ts';

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

const IDS_PER_FILTER = 200;

export const securityGroupUse: Reader<Uses> = {
  name: 'security-group-use',
  scope: 'region',
  reads: [describeInterfaces],

  async read(aws, { ids = [] }) {
    const uses = new Map(ids.map((id) => [id, {} as Record<string, Use>]));
    for (let start = 0; start < ids.length; start += IDS_PER_FILTER) {
      const call = describeInterfaces({
        Filters: [{ Name: 'group-id', Values: ids.slice(start, start + IDS_PER_FILTER) }],
        MaxResults: 1000,
        // Without it, interfaces that AWS services manage are silently missing where the account hides them.
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
        IncludeManagedResources: true,
      });
      for await (const page of aws.pages(call)) {
        for (const each of page.NetworkInterfaces ?? []) {
          for (const { GroupId } of each.Groups ?? []) {
            const found = uses.get(GroupId ?? '');
            if (found) found[each.NetworkInterfaceId ?? ''] = use(each);
          }
        }
      }
    }
    return Object.fromEntries([...uses].map(([id, value]) => [id, { value, handles: {}, about: {} }]));
  },
};

/** `used by 2 interfaces: i-0ab… (web), eni-0cd… (lambda)`. */
export function tellUse({ value }: Observation): string {
  const users = Object.entries(value as Uses);
  const named = users.slice(0, 5).map(([id, user]) => {
    const label = user.name ?? user.managedBy ?? user.description ?? user.type;
    return `${user.instance ?? id} (${label})`;
  });
  const more = users.length > named.length ? `, and ${users.length - named.length} more` : '';
  return `used by ${users.length} ${users.length === 1 ? 'interface' : 'interfaces'}: ${named.join(', ')}${more}`;
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

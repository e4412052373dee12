/**
 * Which rules refer to a group that is gone, or that can no longer be reached? AWS never cleans them up.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html#vpc-peering-stale-groups
 * Asked VPC by VPC, and only for reports.
 */
import { DescribeStaleSecurityGroupsCommand, type StaleSecurityGroup } from '@aws-sdk/client-ec2';
import { operation } from '../model/operation.ts';
import type { Observation, Reader } from '../model/resource.ts';

/** Id of a group → ids of the groups that its rules refer to in vain. */
export type StaleReferences = { readonly [group: string]: readonly string[] };

const describeStale = operation('ec2:DescribeStaleSecurityGroups', DescribeStaleSecurityGroupsCommand);

export const staleReferences: Reader<StaleReferences> = {
  name: 'stale-references',
  scope: 'region',
  reads: [describeStale],

  /** Found under the ids of VPCs. */
  async read(aws, { ids = [] }) {
    const found: Record<string, Observation<StaleReferences>> = {};
    for (const VpcId of ids) {
      const value: Record<string, readonly string[]> = {};
      for await (const page of aws.pages(describeStale({ VpcId, MaxResults: 255 }))) {
        for (const group of page.StaleSecurityGroupSet ?? []) value[group.GroupId ?? ''] = referencesOf(group);
      }
      found[VpcId] = { value, handles: {}, about: {} };
    }
    return found;
  },
};

function referencesOf({ StaleIpPermissions = [], StaleIpPermissionsEgress = [] }: StaleSecurityGroup): string[] {
  const all = [...StaleIpPermissions, ...StaleIpPermissionsEgress].flatMap(({ UserIdGroupPairs = [] }) =>
    UserIdGroupPairs.flatMap(({ GroupId }) => GroupId ?? []),
  );
  return [...new Set(all)].sort();
}

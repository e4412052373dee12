/** Which regions and VPCs are there? */
import { ServiceError } from '../../errors.ts';
import type { Action, Call } from '../../service.ts';
import { flag, text, texts } from '../../wire/fields.ts';
import { canonicalIpv4 } from '../../world/cidr.ts';
import { isOptIn } from '../../world/regions.ts';
import { createVpcIn } from '../../world/vpc.ts';
import type { Vpc } from '../../world/world.ts';
import { invalidValue } from './errors.ts';
import { arnOf, taggingNeeds } from './permissions.ts';
import { applyFilters, pageOf, pick, placeOf, tagSet } from './query.ts';
import { specifiedTags } from './tags.ts';

export const vpcActions: { readonly [action: string]: Action } = {
  DescribeRegions: { run: describeRegions },
  DescribeVpcs: { run: describeVpcs },
  CreateVpc: {
    needs: (call) => [{ resource: arnOf(call, 'vpc', '*') }, ...taggingNeeds(call, 'vpc', 'CreateVpc')],
    run: createVpc,
  },
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html */
function describeRegions(call: Call): object {
  const names = texts(call.input, 'RegionName');
  const unknown = names.find((name) => !call.world.regions.includes(name));
  if (unknown !== undefined) throw invalidValue(`Invalid region name: ${unknown}`);
  const all = flag(call.input, 'AllRegions') || names.length > 0;
  const regions = call.world.regions
    .filter((name) => all || call.account.regions.has(name))
    .filter((name) => names.length === 0 || names.includes(name))
    .map((name) => ({ name, status: optInStatus(call, name) }));
  const chosen = applyFilters(call, regions, {
    'region-name': ({ name }) => [name],
    endpoint: ({ name }) => [endpointOf(name)],
    'opt-in-status': ({ status }) => [status],
  });
  return {
    regionInfo: chosen.map(({ name, status }) => ({
      regionName: name,
      regionEndpoint: endpointOf(name),
      optInStatus: status,
    })),
  };
}

const endpointOf = (region: string) => `ec2.${region}.amazonaws.com`;

function optInStatus(call: Call, region: string): string {
  if (!call.account.regions.has(region)) return 'not-opted-in';
  return isOptIn(region) ? 'opted-in' : 'opt-in-not-required';
}

function describeVpcs(call: Call): object {
  const { vpcs } = placeOf(call);
  const picked = pick(
    vpcs,
    texts(call.input, 'VpcId'),
    (id) => new ServiceError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`),
  );
  const chosen = applyFilters(call, picked, {
    'vpc-id': ({ id }) => [id],
    'owner-id': ({ owner }) => [owner],
    cidr: ({ cidr }) => [cidr],
    'is-default': ({ isDefault }) => [isDefault],
    isDefault: ({ isDefault }) => [isDefault],
    state: () => ['available'],
  });
  const { items, next } = pageOf(call, chosen, 1000);
  return { vpcSet: items.map(writeVpc), nextToken: next };
}

function writeVpc(vpc: Vpc) {
  const ipv6 = { ipv6CidrBlock: vpc.ipv6, ipv6CidrBlockState: { state: 'associated' } };
  return {
    vpcId: vpc.id,
    ownerId: vpc.owner,
    state: 'available',
    cidrBlock: vpc.cidr,
    cidrBlockAssociationSet: [{ cidrBlock: vpc.cidr, cidrBlockState: { state: 'associated' } }],
    ipv6CidrBlockAssociationSet: vpc.ipv6 === undefined ? [] : [ipv6],
    instanceTenancy: 'default',
    isDefault: vpc.isDefault,
    tagSet: tagSet(vpc.tags),
  };
}

function createVpc(call: Call): object {
  const cidr = canonicalIpv4(text(call.input, 'CidrBlock') ?? '');
  if (cidr === undefined)
    throw invalidValue(`Value (${text(call.input, 'CidrBlock')}) for parameter cidrBlock is invalid.`);
  const vpc: Vpc = {
    id: call.world.ids.next('vpc'),
    owner: call.account.id,
    isDefault: false,
    cidr,
    ...(flag(call.input, 'AmazonProvidedIpv6CidrBlock') && { ipv6: '2001:db8:1234:1a00::/56' }),
    tags: specifiedTags(call, 'vpc'),
  };
  createVpcIn(placeOf(call), vpc, { group: call.world.ids.next('sg'), rule: () => call.world.ids.next('sgr') });
  return { vpc: writeVpc(vpc) };
}

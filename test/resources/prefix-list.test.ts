/** Prefix lists as EC2 answers for them: how much they weigh, and how many of them one call may name. */
import { EC2Client, paginateDescribeSecurityGroups } from '@aws-sdk/client-ec2';
import { expect, it } from 'vitest';
import type { Aws } from '../../src/model/aws.ts';
import { weightOf } from '../../src/resources/prefix-list/weights.ts';
import { prefixList } from '../../src/resources/prefix-list.ts';
import { securityGroup } from '../../src/resources/security-group.ts';
import { securityGroupUse } from '../../src/resources/security-group-use.ts';
import { withSandbox } from '../support/sandbox.ts';
import { ACCOUNT, fleetYaml, REGION, seedWith } from '../support/worlds.ts';

const LISTS = `[
  { name: com.amazonaws.${REGION}.s3, owner: AWS, entries: [3.5.64.0/21, 16.12.18.0/23, 52.218.0.0/17] },
  { name: com.amazonaws.global.cloudfront.origin-facing, owner: AWS, entries: [13.113.196.64/26] },
  { name: offices, maxEntries: 7, entries: [198.51.100.0/24] }]`;
const SEED = seedWith('[]').replace(
  'network: { "*": {',
  `network: { "*": { prefixLists: ${LISTS.replaceAll('\n', '')},`,
);
const STATE = `${fleetYaml(ACCOUNT)}kind: Policy\nname: p\ntargets: { accounts: [all] }\nguardrails: { serial-console: { enabled: false } }`;

async function reading<Result>(work: (aws: Aws) => Promise<Result>): Promise<Result> {
  return withSandbox({ seed: SEED, state: STATE }, async ({ connection }) =>
    work(connection.own(REGION, [...prefixList.reads, ...securityGroup.reads, ...securityGroupUse.reads])),
  );
}

it('a list counts by its most entries, and one of AWS by the weight that AWS documents, whatever is in it', () =>
  reading(async (aws) => {
    const names = ['offices', `com.amazonaws.${REGION}.s3`, 'com.amazonaws.global.cloudfront.origin-facing'];
    const found = await prefixList.read(aws, { ids: names });
    expect(names.map((name) => found[name]?.about.weight)).toEqual([7, 1, 55]);
  }));

it.each([
  ['com.amazonaws.eu-west-1.ipv6.vpc-lattice', 'AWS', 10],
  ['cn.com.amazonaws.cn-north-1.dynamodb', 'AWS', 1],
  ['com.amazonaws.eu-west-1.s3express', 'AWS', 6],
  ['com.amazonaws.eu-west-1.s3', '111122223333', undefined],
  ['com.amazonaws.eu-west-1.constructor', 'AWS', undefined],
])('%s of %s weighs %s', (PrefixListName, OwnerId, weight) => {
  expect(weightOf({ PrefixListName, OwnerId })).toBe(weight);
});

/** One call takes 200 values, those of all its filters together: 199 ids and the owner fill it. */
it.each([
  ['lists by id', (aws: Aws, ids: string[]) => prefixList.read(aws, { ids: ids.map((id) => id.replace('sg', 'pl')) })],
  ['lists by name', (aws: Aws, ids: string[]) => prefixList.read(aws, { ids: ids.map((id) => `x${id}`) })],
  ['groups by id', (aws: Aws, ids: string[]) => securityGroup.read(aws, { ids })],
  ['groups by name', (aws: Aws, ids: string[]) => securityGroup.read(aws, { names: ids })],
  ['rules', (aws: Aws, ids: string[]) => securityGroup.read(aws, { ids, close: true })],
  ['users', (aws: Aws, ids: string[]) => securityGroupUse.read(aws, { ids, close: true })],
])('%s are asked for in as many calls as EC2 needs', (_, read) =>
  reading(async (aws) => {
    const ids = Array.from({ length: 400 }, (_each, i) => `sg-${(i + 1).toString(16).padStart(17, '0')}`);
    await expect(read(aws, ids)).resolves.toBeDefined();
  }),
);

it('EC2 refuses more values than that', () =>
  withSandbox({ seed: SEED, state: STATE }, async (_, { url: endpoint, credentials }) => {
    const client = new EC2Client({ endpoint, credentials, region: REGION, maxAttempts: 1 });
    const ask = async (count: number): Promise<string> => {
      const Values = Array.from({ length: count }, (_each, i) => `g${i}`);
      const Filters = [
        { Name: 'owner-id', Values: [ACCOUNT] },
        { Name: 'group-name', Values },
      ];
      try {
        for await (const _page of paginateDescribeSecurityGroups({ client, pageSize: 1000 }, { Filters }));
        return 'taken';
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect([await ask(199), await ask(200)]).toEqual(['taken', 'FilterLimitExceeded']);
  }));

/** Is a reader's session exactly as wide as what it reads? */
import { DescribeRegionsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../src/fleet/sessions.ts';
import { operation } from '../../src/model/operation.ts';

const vpcs = operation('ec2:DescribeVpcs', DescribeVpcsCommand);
const regions = operation('ec2:DescribeRegions', DescribeRegionsCommand);
const bucket = operation('s3:GetObject', DescribeVpcsCommand, {
  permissions: [
    { resource: 'arn:{partition}:s3:::journal/*' },
    { action: 'kms:Decrypt', resource: 'arn:{partition}:kms:{region}:{account}:key/*' },
  ],
});
const free = operation('sts:GetCallerIdentity', DescribeVpcsCommand, { permissions: [] });

describe('a read policy', () => {
  it('allows exactly the actions of the operations, each once, whatever their order', () => {
    const expected = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['ec2:DescribeRegions', 'ec2:DescribeVpcs'], Resource: '*' }],
    };
    expect(readPolicy([vpcs, regions, vpcs])).toEqual(expected);
    expect(readPolicy([regions, vpcs])).toEqual(expected);
  });

  it('keeps resources that an operation names, with the place left open', () => {
    expect(readPolicy([bucket]).Statement).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:*:s3:::journal/*' },
      { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: 'arn:*:kms:*:*:key/*' },
    ]);
  });

  it('says nothing about operations that need no permission', () => {
    expect(readPolicy([free, vpcs]).Statement).toHaveLength(1);
  });
});

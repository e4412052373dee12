import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/resource.ts';
import { resources } from '../../src/run.ts';

const OFF = { encrypted: false, key: 'aws-managed' };
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/abc';
const OPEN = {
  blockPublicAcls: false,
  ignorePublicAcls: false,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
};

/** setting, from, to, the calls in order, and `field effect` of what they change. */
const MOVES: readonly (readonly [string, Value, Value, readonly string[], readonly string[]])[] = [
  ['ebs-encryption', OFF, OFF, [], []],
  ['ebs-encryption', OFF, { ...OFF, encrypted: true }, ['ec2:EnableEbsEncryptionByDefault'], ['encrypted tightens']],
  [
    'ebs-encryption',
    OFF,
    { encrypted: true, key: KEY },
    ['ec2:EnableEbsEncryptionByDefault', 'ec2:ModifyEbsDefaultKmsKeyId'],
    ['encrypted tightens', 'key neutral'],
  ],
  [
    'ebs-encryption',
    { encrypted: true, key: KEY },
    OFF,
    ['ec2:ResetEbsDefaultKmsKeyId', 'ec2:DisableEbsEncryptionByDefault'],
    ['key neutral', 'encrypted loosens'],
  ],
  [
    'snapshot-public-access',
    { state: 'unblocked' },
    { state: 'block-all-sharing' },
    ['ec2:EnableSnapshotBlockPublicAccess'],
    ['state tightens'],
  ],
  [
    'snapshot-public-access',
    { state: 'block-all-sharing' },
    { state: 'block-new-sharing' },
    ['ec2:EnableSnapshotBlockPublicAccess'],
    ['state loosens'],
  ],
  [
    'snapshot-public-access',
    { state: 'block-new-sharing' },
    { state: 'unblocked' },
    ['ec2:DisableSnapshotBlockPublicAccess'],
    ['state loosens'],
  ],
  [
    'image-public-access',
    { state: 'unblocked' },
    { state: 'block-new-sharing' },
    ['ec2:EnableImageBlockPublicAccess'],
    ['state tightens'],
  ],
  [
    'image-public-access',
    { state: 'block-new-sharing' },
    { state: 'unblocked' },
    ['ec2:DisableImageBlockPublicAccess'],
    ['state loosens'],
  ],
  [
    'instance-metadata-defaults',
    {},
    { httpTokens: 'required', hopLimit: 2, instanceMetadataTags: 'enabled' },
    ['ec2:ModifyInstanceMetadataDefaults'],
    ['httpTokens tightens', 'hopLimit neutral', 'instanceMetadataTags neutral'],
  ],
  [
    'instance-metadata-defaults',
    { httpTokens: 'required', httpTokensEnforced: 'enabled', hopLimit: 1, httpEndpoint: 'enabled' },
    { httpTokens: 'optional', hopLimit: 2, httpEndpoint: 'disabled' },
    ['ec2:ModifyInstanceMetadataDefaults'],
    ['httpTokens loosens', 'httpTokensEnforced loosens', 'hopLimit loosens', 'httpEndpoint tightens'],
  ],
  ['account-alias', {}, { alias: 'acme' }, ['iam:CreateAccountAlias'], ['alias neutral']],
  ['account-alias', { alias: 'old' }, { alias: 'acme' }, ['iam:CreateAccountAlias'], ['alias neutral']],
  ['account-alias', { alias: 'acme' }, {}, ['iam:DeleteAccountAlias'], ['alias neutral']],
  [
    's3-public-access',
    {},
    { ...OPEN, blockPublicPolicy: true },
    ['s3-control:PutPublicAccessBlock'],
    [
      'blockPublicAcls neutral',
      'ignorePublicAcls neutral',
      'blockPublicPolicy tightens',
      'restrictPublicBuckets neutral',
    ],
  ],
  [
    's3-public-access',
    { ...OPEN, blockPublicAcls: true },
    {},
    ['s3-control:DeletePublicAccessBlock'],
    [
      'blockPublicAcls loosens',
      'ignorePublicAcls neutral',
      'blockPublicPolicy neutral',
      'restrictPublicBuckets neutral',
    ],
  ],
];

describe.each(MOVES)('%s from %j to %j', (name, from, to, calls, changes) => {
  const steps = resources.get(name)?.transition(from, to, '') ?? [];

  it('takes these calls in this order', () => {
    expect(steps.map(({ call }) => call.operation)).toEqual(calls);
  });

  it('tells which of its changes protect', () => {
    expect(steps.flatMap((step) => step.changes.map(({ field, effect }) => `${field} ${effect}`))).toEqual(changes);
  });
});

it('sends every metadata field, cleared ones as "no preference"', () => {
  const [only] =
    resources.get('instance-metadata-defaults')?.transition({ hopLimit: 3 }, { httpTokens: 'required' }, '') ?? [];
  expect(only?.call.input).toEqual({
    HttpTokens: 'required',
    HttpTokensEnforced: 'no-preference',
    HttpPutResponseHopLimit: -1,
    HttpEndpoint: 'no-preference',
    InstanceMetadataTags: 'no-preference',
  });
});

it('says what giving up an alias risks', () => {
  const told = (from: Value, to: Value) => resources.get('account-alias')?.losses?.(from, to);
  expect(told({ alias: 'old' }, { alias: 'new' })).toEqual([
    'the alias "old" is given up; it can be had back only as long as no other account takes it',
  ]);
  expect(told({}, { alias: 'new' })).toEqual([]);
});

it('says whom a password that expires for good shuts out', () => {
  const { losses } = resources.get('password-policy') ?? {};
  const policy = (maxAge: number | 'never', hardExpiry: boolean): Value => ({ maxAge, hardExpiry });
  const shut = ['console access of whoever has a password older than 30 days, until an administrator sets a new one'];
  expect(losses?.({}, policy(30, true))).toEqual(shut);
  expect(losses?.(policy(30, false), policy(30, true))).toEqual(shut);
  expect(losses?.(policy('never', true), policy(30, true))).toEqual(shut);
  expect(losses?.(policy(90, true), policy(30, true))).toEqual(shut);
  expect(losses?.(policy(30, true), policy(90, true))).toEqual([]);
  expect(losses?.(policy(30, false), policy(20, false))).toEqual([]);
  expect(losses?.(policy(30, true), policy('never', true))).toEqual([]);
});

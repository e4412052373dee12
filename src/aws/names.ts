/** Names that go into AssumeRole: role ARNs from the fleet's patterns, session names, external ids. Pure. */
import { TrueupError } from '../model/problem.ts';

type Place = { readonly partition: string; readonly account: string };

/** @param role a role's name (with its path, if any) or an ARN pattern; `{account}` and `{partition}` are filled in. */
export function fillRole(role: string, { partition, account }: Place): string {
  const pattern = role.startsWith('arn:') ? role : `arn:{partition}:iam::{account}:role/${role.replace(/^\//, '')}`;
  return pattern.replaceAll('{partition}', partition).replaceAll('{account}', account);
}

/** @throws TrueupError when that gives no ARN, or the ARN of a role in another account. */
export function roleArn(role: string, place: Place): string {
  const arn = fillRole(role, place);
  const { account } = place;
  const [, actual] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\w+=,.@/-]+$/.exec(arn) ?? [];
  if (actual === account) return arn;
  if (actual !== undefined) throw wrongAccount(arn, actual, account);
  throw new TrueupError({
    code: 'role-invalid',
    message: `"${role}" gives no ARN of a role`,
    advice: 'write a role name such as trueup-read, or arn:{partition}:iam::{account}:role/NAME',
  });
}

/** A session that is taken for another account's would read and write in the wrong place. */
export function wrongAccount(arn: string, actual: string, wanted: string): TrueupError {
  return new TrueupError({
    code: 'wrong-account',
    message: `the role ${arn} leads to account ${actual}, not to ${wanted}`,
    advice: 'write {account} in the role pattern of the fleet instead of an account id',
  });
}

/** Letters, digits and `_+=,.@-`, 2 to 64 of them. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function sessionName(text: string): string {
  return text
    .replace(/[^\w+=,.@-]+/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
}

/** Checked here, because STS would quote it in its refusal. */
export function checkExternalId(externalId: string | undefined): void {
  if (externalId === undefined || /^[\w+=,.@:/-]{2,1224}$/.test(externalId)) return;
  throw new TrueupError({
    code: 'external-id-invalid',
    message: 'the external id has characters that AWS does not take, or is not 2 to 1224 characters long',
    advice: 'use letters, digits and _+=,.@:/- only; check the variable that externalId in the fleet names',
  });
}

/** Where a partition's account-wide services are signed for. */
const GLOBAL_REGIONS: { readonly [partition: string]: string } = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
};

/** The region of a target: `global` is what an account has once, and its calls are signed for one fixed region. */
export function signingRegion(region: string, partition: string, homeRegion: string): string {
  return region === 'global' ? (GLOBAL_REGIONS[partition] ?? homeRegion) : region;
}

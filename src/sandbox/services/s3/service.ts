/**
 * S3, as far as objects that are written once or compared and swapped.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { RefusedError, ServiceError } from '../../errors.ts';
import { authorize, type Call, type Need, type Service } from '../../service.ts';
import { text, whole } from '../../wire/fields.ts';
import { type Bucket, etagOf, type StoredObject } from '../../world/buckets.ts';
import { type S3Output, s3Protocol } from './protocol.ts';

const MOST_KEYS = 1000;

export const s3: Service = {
  name: 's3',
  protocol: s3Protocol,
  regional: true,
  actions: {
    // A write that depends on what is there lets the caller find out about it.
    PutObject: {
      needs: (call) => [onObject(call), ...('IfMatch' in call.input ? [onObject(call, 's3:GetObject')] : [])],
      run: put,
    },
    GetObject: { needs: (call) => [onObject(call)], run: get },
    ListObjectsV2: { needs: (call) => [onBucket(call)], run: list },
  },
};

function onObject({ world, input }: Call, action?: string): Need {
  const resource = `arn:${world.partition}:s3:::${text(input, 'Bucket')}/${text(input, 'Key')}`;
  return { resource, ...(action !== undefined && { action }) };
}

/** A request that asks for no prefix, or an empty one, has none that a condition could look at. */
function onBucket(call: Call): Need {
  const prefix = text(call.input, 'Prefix') ?? '';
  return { ...listing(call), ...(prefix !== '' && { keys: { 's3:prefix': [prefix] } }) };
}

function listing({ world, input }: Call): Need {
  return { action: 's3:ListBucket', resource: `arn:${world.partition}:s3:::${text(input, 'Bucket')}` };
}

/** Buckets of other accounts would need a bucket policy, and there are none here. */
function bucketOf({ world, account, region, input }: Call): Bucket {
  const bucket = world.buckets.get(text(input, 'Bucket') ?? '');
  if (!bucket) throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404);
  const expected = text(input, 'ExpectedBucketOwner') ?? bucket.owner;
  if (bucket.owner !== account.id || expected !== bucket.owner) throw new RefusedError('denied', 'Access Denied');
  if (bucket.region === region) return bucket;
  const message = 'The bucket you are attempting to access must be addressed using the specified endpoint.';
  throw new ServiceError('PermanentRedirect', message, 301);
}

function put(call: Call): S3Output {
  const { objects } = bucketOf(call);
  const { input, world } = call;
  const key = text(input, 'Key') ?? '';
  checkCondition(objects.get(key), text(input, 'IfNoneMatch'), text(input, 'IfMatch'));
  const body = text(input, 'Body') ?? '';
  const stored = { body, etag: etagOf(body), at: world.clock.now() };
  objects.set(key, stored);
  return { headers: { etag: stored.etag } };
}

function checkCondition(there: StoredObject | undefined, ifNoneMatch?: string, ifMatch?: string): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new ServiceError(
      'NotImplemented',
      'A header you provided implies functionality that is not implemented',
      501,
    );
  if (ifMatch !== undefined && !there) throw noSuchKey();
  const fails = (ifNoneMatch === '*' && there) || (ifMatch !== undefined && ifMatch !== there?.etag);
  if (fails)
    throw new ServiceError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
}

function get(call: Call): S3Output {
  const there = bucketOf(call).objects.get(text(call.input, 'Key') ?? '');
  if (!there) {
    // That an object is not there is told only to who may list the bucket; a request for one object names no prefix, so
    // that a condition on it does not hold. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    authorize(call, 's3', 'GetObject', [listing(call)]);
    throw noSuchKey();
  }
  const headers = { etag: there.etag, 'last-modified': new Date(there.at).toUTCString() };
  return { body: there.body, headers };
}

function noSuchKey(): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
}

/** Keys in the order of their bytes; what lies behind the delimiter is rolled up into one prefix. */
function list(call: Call): S3Output {
  const { name, objects } = bucketOf(call);
  const prefix = text(call.input, 'Prefix') ?? '';
  const delimiter = text(call.input, 'Delimiter') ?? '';
  const after = text(call.input, 'ContinuationToken') ?? '';
  const rolled = (key: string): string => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  };
  const found = [...new Set([...objects.keys()].filter((key) => key.startsWith(prefix)).map(rolled))].sort();
  const rest = found.filter((key) => key > after);
  const page = rest.slice(0, Math.min(whole(call.input, 'MaxKeys') ?? MOST_KEYS, MOST_KEYS));
  const truncated = rest.length > page.length;
  const isPrefix = (key: string): boolean => delimiter !== '' && key.endsWith(delimiter) && !objects.has(key);
  return {
    elements: [
      ['Name', name],
      ['Prefix', prefix],
      ['KeyCount', page.length],
      ['IsTruncated', truncated],
      ['NextContinuationToken', truncated ? page.at(-1) : undefined],
      ...page.filter((key) => !isPrefix(key)).map((Key) => ['Contents', { Key }] as const),
      ...page.filter(isPrefix).map((Prefix) => ['CommonPrefixes', { Prefix }] as const),
    ],
  };
}

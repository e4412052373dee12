/** Which bucket does `s3://…` mean, who must own it, and what does a caller need to keep a journal there? Pure. */
import type { PolicyDocument } from '../model/aws.ts';
import { TrueupError } from '../model/problem.ts';

export type S3Place = {
  readonly bucket: string;
  /** Empty, or ends with `/`. */
  readonly prefix: string;
  /** The bucket's region, when it is not the fleet's home region. */
  readonly region?: string;
  /** The account that owns the bucket, when it is not the caller's. */
  readonly owner?: string;
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^(?:[A-Za-z0-9!_.*'()=-]+\/)*$/;
const QUESTIONS: { readonly [name: string]: RegExp } = { region: /^[a-z]{2,5}(?:-[a-z]+)+-\d+$/, owner: /^\d{12}$/ };

export function isS3(place: string): boolean {
  return place.startsWith('s3://');
}

/** @param text `s3://BUCKET/PREFIX`, with `?region=…` and `&owner=…` @throws TrueupError `journal-place-invalid` */
export function parseS3Place(text: string): S3Place {
  const [, bucket = '', path = '', query = ''] = /^s3:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(text) ?? [];
  const prefix = path === '' || path.endsWith('/') ? path : `${path}/`;
  const asked = [...new URLSearchParams(query)];
  const understood = asked.every(([name, value]) => QUESTIONS[name]?.test(value));
  if (BUCKET.test(bucket) && PREFIX.test(prefix) && understood) {
    return { bucket, prefix, ...Object.fromEntries(asked) };
  }
  throw new TrueupError({
    code: 'journal-place-invalid',
    message: `the journal cannot be at ${text}`,
    advice:
      'write s3://BUCKET/PREFIX; ?region=REGION says where the bucket is, &owner=ACCOUNT whose it is if not the caller’s',
  });
}

/** Exactly what is needed to write a journal there, to read it back and to hold the lock. Nothing in it deletes. */
export function journalAccess({ bucket, prefix }: S3Place, partition: string): PolicyDocument {
  const arn = `arn:${partition}:s3:::${bucket}`;
  return {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${arn}/${prefix}*` },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: arn,
        // Without a prefix there is nothing to narrow, and a condition on one would not hold.
        ...(prefix !== '' && { Condition: { StringLike: { 's3:prefix': [`${prefix}*`] } } }),
      },
    ],
  };
}

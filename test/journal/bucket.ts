/** A sandbox with buckets in it, and what tests of journals in S3 say to it. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { FIRST, HUB, SMALL_SEED } from '../support/small.ts';

export const BUCKET = 'trueup-journal';
const buckets = `
buckets:
  - { name: ${BUCKET}, account: "${HUB}", region: eu-west-1 }
  - { name: foreign, account: "${FIRST}", region: eu-west-1 }
  - { name: elsewhere, account: "${HUB}", region: us-east-1 }
`;

/** What the caller's role needs for a journal under `journals/`, and nothing else of S3. */
const ACCESS = `{ Effect: Allow, Action: ["s3:PutObject", "s3:GetObject"], Resource: "arn:aws:s3:::${BUCKET}/journals/*" }, { Effect: Allow, Action: "s3:ListBucket", Resource: "arn:aws:s3:::${BUCKET}", Condition: { StringLike: { "s3:prefix": "journals/*" } } }`;

export const SEED = `${SMALL_SEED.replace(
  'Action: ["sts:AssumeRole", "organizations:*"], Resource: "*" }]',
  `Action: ["sts:AssumeRole", "organizations:*"], Resource: "*" }, ${ACCESS}]`,
)}${buckets}`;

/** The same without the fence around S3. */
export const OPEN_SEED = `${SMALL_SEED.replace('"organizations:*"]', '"organizations:*", "s3:*"]')}${buckets}`;

export function s3Of({ url, credentials }: Pick<Sandbox, 'url' | 'credentials'>): S3Client {
  return new S3Client({ endpoint: url, region: 'eu-west-1', credentials, forcePathStyle: true, maxAttempts: 1 });
}

export type Writing = {
  readonly IfNoneMatch?: string;
  readonly IfMatch?: string;
  readonly ExpectedBucketOwner?: string;
};

export async function put(s3: S3Client, Key: string, Body: string, more: Writing = {}): Promise<string | undefined> {
  return (await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }))).ETag;
}

export async function get(s3: S3Client, Key: string): Promise<{ body: string; etag: string | undefined }> {
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return { body: (await Body?.transformToString()) ?? '', etag: ETag };
}

export async function keys(
  s3: S3Client,
  Prefix: string,
  how: { readonly Delimiter?: string; readonly MaxKeys?: number } = {},
): Promise<string[]> {
  const found: string[] = [];
  for (let token: string | undefined; ; ) {
    const more = token === undefined ? how : { ...how, ContinuationToken: token };
    const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix, ...more }));
    found.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    found.push(...(page.CommonPrefixes ?? []).map(({ Prefix: one = '' }) => one));
    if (!page.IsTruncated) return found;
    token = page.NextContinuationToken;
  }
}

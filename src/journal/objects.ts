/**
 * Objects that are written once, or swapped by who knows what is there: all that a journal and a lock ask of S3.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Aws } from '../model/aws.ts';
import { operation } from '../model/operation.ts';

const putObject = operation('s3:PutObject', PutObjectCommand);
const getObject = operation('s3:GetObject', GetObjectCommand);
const listObjects = operation('s3:ListObjectsV2', ListObjectsV2Command, {
  permissions: [{ action: 's3:ListBucket' }],
  token: 'ContinuationToken',
  nextToken: 'NextContinuationToken',
});

export const bucketOperations = [putObject, getObject, listObjects];

export type Found = { readonly text: string; readonly etag: string };

export interface Objects {
  /** Whether the object is now there as written here. `false`: somebody else's is. */
  create(key: string, text: string): Promise<boolean>;
  /** Replaces exactly the version with this etag. `false`: somebody else was first. */
  swap(key: string, text: string, etag: string): Promise<boolean>;
  read(key: string): Promise<Found | undefined>;
  /** Keys that begin with the prefix, sorted. */
  keys(prefix: string): Promise<string[]>;
  /** What stands between the prefix and the next slash, sorted. */
  folders(prefix: string): Promise<string[]>;
}

/** Pauses before a write is sent again that S3 could not decide because another one was under way. */
const CONFLICT_PAUSES = [50, 200, 800];

/** @param where whose bucket it is: S3 refuses a request that reaches another owner's. */
export function openBucket(aws: Aws, where: { readonly bucket: string; readonly owner: string }): Objects {
  const common = { Bucket: where.bucket, ExpectedBucketOwner: where.owner };

  async function read(Key: string, tries = 2): Promise<Found | undefined> {
    try {
      const { Body, ETag = '' } = await aws.send(getObject({ ...common, Key }));
      return { text: (await Body?.transformToString('utf8')) ?? '', etag: ETag };
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      if (nameOf(error) !== 'AccessDenied' || tries === 0) throw error;
      // It may have been written between the two questions.
      return (await isListed(Key, error)) ? read(Key, tries - 1) : undefined;
    }
  }

  /**
   * S3 refuses what is not there, unless the caller may list the whole bucket; who may list a prefix can ask there.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   * @throws `refusal`, where listing is refused as well
   */
  async function isListed(key: string, refusal: unknown): Promise<boolean> {
    const pages = await list(key).catch(() => {
      throw refusal;
    });
    return pages.some(({ Contents = [] }) => Contents.some(({ Key }) => Key === key));
  }

  type Condition = { readonly IfNoneMatch: '*' } | { readonly IfMatch: string };
  async function write(Key: string, Body: string, condition: Condition): Promise<boolean> {
    for (const pause of [...CONFLICT_PAUSES, undefined]) {
      try {
        await aws.send(putObject({ ...common, Key, Body, ContentType: 'application/json', ...condition }));
        return true;
      } catch (error) {
        // A write whose answer got lost is sent again by the client, and then meets what its first copy wrote.
        if (nameOf(error) === 'PreconditionFailed') return (await read(Key))?.text === Body;
        if (nameOf(error) === 'NoSuchKey') return false;
        if (nameOf(error) !== 'ConditionalRequestConflict' || pause === undefined) throw error;
        await sleep(pause);
      }
    }
    return false;
  }

  async function list(Prefix: string, Delimiter?: string) {
    const pages = [];
    const call = listObjects({ ...common, Prefix, ...(Delimiter !== undefined && { Delimiter }) });
    for await (const page of aws.pages(call)) pages.push(page);
    return pages;
  }

  return {
    create: (key, text) => write(key, text, { IfNoneMatch: '*' }),
    swap: (key, text, etag) => write(key, text, { IfMatch: etag }),
    read,
    keys: async (prefix) =>
      (await list(prefix)).flatMap(({ Contents = [] }) => Contents.map(({ Key = '' }) => Key)).sort(),
    folders: async (prefix) =>
      (await list(prefix, '/'))
        .flatMap(({ CommonPrefixes = [] }) => CommonPrefixes.map((one) => (one.Prefix ?? '').slice(prefix.length, -1)))
        .sort(),
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

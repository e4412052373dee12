/** The buckets of the sandbox and what is in them. Names are unique in the whole world, as in AWS. */
import { createHash } from 'node:crypto';

export type StoredObject = { readonly body: string; readonly etag: string; readonly at: number };

export type Bucket = {
  readonly name: string;
  /** The account that owns it. */
  readonly owner: string;
  readonly region: string;
  readonly objects: Map<string, StoredObject>;
};

export type Buckets = ReadonlyMap<string, Bucket>;

type BucketSeed = { readonly name: string; readonly account: string; readonly region: string };

export function createBuckets(seeds: readonly BucketSeed[]): Buckets {
  return new Map(
    seeds.map(({ name, account, region }) => [name, { name, owner: account, region, objects: new Map() }]),
  );
}

/** The quotation marks are part of it. */
export function etagOf(body: string): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** Does the sandbox keep objects as S3 does: written once, compared and swapped, listed in pages, guarded by its owner? */
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { FIRST, HUB } from '../support/small.ts';
import { get, keys, OPEN_SEED, put, SEED, s3Of } from './bucket.ts';

let sandbox: Sandbox;
let s3: S3Client;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: OPEN_SEED });
  s3 = s3Of(sandbox);
});
afterAll(() => sandbox.close());

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: Error & { $metadata?: { httpStatusCode?: number } }) => `${error.name} ${error.$metadata?.httpStatusCode}`,
  );

describe('objects in the sandbox', () => {
  test('come back as they were put, whatever the key and the text', async () => {
    for (const [key, text] of [
      ['plain', 'text'],
      ['a b/ü+&%/日本', 'line\nline\n<x>"&'],
    ] as const) {
      const etag = await put(s3, key, text);
      expect(await get(s3, key)).toEqual({ body: text, etag });
    }
    expect(await refusal(get(s3, 'not/there'))).toBe('NoSuchKey 404');
  });

  test('that are not there are told only to who may list the whole bucket', async () => {
    const narrow = await startSandbox({ seed: SEED });
    try {
      const client = s3Of(narrow);
      expect(await refusal(get(client, 'journals/never'))).toBe('AccessDenied 403');
      expect(await keys(client, 'journals/never')).toEqual([]);
    } finally {
      await narrow.close();
    }
  });

  test('are created once, however many try at the same time', async () => {
    const tries = Array.from({ length: 8 }, (_, n) => refusal(put(s3, 'once', `writer ${n}`, { IfNoneMatch: '*' })));
    const outcomes = await Promise.all(tries);
    expect(outcomes.filter((one) => one === 'no error')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['no error', 'PreconditionFailed 412']));
  });

  test('are swapped only by who knows what is there', async () => {
    const first = await put(s3, 'swap', 'one');
    const second = await put(s3, 'swap', 'two', { IfMatch: first ?? '' });
    expect(await refusal(put(s3, 'swap', 'three', { IfMatch: first ?? '' }))).toBe('PreconditionFailed 412');
    expect(await get(s3, 'swap')).toEqual({ body: 'two', etag: second });
    expect(await refusal(put(s3, 'nowhere', 'x', { IfMatch: first ?? '' }))).toBe('NoSuchKey 404');
  });

  test('are listed in order, in pages, and by folder', async () => {
    await Promise.all(Array.from({ length: 7 }, (_, n) => put(s3, `many/00${n}/x`, 'x')));
    const all = await keys(s3, 'many/', { MaxKeys: 3 });
    expect(all).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `many/00${n}/x`));
    const folders = await keys(s3, 'many/00', { Delimiter: '/', MaxKeys: 2 });
    expect(folders).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `many/00${n}/`));
    expect(await keys(s3, 'none/')).toEqual([]);
  });

  test('are kept from a bucket of another owner, of another region, and from one that is not there', async () => {
    const from = (Bucket: string, more = {}) => refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'x', ...more })));
    expect(await from('foreign')).toBe('AccessDenied 403');
    expect(await from('foreign', { ExpectedBucketOwner: FIRST })).toBe('AccessDenied 403');
    expect(await from('trueup-journal', { ExpectedBucketOwner: FIRST })).toBe('AccessDenied 403');
    expect(await from('trueup-journal', { ExpectedBucketOwner: HUB })).toBe('NoSuchKey 404');
    expect(await from('elsewhere')).toBe('PermanentRedirect 301');
    expect(await from('nobody')).toBe('NoSuchBucket 404');
  });
});

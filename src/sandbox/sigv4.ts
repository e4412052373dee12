/**
 * Who signed this request, and is the signature right?
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { RefusedError } from './errors.ts';
import type { WireRequest } from './wire/protocol.ts';

export type Signature = {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
};

const ALGORITHM = 'AWS4-HMAC-SHA256';
/** AWS accepts requests whose time is within five minutes of its own. */
const TOLERANCE_MS = 5 * 60_000;

/** What the Authorization header claims; nothing is proven yet. */
export function readSignature(request: WireRequest): Signature {
  const header = request.headers.authorization ?? '';
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [accessKeyId, date, region, service, end] = (parts?.[1] ?? '').split('/');
  if (!parts || !accessKeyId || !date || !region || !service || end !== 'aws4_request') {
    throw new RefusedError('unsigned', 'Request is missing Authentication Token');
  }
  const signedHeaders = (parts[2] ?? '').split(';');
  return { accessKeyId, date, region, service, signedHeaders, signature: parts[3] ?? '' };
}

/** @param now Milliseconds since the epoch: the time of the machine, which signer and sandbox share. */
export function verifySignature(request: WireRequest, claim: Signature, secret: string, now: number): void {
  const stamp = request.headers['x-amz-date'] ?? '';
  const signedAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!stamp.startsWith(claim.date) || !(Math.abs(now - signedAt) <= TOLERANCE_MS)) {
    throw new RefusedError('stale-signature', `Signature not current: ${stamp}`);
  }
  const bodyHash = sha256(request.body);
  const declared = request.headers['x-amz-content-sha256'];
  const unsigned = declared === 'UNSIGNED-PAYLOAD';
  const everythingSigned = ['host', ...tokenHeaders(request)].every((name) => claim.signedHeaders.includes(name));
  const expected = sign(request, claim, secret, unsigned ? declared : bodyHash);
  const bodyMatches = unsigned || declared === undefined || declared === bodyHash;
  if (!everythingSigned || !bodyMatches || !equal(expected, claim.signature)) {
    throw new RefusedError(
      'bad-signature',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
    );
  }
}

const tokenHeaders = (request: WireRequest) =>
  'x-amz-security-token' in request.headers ? ['x-amz-security-token'] : [];

function sign(request: WireRequest, claim: Signature, secret: string, bodyHash: string): string {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const canonical = sha256(canonicalRequest(request, claim, bodyHash));
  const text = [ALGORITHM, request.headers['x-amz-date'], scope, canonical].join('\n');
  return createHmac('sha256', signingKey(secret, scope)).update(text).digest('hex');
}

function canonicalRequest(request: WireRequest, claim: Signature, bodyHash: string): string {
  const [path = '/', query = ''] = request.url.split('?', 2);
  const headers = claim.signedHeaders.map((name) => `${name}:${trimmed(request.headers[name])}\n`).join('');
  // Every service but S3 escapes the path once more than it stands in the request line.
  const canonicalPath = claim.service === 's3' ? path : path.split('/').map(escapePath).join('/');
  const lines = [
    request.method,
    canonicalPath,
    canonicalQuery(query),
    headers,
    claim.signedHeaders.join(';'),
    bodyHash,
  ];
  return lines.join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('&');
}

const trimmed = (value: string | undefined) => (value ?? '').trim().replace(/ +/g, ' ');
const escapePath = (part: string) =>
  encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

function signingKey(secret: string, scope: string): Buffer {
  const start: string | Buffer = `AWS4${secret}`;
  return scope
    .split('/')
    .reduce<Buffer>((key, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(start));
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

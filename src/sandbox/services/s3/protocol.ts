/** S3's REST protocol, path-style: the bucket and key stand in the path, conditions in headers, and an object is the body. */
import type { Fields } from '../../wire/fields.ts';
import type { Code, Protocol, WireAnswer, WireRequest } from '../../wire/protocol.ts';
import { coded, xmlAnswer } from '../../wire/query-protocol.ts';
import { restXmlProtocol } from '../../wire/rest-xml-protocol.ts';
import { writeXml, type XmlValue } from '../../wire/xml.ts';

/** What an action gives back: an object or a header travels as it is, everything else as XML. */
export type S3Output = {
  readonly body?: string;
  readonly headers?: { readonly [name: string]: string };
  /** In order; a list is an element that comes again. */
  readonly elements?: readonly (readonly [name: string, value: XmlValue])[];
};

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const refusals: { readonly [R in keyof Protocol['refusals']]: Code } = restXmlProtocol(NAMESPACE, {}).refusals;

export const s3Protocol: Protocol = {
  read,
  answer(_action, output): WireAnswer {
    const { body = '', headers = {}, elements } = output as S3Output;
    if (!elements) return { status: 200, headers, body };
    const content = elements.map(([name, value]) => writeXml(name, value, 'item')).join('');
    return xmlAnswer(200, `<ListBucketResult xmlns="${NAMESPACE}">${content}</ListBucketResult>`);
  },
  fail(failure, requestId) {
    return xmlAnswer(failure.status, writeXml('Error', { ...coded(failure), RequestId: requestId }, 'item'));
  },
  refusals,
};

function read({ method, url, headers, body }: WireRequest): { action: string; input: Fields } {
  const { pathname, searchParams } = new URL(url, 'http://s3.invalid');
  const [, bucket = '', ...parts] = pathname.split('/').map(decodeURIComponent);
  const Key = parts.join('/');
  const input: Fields = {
    Bucket: bucket,
    ...given('ExpectedBucketOwner', headers['x-amz-expected-bucket-owner']),
  };
  if (method === 'GET' && Key === '' && searchParams.get('list-type') === '2') return readList(input, searchParams);
  if (method === 'GET' && Key !== '') return { action: 'GetObject', input: { ...input, Key } };
  if (method !== 'PUT' || Key === '') return { action: '', input };
  const conditions = { ...given('IfNoneMatch', headers['if-none-match']), ...given('IfMatch', headers['if-match']) };
  return { action: 'PutObject', input: { ...input, Key, ...conditions, Body: body.toString('utf8') } };
}

function readList(input: Fields, query: URLSearchParams): { action: string; input: Fields } {
  const more = {
    ...given('Prefix', query.get('prefix')),
    ...given('Delimiter', query.get('delimiter')),
    ...given('ContinuationToken', query.get('continuation-token')),
    ...given('MaxKeys', query.get('max-keys')),
  };
  return { action: 'ListObjectsV2', input: { ...input, ...more } };
}

function given(name: string, value: string | null | undefined): Fields {
  return value === null || value === undefined ? {} : { [name]: value };
}

/** REST with XML bodies, as S3's control API speaks it: the action follows from method and path. */
import type { Code, Protocol } from './protocol.ts';
import { coded, xmlAnswer } from './query-protocol.ts';
import { writeContent, writeXml, type XmlValue } from './xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const refusals = {
  unsigned: ['AccessDenied', 403],
  'unknown-key': ['InvalidAccessKeyId', 403],
  'bad-signature': ['SignatureDoesNotMatch', 403],
  'stale-signature': ['RequestTimeTooSkewed', 403],
  'expired-session': ['ExpiredToken', 400],
  'disabled-region': ['InvalidAccessKeyId', 403],
  throttled: ['SlowDown', 503],
  denied: ['AccessDenied', 403],
  'unknown-action': ['MethodNotAllowed', 405],
  internal: ['InternalError', 500],
} satisfies { readonly [refusal: string]: Code };

/** @param actions `METHOD /path` → action. The input holds the leaves of the body, and the account of the header. */
export function restXmlProtocol(namespace: string, actions: { readonly [route: string]: string }): Protocol {
  return {
    read({ method, url, headers, body }) {
      const account = headers['x-amz-account-id'];
      const leaves = [...body.toString('utf8').matchAll(/<(\w+)>([^<>]*)<\/\1>/g)].map(([, name, value]) => [
        name,
        value,
      ]);
      const action = actions[`${method} ${url.split('?')[0]}`] ?? '';
      return { action, input: { ...Object.fromEntries(leaves), ...(account !== undefined && { AccountId: account }) } };
    },
    answer(_action, output) {
      const [root] = Object.keys(output);
      if (root === undefined) return xmlAnswer(200, '');
      const content = writeContent((output as { readonly [root: string]: XmlValue })[root], 'item');
      return xmlAnswer(200, `<${root} xmlns="${namespace}">${content}</${root}>`);
    },
    fail(failure, requestId) {
      const content = { Error: coded(failure), RequestId: requestId };
      return xmlAnswer(failure.status, writeXml('ErrorResponse', content, 'item'));
    },
    refusals,
  };
}

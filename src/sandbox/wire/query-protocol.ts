/** The AWS Query protocol as IAM and STS speak it: form in, `<ActionResult>` in XML out. */
import { text } from './fields.ts';
import type { Failure, Protocol, WireAnswer, WireRequest } from './protocol.ts';
import { parseQuery } from './query.ts';
import { writeContent, writeXml, type XmlValue } from './xml.ts';

export function readQuery(request: WireRequest) {
  const input = parseQuery(request.body.toString('utf8'));
  return { action: text(input, 'Action') ?? '', input };
}

export function xmlAnswer(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body };
}

export function queryProtocol(namespace: string): Protocol {
  return {
    read: readQuery,
    answer(action, output, requestId) {
      const result = writeXml(`${action}Result`, output as XmlValue, 'member');
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xmlAnswer(200, `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`);
    },
    fail(failure, requestId) {
      const error = { Error: { Type: failure.status < 500 ? 'Sender' : 'Receiver', ...coded(failure) } };
      const content = `${writeContent(error, 'member')}<RequestId>${requestId}</RequestId>`;
      return xmlAnswer(failure.status, `<ErrorResponse xmlns="${namespace}">${content}</ErrorResponse>`);
    },
    // https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    refusals: {
      unsigned: ['MissingAuthenticationToken', 403],
      'unknown-key': ['InvalidClientTokenId', 403],
      'bad-signature': ['SignatureDoesNotMatch', 403],
      'stale-signature': ['RequestExpired', 400],
      'expired-session': ['ExpiredToken', 403],
      'disabled-region': ['InvalidClientTokenId', 403],
      throttled: ['Throttling', 400],
      denied: ['AccessDenied', 403],
      'unknown-action': ['InvalidAction', 400],
      internal: ['ServiceFailure', 500],
    },
  };
}

export function coded({ code, message }: Failure) {
  return { Code: code, Message: message };
}

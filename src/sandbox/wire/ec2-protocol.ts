/** EC2's own variant of the Query protocol: the result is not nested, list items are called `item`. */
import type { Protocol } from './protocol.ts';
import { coded, readQuery, xmlAnswer } from './query-protocol.ts';
import { writeContent, type XmlValue } from './xml.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';

export const ec2Protocol: Protocol = {
  read: readQuery,
  answer(action, output, requestId) {
    const content = `<requestId>${requestId}</requestId>${writeContent(output as XmlValue, 'item')}`;
    return xmlAnswer(200, `<${action}Response xmlns="${NAMESPACE}">${content}</${action}Response>`);
  },
  fail(failure, requestId) {
    const content = writeContent({ Errors: { Error: coded(failure) }, RequestID: requestId }, 'item');
    return xmlAnswer(failure.status, `<Response>${content}</Response>`);
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
  refusals: {
    unsigned: ['MissingAuthenticationToken', 403],
    'unknown-key': ['AuthFailure', 401],
    'bad-signature': ['AuthFailure', 401],
    'stale-signature': ['RequestExpired', 400],
    'expired-session': ['RequestExpired', 400],
    'disabled-region': ['AuthFailure', 401],
    throttled: ['RequestLimitExceeded', 503],
    denied: ['UnauthorizedOperation', 403],
    'unknown-action': ['InvalidAction', 400],
    internal: ['InternalError', 500],
  },
};

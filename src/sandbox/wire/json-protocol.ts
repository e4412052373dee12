/** The AWS JSON 1.1 protocol: the action stands in the `x-amz-target` header. */
import { ServiceError } from '../errors.ts';
import { type Fields, isFields } from './fields.ts';
import type { Code, Protocol } from './protocol.ts';

const TYPE = { 'content-type': 'application/x-amz-json-1.1' };

/** What JSON services call the refusals they share. https://docs.aws.amazon.com/general/latest/gr/api-error-codes.html */
export const jsonRefusals = {
  unsigned: ['MissingAuthenticationTokenException', 403],
  'unknown-key': ['UnrecognizedClientException', 400],
  'bad-signature': ['InvalidSignatureException', 400],
  'stale-signature': ['InvalidSignatureException', 400],
  'expired-session': ['ExpiredTokenException', 400],
  'disabled-region': ['UnrecognizedClientException', 400],
  throttled: ['TooManyRequestsException', 429],
  denied: ['AccessDeniedException', 403],
  'unknown-action': ['UnknownOperationException', 400],
  internal: ['ServiceException', 500],
} satisfies { readonly [refusal: string]: Code };

export const jsonProtocol: Protocol = {
  read(request) {
    const target = request.headers['x-amz-target'] ?? '';
    const body = request.body.toString('utf8');
    return { action: target.slice(target.indexOf('.') + 1), input: body === '' ? {} : parseObject(body) };
  },
  answer: (_action, output) => ({ status: 200, headers: TYPE, body: JSON.stringify(output) }),
  fail: ({ code, status, message }) => ({
    status,
    headers: { ...TYPE, 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, Message: message, message }),
  }),
  refusals: jsonRefusals,
};

function parseObject(body: string): Fields {
  try {
    const value: unknown = JSON.parse(body);
    if (isFields(value)) return value;
  } catch {
    // Refused below, like everything else that is not an object.
  }
  throw new ServiceError('SerializationException', 'The request body is not a JSON object');
}

/** REST with JSON bodies, as Security Hub speaks it: the action follows from method and path, the rest from body and query. */
import { ServiceError } from '../errors.ts';
import { type Fields, isFields } from './fields.ts';
import { jsonRefusals } from './json-protocol.ts';
import type { Protocol } from './protocol.ts';

const TYPE = { 'content-type': 'application/json' };

/**
 * @param actions `METHOD /path` → action; a path may end in `{Field}`, which stands for all the rest of it.
 * @param lists Query parameters that may be repeated, and are a list even when they are not.
 */
export function restJsonProtocol(
  actions: { readonly [route: string]: string },
  lists: readonly string[] = [],
): Protocol {
  return {
    read({ method, url, body }) {
      const { pathname, searchParams } = new URL(url, 'http://sandbox.invalid');
      const query = [...new Set(searchParams.keys())].map((name) => [
        name,
        lists.includes(name) ? searchParams.getAll(name) : searchParams.get(name),
      ]);
      const { action, label } = route(`${method} ${decodeURIComponent(pathname)}`, actions);
      return { action, input: { ...Object.fromEntries(query), ...parseBody(body.toString('utf8')), ...label } };
    },
    answer: (_action, output, requestId) => ({
      status: 200,
      headers: { ...TYPE, 'x-amzn-requestid': requestId },
      body: JSON.stringify(output),
    }),
    fail: ({ code, status, message }, requestId) => ({
      status,
      headers: { ...TYPE, 'x-amzn-errortype': code, 'x-amzn-requestid': requestId },
      body: JSON.stringify({ Code: code, Message: message }),
    }),
    refusals: {
      ...jsonRefusals,
      'expired-session': ['ExpiredTokenException', 403],
      internal: ['InternalException', 500],
    },
  };
}

function route(asked: string, actions: { readonly [route: string]: string }): { action: string; label?: Fields } {
  const exact = actions[asked];
  if (exact !== undefined) return { action: exact };
  for (const [pattern, action] of Object.entries(actions)) {
    const [, start = '', field = ''] = /^(.*\/)\{(\w+)\}$/.exec(pattern) ?? [];
    if (start !== '' && asked.startsWith(start) && asked.length > start.length)
      return { action, label: { [field]: asked.slice(start.length) } };
  }
  return { action: '' };
}

function parseBody(body: string): Fields {
  if (body === '') return {};
  try {
    const value: unknown = JSON.parse(body);
    if (isFields(value)) return value;
  } catch {
    // Refused below, like everything else that is not an object.
  }
  throw new ServiceError('InvalidInputException', 'The request body is not a JSON object');
}

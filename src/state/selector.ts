/** Is this a selector of accounts: `all`, `self`, an id, `name:`, `ou:` or `tag:`? */
import { findNearest } from '../model/nearest.ts';
import { quote } from './words.ts';

type Wrong = { readonly message: string; readonly advice: string };

const FORMS = 'all, self, a 12-digit account id in quotes, name:<glob>, ou:<path or id> or tag:<key>=<value>';
const OU_ID = /^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$/;

export function checkSelector(text: string): Wrong | undefined {
  if (text === 'all' || text === 'self' || /^\d{12}$/.test(text)) return undefined;
  const colon = text.indexOf(':');
  if (colon < 0) return { message: `${quote(text)} selects no account`, advice: adviceForWord(text) };
  const rest = text.slice(colon + 1);
  switch (text.slice(0, colon)) {
    case 'name':
      return rest === '' ? incomplete(text, 'name:web-*') : undefined;
    case 'ou':
      if (rest.includes('*')) return noPattern(text);
      return isUnit(rest) ? undefined : incomplete(text, 'ou:Production/Web or ou:ou-ab12-34cdefgh');
    case 'tag':
      if (rest.includes('*')) return noPattern(text);
      return /^[^=]+=/.test(rest) ? undefined : incomplete(text, 'tag:env=production');
    default:
      return { message: `${quote(text)} selects no account`, advice: adviceForPrefix(text.slice(0, colon), rest) };
  }
}

/** An id, or names from the root down. */
function isUnit(text: string): boolean {
  return text.split('/').every((name) => name.trim() !== '');
}

/** It would select what carries a star, which is nothing: an exclusion or protection that is none. */
function noPattern(text: string): Wrong {
  return {
    message: `${quote(text)} has a *, which is no pattern here`,
    advice: 'write each value; only name: takes *',
  };
}

function incomplete(text: string, example: string): Wrong {
  return { message: `${quote(text)} is not complete`, advice: `write e.g. ${example}` };
}

function adviceForWord(text: string): string {
  if (text === '*') return 'write all';
  if (OU_ID.test(text)) return `write ou:${text}`;
  if (/^\d+$/.test(text)) return 'an account id has 12 digits; leading zeros count';
  const near = findNearest(text, ['all', 'self']);
  if (near !== undefined) return `did you mean ${near}?`;
  return `write ${FORMS}; an account is named by name:${text.slice(0, 40)}`;
}

function adviceForPrefix(prefix: string, rest: string): string {
  const near = findNearest(prefix, ['name', 'ou', 'tag']);
  return near === undefined ? `write ${FORMS}` : `did you mean ${near}:${rest.slice(0, 40)}?`;
}

/**
 * A page that stands alone: it loads nothing, runs nothing, and carries a policy that forbids both. What is in it is made
 * of elements, words of our own and phrases; every text is escaped here, and there is no other way in.
 */
import { createHash } from 'node:crypto';
import { forHtml } from './escape.ts';
import { type Phrase, write } from './phrase.ts';
import { STYLE } from './style.ts';

/** Finished HTML. */
export type Html = { readonly html: string };
/** A string is a word of ours; a phrase knows which of its parts are. */
export type Child = Html | Phrase | string;
export type Attributes = { readonly class?: string; readonly id?: string; readonly href?: string; readonly open?: '' };

type Name =
  | 'a'
  | 'article'
  | 'b'
  | 'code'
  | 'details'
  | 'div'
  | 'footer'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'header'
  | 'li'
  | 'main'
  | 'nav'
  | 'p'
  | 'pre'
  | 'section'
  | 'span'
  | 'summary'
  | 'table'
  | 'tbody'
  | 'td'
  | 'th'
  | 'thead'
  | 'tr'
  | 'ul';

export function element(name: Name, attributes: Attributes, ...children: readonly Child[]): Html {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${forHtml(value)}"`);
  return { html: `<${name}${written.join('')}>${children.map(htmlOf).join('')}</${name}>` };
}

/** Data is set apart from what stands around it, so that text that runs from right to left cannot reorder our words. */
function htmlOf(child: Child): string {
  if (typeof child === 'string') return forHtml(child);
  if ('html' in child) return child.html;
  const ours = child.map((part) => ('words' in part ? { words: forHtml(part.words) } : part));
  return write(ours, (data, max) => `<bdi${isOneWord(data) ? ' class="one"' : ''}>${forHtml(data, max)}</bdi>`);
}

/** An id, a region, an account: read and copied as a whole, so not broken at its hyphens. */
function isOneWord(data: string): boolean {
  return /^[\w-]{1,24}$/.test(data);
}

/**
 * Nothing may be loaded, sent or run; the one style sheet is known by its hash.
 * https://www.w3.org/TR/CSP3/#directive-fetch
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function page(title: Phrase, ...body: readonly Html[]): string {
  const text = write(title, (data, max) => data.slice(0, max));
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    `<title>${forHtml(text)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ...body.map(({ html }) => html),
    '</body>',
    '</html>',
  ].join('\n');
}

/**
 * Reads a page as strictly as it is written: every element closed, every attribute quoted, no character that could begin
 * something else. What a browser would make of anything laxer is not a question that arises.
 */
import { createHash } from 'node:crypto';

export type Parsed = {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: readonly (Parsed | string)[];
};

const VOID = ['meta'];
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>&]*(?:&#\d+;[^"<>&]*)*")*)>/;
const TEXT = /^(?:[^<>&]|&#\d+;)+/;

/** @throws Error at the first character that has no business there */
export function parsePage(page: string): Parsed {
  const start = '<!doctype html>\n';
  if (!page.startsWith(start)) throw new Error('no doctype');
  const root = { name: '#root', attributes: {}, children: [] as (Parsed | string)[] };
  const open = [root];
  let rest = page.slice(start.length);
  while (rest !== '') {
    const top = open.at(-1);
    if (!top) throw new Error('too many ends');
    const raw = top.name === 'style' ? /^[^<]+/.exec(rest) : undefined;
    const tag = raw ? undefined : TAG.exec(rest);
    const text = raw ?? (tag ? undefined : TEXT.exec(rest));
    const [all = ''] = tag ?? text ?? [];
    if (all === '') throw new Error(`not HTML: ${JSON.stringify(rest.slice(0, 80))}`);
    rest = rest.slice(all.length);
    if (text) top.children.push(decode(all));
    else if (tag?.[1] === '/') {
      if (top.name !== tag[2]) throw new Error(`</${tag[2]}> ends <${top.name}>`);
      open.pop();
    } else if (tag) {
      const one = { name: tag[2] ?? '', attributes: attributesOf(tag[3] ?? ''), children: [] };
      top.children.push(one);
      if (!VOID.includes(one.name)) open.push(one);
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.name}> has no end`);
  const [html] = root.children.filter((child) => typeof child !== 'string');
  if (!html) throw new Error('empty');
  return html;
}

function attributesOf(text: string): { readonly [name: string]: string } {
  return Object.fromEntries(
    [...text.matchAll(/ ([a-z-]+)="([^"]*)"/g)].map(([, name, value]) => [name, decode(value ?? '')]),
  );
}

function decode(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
}

export function elementsIn(one: Parsed): readonly Parsed[] {
  return [one, ...one.children.flatMap((child) => (typeof child === 'string' ? [] : elementsIn(child)))];
}

export function textIn(one: Parsed): string {
  if (one.name === 'style') return '';
  return one.children.map((child) => (typeof child === 'string' ? child : textIn(child))).join('');
}

const ALLOWED: { readonly [attribute: string]: RegExp } = {
  lang: /^en$/,
  charset: /^utf-8$/,
  name: /^(viewport|referrer|robots)$/,
  content: /^[\w ,=.:;'+/-]+$/,
  'http-equiv': /^Content-Security-Policy$/,
  class: /^[a-z ]*$/,
  id: /^[a-z]+-\d+$/,
  href: /^#[a-z]+-\d+$/,
  open: /^$/,
};
const ELEMENTS =
  'html head meta title style body a article b bdi code details div footer h1 h2 h3 h4 header li main nav p pre section span summary table tbody td th thead tr ul'.split(
    ' ',
  );

/** Whatever in a page could load, run or send something, or lead elsewhere; nothing, if it is right. */
export function faultsIn(page: string): string[] {
  const root = parsePage(page);
  const all = elementsIn(root);
  const ids = all.flatMap(({ attributes }) => attributes.id ?? []);
  const policy = all.find(({ attributes }) => 'http-equiv' in attributes)?.attributes.content ?? '';
  const style = all.find(({ name }) => name === 'style')?.children.join('') ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  return [
    ...all.filter(({ name }) => !ELEMENTS.includes(name)).map(({ name }) => `element ${name}`),
    ...all.flatMap(({ attributes }) =>
      Object.entries(attributes)
        .filter(([name, value]) => !ALLOWED[name]?.test(value))
        .map(([name, value]) => `attribute ${name}=${value}`),
    ),
    ...all
      .flatMap(({ attributes }) => attributes.href?.slice(1) ?? [])
      .filter((target) => !ids.includes(target))
      .map((target) => `no anchor ${target}`),
    ...(new Set(ids).size === ids.length ? [] : ['an id twice']),
    ...(policy === `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
      ? []
      : [policy]),
    ...(/url\(|@import|expression|\\/.test(style) ? ['style loads something'] : []),
  ];
}

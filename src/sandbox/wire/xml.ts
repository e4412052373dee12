/** How is plain data written as XML? Element names are the keys; the items of a list get one name for the whole document. */

export type XmlValue =
  | string
  | number
  | boolean
  | Date
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

const UNSAFE = /[&<>"'\p{Cc}\u2028\u2029]/u;
const UNSAFE_ALL = new RegExp(UNSAFE, 'gu');
const NAMED: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Line ends are written as references: a parser would normalise or trim literal ones. */
export function escapeXml(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(UNSAFE_ALL, (character) => NAMED[character] ?? reference(character));
}

// XML 1.0 has no way at all to write most control characters: https://www.w3.org/TR/xml/#charsets
function reference(character: string): string {
  const code = character.charCodeAt(0);
  const allowed = code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
  return allowed ? `&#x${code.toString(16).toUpperCase()};` : '\uFFFD';
}

/** An absent value writes nothing; an empty list writes an empty element, as AWS does. */
export function writeXml(name: string, value: XmlValue, item: string): string {
  if (value === undefined) return '';
  const content = writeContent(value, item);
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

export function writeContent(value: XmlValue, item: string): string {
  if (typeof value === 'string') return escapeXml(value);
  if (value instanceof Date) return value.toISOString();
  if (isList(value)) return value.map((entry) => writeXml(item, entry, item)).join('');
  if (value === undefined || typeof value !== 'object') return String(value ?? '');
  let text = '';
  for (const name in value) text += writeXml(name, value[name], item);
  return text;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

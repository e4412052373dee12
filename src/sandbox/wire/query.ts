/** What does the form body of a Query request say? `Foo.1.Bar=x` becomes `{ Foo: [{ Bar: 'x' }] }`. */
import type { Fields } from './fields.ts';

type Node = Map<string, Node | string>;

/** @throws Error if a name is both a value and a prefix of another name. */
export function parseQuery(body: string): Fields {
  const root: Node = new Map();
  for (const [name, value] of new URLSearchParams(body)) insert(root, name.split('.'), value);
  return collapse(root) as Fields;
}

function insert(root: Node, path: readonly string[], value: string): void {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const next = node.get(part) ?? new Map();
    // `Foo=` is how an empty list is sent; members that follow it win.
    const child = typeof next === 'string' ? new Map() : next;
    node.set(part, child);
    node = child;
  }
  node.set(path.at(-1) ?? '', value);
}

/** Numbered children become a list; `Foo.member.1` is the awsQuery spelling of `Foo.1`. */
function collapse(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const names = [...node.keys()];
  const member = node.get('member');
  if (names.length === 1 && member instanceof Map) return collapse(member);
  if (names.length > 0 && names.every((name) => /^[1-9]\d*$/.test(name))) {
    return names.sort((a, b) => Number(a) - Number(b)).map((name) => collapse(node.get(name) ?? ''));
  }
  return Object.fromEntries(names.map((name) => [name, collapse(node.get(name) ?? '')]));
}

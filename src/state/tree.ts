/** A YAML document as a tree of plain data in which every part knows where it stands. */
import type { Json } from '../model/json.ts';

export type Scalar = {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly offset: number;
  /** As it is written, without quotes. */
  readonly written: string;
};
export type List = { readonly kind: 'list'; readonly items: readonly Tree[]; readonly offset: number };
export type Mapping = {
  readonly kind: 'mapping';
  readonly members: ReadonlyMap<string, Member>;
  readonly offset: number;
};
export type Member = { readonly keyOffset: number; readonly tree: Tree };
export type Tree = Scalar | List | Mapping;
export type Path = readonly PropertyKey[];

/** The data of a tree; `read` may replace a scalar, e.g. by what an environment variable holds. */
export function toJson(tree: Tree, read: (scalar: Scalar) => Json = (scalar) => scalar.value): Json {
  if (tree.kind === 'scalar') return read(tree);
  if (tree.kind === 'list') return tree.items.map((item) => toJson(item, read));
  return Object.fromEntries([...tree.members].map(([key, member]) => [key, toJson(member.tree, read)]));
}

export type Located = {
  readonly tree: Tree;
  /** Where a person looks first: the value of a field, or its key if the value spans lines or is empty. */
  readonly offset: number;
  /** Whether the whole path exists; otherwise the rest of this is the deepest part that does. */
  readonly found: boolean;
  /** Trees from the root down. */
  readonly trail: readonly Tree[];
};

export function locate(root: Tree, path: Path): Located {
  let located: Located = { tree: root, offset: root.offset, found: true, trail: [root] };
  for (const part of path) {
    const next = child(located.tree, part);
    if (next === undefined) return { ...located, found: false };
    located = { ...next, found: true, trail: [...located.trail, next.tree] };
  }
  return located;
}

/** The key of a member of a mapping, or the start of the mapping if it has no such key. */
export function keyOffset(root: Tree, path: Path, key: string): number {
  const { tree, offset } = locate(root, path);
  return (tree.kind === 'mapping' ? tree.members.get(key)?.keyOffset : undefined) ?? offset;
}

/**
 * Where each part below a tree stands: path with dots → offset of its key, or of the item of a list.
 * The paths are what causes and findings of a guardrail name, e.g. `minimumLength` or `0.from.1`.
 */
export function offsets(tree: Tree, prefix = ''): readonly (readonly [path: string, offset: number])[] {
  const under = (part: string, offset: number, below: Tree) => [
    [`${prefix}${part}`, offset] as const,
    ...offsets(below, `${prefix}${part}.`),
  ];
  if (tree.kind === 'list') return tree.items.flatMap((item, index) => under(String(index), item.offset, item));
  if (tree.kind === 'mapping')
    return [...tree.members].flatMap(([key, member]) => under(key, member.keyOffset, member.tree));
  return [];
}

function child(tree: Tree, part: PropertyKey): { readonly tree: Tree; readonly offset: number } | undefined {
  if (tree.kind === 'list') {
    const item = tree.items[Number(part)];
    return item && { tree: item, offset: item.offset };
  }
  const member = tree.kind === 'mapping' ? tree.members.get(String(part)) : undefined;
  return member && { tree: member.tree, offset: startOf(member) };
}

function startOf(member: Member): number {
  const { tree, keyOffset } = member;
  return tree.kind === 'scalar' && !(tree.value === null && tree.written === '') ? tree.offset : keyOffset;
}

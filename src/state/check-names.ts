/** Across documents: is every name given once, and does every name that is mentioned exist? */
import type { Problem } from '../model/problem.ts';
import type { Document } from './document.ts';
import { type Complaint, positionAt, problemAt, type Source } from './source.ts';
import { keyOffset, locate } from './tree.ts';
import { quote } from './words.ts';

/** A name and where it is given. Taken from the tree, so that a document with a mistake elsewhere keeps its name. */
export type Named = {
  readonly name: string;
  readonly source: Source;
  readonly offset: number;
  /** What tells it from others, if that is not the name as it is written; never shown. */
  readonly identity?: string;
};

/** Always there: everything, and what RFC 1918 and RFC 4193 set aside for private networks. */
export const BUILT_IN: { readonly [name: string]: readonly string[] } = {
  internet: ['0.0.0.0/0', '::/0'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Words that stand where ranges are named, and what they mean there. */
const WORDS: { readonly [word: string]: string } = {
  itself: 'the members of the group that has the rule',
  none: 'nobody',
};

export function checkNames(documents: readonly Document[]): readonly Problem[] {
  return [
    ...findDuplicates('fleet', namesOf(documents, 'Fleet')),
    ...findDuplicates('policy', namesOf(documents, 'Policy')),
    ...findDuplicates('range', rangeNames(documents)),
    ...documents.flatMap((document) => findDuplicates('account', accountIds(document))),
    ...rangeNames(documents)
      .filter(({ name }) => Object.hasOwn(BUILT_IN, name) || Object.hasOwn(WORDS, name))
      .map(reserved),
  ];
}

export function namesOf(documents: readonly Document[], kind: 'Fleet' | 'Policy'): readonly Named[] {
  return documents
    .filter((document) => document.kind === kind)
    .flatMap(({ source, tree }) => {
      const located = locate(tree, ['name']);
      const written = located.tree.kind === 'scalar' ? located.tree.written : undefined;
      const name = located.found ? written : kind === 'Fleet' ? 'default' : undefined;
      return name === undefined ? [] : [{ name, source, offset: located.offset }];
    });
}

export function rangeNames(documents: readonly Document[]): readonly Named[] {
  return documents
    .filter((document) => document.kind === 'Ranges')
    .flatMap(({ source, tree }) => {
      const { tree: ranges, found } = locate(tree, ['ranges']);
      if (!found || ranges.kind !== 'mapping') return [];
      return [...ranges.members.keys()].map((name) => ({ name, source, offset: keyOffset(ranges, [], name) }));
    });
}

/** Told apart by what a placeholder stands for, but shown as they are written. */
function accountIds(document: Document): readonly Named[] {
  const { tree: accounts, found } = locate(document.tree, ['accounts']);
  if (document.kind !== 'Fleet' || !found || accounts.kind !== 'list') return [];
  const listed = document.value?.accounts;
  return accounts.items.flatMap((account, index) => {
    const { tree: id, offset, found: named } = locate(account, ['id']);
    if (!named || id.kind !== 'scalar') return [];
    const entry = Array.isArray(listed) ? listed[index] : undefined;
    return [{ name: id.written, source: document.source, offset, identity: entry?.id ?? id.written }];
  });
}

function findDuplicates(what: string, names: readonly Named[]): readonly Problem[] {
  const first = new Map<string, Named>();
  return names.flatMap((named) => {
    const { name, identity = name } = named;
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, named);
    return earlier ? [problemAt(named.source, named.offset, duplicate(what, earlier))] : [];
  });
}

function duplicate(what: string, { name, source, offset }: Named): Complaint {
  const { file, line, column } = positionAt(source, offset);
  const unnamed = what === 'fleet' && name === 'default' ? '; a fleet without a name is called "default"' : '';
  return {
    code: 'duplicate-name',
    message: `the ${what} ${quote(name)} is defined twice: here and at ${file}:${line}:${column}${unnamed}`,
    advice: what === 'account' ? 'keep one of them' : 'give one of them another name, or join them',
  };
}

function reserved({ name, source, offset }: Named): Problem {
  const meaning = BUILT_IN[name]?.join(', ') ?? WORDS[name] ?? '';
  return problemAt(source, offset, {
    code: 'reserved-name',
    message: `${quote(name)} is built in: it means ${meaning}`,
    advice: 'choose another name',
  });
}

/** Tree → document: looks at its kind and hands it to the reader of that kind. */
import type { Json } from '../model/json.ts';
import type { Exception } from '../model/state.ts';
import type { Options, Read } from './document.ts';
import { check, type Part } from './explain-issue.ts';
import { readFleet } from './read-fleet.ts';
import { readPolicy } from './read-policy.ts';
import { exceptions, type Kind, kinds, ranges } from './schemas.ts';
import { type Complaint, positionAt, problemAt, type Source } from './source.ts';
import { substitute } from './substitute.ts';
import { locate, type Tree } from './tree.ts';
import { oneOf, quote, suggest } from './words.ts';

type Reader = (part: Part, data: Json, options: Options) => Read;

const READERS: { readonly [K in Kind]: Reader } = {
  Fleet: readFleet,
  Ranges: readRanges,
  Policy: readPolicy,
  Exceptions: readExceptions,
};

export function readDocument(source: Source, tree: Tree, broken: ReadonlySet<Tree>, options: Options): Read {
  const kind = kindOf(tree);
  if (typeof kind !== 'string') return { problems: [problemAt(source, kind.offset, kind.complaint)] };
  const { data, ...filled } = substitute(source, tree, kind === 'Fleet' ? options.env : undefined);
  const part = { source, tree, at: [], broken: new Set([...broken, ...filled.broken]) };
  const { problems, ...read } = READERS[kind](part, data, options);
  return { ...read, problems: [...filled.problems, ...problems] };
}

function kindOf(tree: Tree): Kind | { readonly offset: number; readonly complaint: Complaint } {
  const advice = `start it with kind: ${oneOf(kinds)}`;
  if (tree.kind !== 'mapping')
    return { offset: tree.offset, complaint: { code: 'not-a-document', message: 'a document is a mapping', advice } };
  const { tree: value, offset, found } = locate(tree, ['kind']);
  if (!found || value.kind !== 'scalar' || value.value === null)
    return { offset, complaint: { code: 'missing-kind', message: 'the document does not say its kind', advice } };
  const kind = kinds.find((known) => known === value.value);
  return (
    kind ?? {
      offset,
      complaint: {
        code: 'unknown-kind',
        message: `unknown kind ${quote(value.written)}`,
        ...suggest(value.written, kinds),
      },
    }
  );
}

function readRanges(part: Part, data: Json): Read {
  const { value, problems } = check(ranges, data, part);
  return { document: { kind: 'Ranges', source: part.source, tree: part.tree, value: value?.ranges }, problems };
}

function readExceptions(part: Part, data: Json): Read {
  const { value, problems } = check(exceptions, data, part);
  const placed = value?.exceptions.map((exception, index): Exception => {
    const { offset } = locate(part.tree, ['exceptions', index]);
    return { ...exception, at: positionAt(part.source, offset) };
  });
  return { document: { kind: 'Exceptions', source: part.source, tree: part.tree, value: placed }, problems };
}

/** Which codes can an error, a reason, a problem or a remark carry, and what is said with them? Read from the source's syntax. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { declaratorsIn, isNode, type Node, nodesIn, textsOf } from './syntax.ts';

const SRC = resolve(import.meta.dirname, '../../src');

/** Answers as AWS does, with AWS's own error names. */
const FOREIGN = 'sandbox';

export type Saying = {
  readonly code: string;
  /** Path below `src`. */
  readonly file: string;
  /** What happened, with `…` for what differs from case to case; empty where it is not written out. */
  readonly messages: readonly string[];
  readonly advice: readonly string[];
};

export type Collected = {
  readonly sayings: readonly Saying[];
  /** Those whose code is not written out: it stands here as the expression. */
  readonly computed: readonly Saying[];
};

/** Every object of the source that has both a `code` and a `message`. */
export function collectCodes(): Collected {
  const found = sourceFiles().flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8');
    const program = parseAst(text, { lang: 'ts' });
    const objects = nodesIn(program).filter(({ type }) => type === 'ObjectExpression');
    return objects.flatMap((object) => sayingsOf(fieldsOf(object), { file, text, program }));
  });
  const sayings = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  return {
    sayings: sayings.filter(({ written }) => written).map(({ written, ...saying }) => saying),
    computed: sayings.filter(({ written }) => !written).map(({ written, ...saying }) => saying),
  };
}

type File = { readonly file: string; readonly text: string; readonly program: unknown };

function sayingsOf(fields: ReadonlyMap<string, Node>, { file, text, program }: File) {
  const [code, message] = [fields.get('code'), fields.get('message')];
  if (!code || !message || isPassedOn(code, program)) return [];
  const said = { file, messages: textsOf(message, program), advice: textsOf(fields.get('advice'), program) };
  const codes = textsOf(code, program).filter((one) => !one.includes('…'));
  if (codes.length === 0) return [{ code: text.slice(code.start, code.end), written: false, ...said }];
  return codes.map((one) => ({ code: one, written: true, ...said }));
}

function sourceFiles(): string[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith(`${FOREIGN}/`))
    .sort();
}

function fieldsOf({ properties }: Node): ReadonlyMap<string, Node> {
  return new Map(
    (properties as Node[]).flatMap(({ key, value }) =>
      isNode(key) && isNode(value) ? [[String(key.name ?? key.value), value] as const] : [],
    ),
  );
}

/** The code of another object, taken out of it (`error.code`, `({ code }) =>`): it is collected where that is made. */
function isPassedOn(code: Node, program: unknown): boolean {
  if (code.type !== 'Identifier') return code.type === 'MemberExpression';
  const made = declaratorsIn(program).filter(({ id }) => isNode(id) && binds(id, code));
  return code.name === 'code' && made.length === 0;
}

function binds({ type, name, elements }: Node, { name: wanted }: Node): boolean {
  if (type === 'ArrayPattern') return (elements as (Node | null)[]).some((element) => element?.name === wanted);
  return type === 'Identifier' && name === wanted;
}

/** Text → the trees of its documents, with everything that is wrong with the YAML itself. */
import { Composer, CST, type Document, Lexer, type ParsedNode, Parser, type YAMLParseError } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { type Budget, tooMuch } from './budget.ts';
import { checkText } from './check-text.ts';
import { type Growth, growTree } from './grow-tree.ts';
import { type Complaint, positionAt, problemAt, type Source } from './source.ts';
import type { Tree } from './tree.ts';
import { describeYamlError } from './yaml-errors.ts';

export type Parsed = {
  readonly trees: readonly Tree[];
  readonly broken: ReadonlySet<Tree>;
  readonly problems: readonly Problem[];
  /** Whether documents are missing from `trees` because they cannot be read. */
  readonly partial: boolean;
};

/** A state needs about ten levels. The parser is recursive, and deep enough a document would end the process. */
const DEEPEST = 64;

/** YAML 1.2 core schema: dates and `yes` are text. Duplicate keys are found later, in linear time and with both places. */
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  uniqueKeys: false,
  stringKeys: true,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** @param budget is used up; a file that exceeds it is refused before anything is made of it */
export function parseYaml(source: Source, budget: Budget): Parsed {
  const unfit = checkText(source);
  if (unfit) return refuse([unfit]);
  if (budget.marks < 0 || budget.bytes < 0) return refuse([]);
  budget.bytes -= Buffer.byteLength(source.text);
  if (budget.bytes < 0) return refuse([problemAt(source, 0, tooMuch(budget))]);
  const { tokens, complaint } = tokenize(source.text, budget);
  if (complaint) return refuse([problemAt(source, complaint.offset, complaint)]);
  const growth: Growth = { source, problems: [], broken: new Set() };
  const documents = compose(tokens, source.text.length);
  const readable = documents.filter((document) => document.errors.length === 0);
  const trees = readable.filter(hasContents).map((document) => growTree(document.contents, growth));
  const errors = documents.flatMap((document) => onePerLine(document.errors, source));
  return {
    trees,
    broken: growth.broken,
    problems: [...errors, ...growth.problems],
    partial: readable.length < documents.length,
  };
}

function refuse(problems: readonly Problem[]): Parsed {
  return { trees: [], broken: new Set(), problems, partial: true };
}

type Token = ReturnType<Parser['next']> extends Generator<infer T> ? T : never;
type Tokens = { readonly tokens: readonly Token[]; readonly complaint?: Complaint & { readonly offset: number } };

function tokenize(text: string, budget: Budget): Tokens {
  const parser = new Parser();
  const tokens: Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (!UNCOUNTED.has(CST.tokenType(lexeme) ?? '')) budget.marks -= 1;
    if (budget.marks < 0) return { tokens: [], complaint: { ...tooMuch(budget), offset: parser.offset } };
    const last = tokens.at(-1);
    if (last?.type === 'directive') return { tokens: [], complaint: { ...directive, offset: last.offset } };
    if (parser.stack.length > DEEPEST) return { tokens: [], complaint: { ...tooDeep, offset: parser.offset } };
  }
  return { tokens: [...tokens, ...parser.end()] };
}

/** They cost next to nothing; the last two are marks of the lexer's own, one before each word and each document. */
const UNCOUNTED: ReadonlySet<string> = new Set(['space', 'newline', 'comment', 'scalar', 'doc-mode']);

const directive: Complaint = {
  code: 'directives-not-allowed',
  message: 'YAML directives are not allowed: they would change how the rest of the file is read',
  advice: 'remove the line; the state is YAML 1.2',
};

const tooDeep: Complaint = {
  code: 'too-deep',
  message: `mappings and lists are nested more than ${DEEPEST} deep`,
  advice: 'no document of the state needs more than about ten levels',
};

/**
 * The library makes an error object for every stray character; a megabyte of them takes ten seconds and more than a
 * gigabyte with stack traces that nobody reads, and two seconds without.
 */
function compose(tokens: readonly Token[], end: number): readonly Document.Parsed[] {
  const traces = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return [...new Composer(OPTIONS).compose(tokens, false, end)];
  } finally {
    Error.stackTraceLimit = traces;
  }
}

/** A document with nothing in it, or only comments, says nothing and is left out. */
function hasContents(document: Document.Parsed): boolean {
  const contents: ParsedNode | null = document.contents;
  return contents !== null && contents.range[0] !== contents.range[1];
}

/** One mistake often makes the parser complain several times on the same line: the first is nearest to it. */
function onePerLine(errors: readonly YAMLParseError[], source: Source): readonly Problem[] {
  const byLine = new Map<number, Problem>();
  for (const error of errors) {
    const { line } = positionAt(source, error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, problemAt(source, error.pos[0], describeYamlError(error, source)));
  }
  return [...byLine.values()];
}

/** What a schema complains about → problems at the place in the YAML, in plain words, with what to write instead. */

import type { z } from 'zod';
import { findNearest } from '../model/nearest.ts';
import type { Problem } from '../model/problem.ts';
import { isStateCode } from './codes.ts';
import { describeIssue, type KnownKeys } from './describe-issue.ts';
import { type Complaint, problemAt, type Source } from './source.ts';
import { keyOffset, type Located, locate, type Path, type Tree } from './tree.ts';
import { oneOf, quote, suggest } from './words.ts';

type Issue = z.core.$ZodIssue;

/** A document, or a part of it that has a schema of its own. */
export type Part = {
  readonly source: Source;
  readonly tree: Tree;
  readonly at: Path;
  readonly broken: ReadonlySet<Tree>;
};

export type Checked<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value?: never; readonly problems: readonly Problem[] };

/** `data` is what the part says, with substitutions made; the part itself only tells where things stand. */
export function check<T>(schema: z.ZodType<T, unknown>, data: unknown, part: Part): Checked<T> {
  const known: KnownKeys = new WeakMap();
  const parsed = schema.safeParse(data, { error: (issue) => describeIssue(issue, known) });
  if (parsed.success) return { value: parsed.data, problems: [] };
  const issues = parsed.error.issues.flatMap((issue) => openUnion(issue, part.at));
  return { problems: withoutEchoes(issues, part.tree).flatMap((issue) => explain(issue, part, known)) };
}

/** Paths become those of the document, and the failure of a union that of the alternative that was meant. */
function openUnion(issue: Issue, at: Path): readonly Issue[] {
  const path = [...at, ...issue.path];
  const branch = issue.code === 'invalid_union' ? likeliest(issue.errors) : undefined;
  return branch ? branch.flatMap((inner) => openUnion(inner, path)) : [{ ...issue, path }];
}

/** A misspelt key is one mistake, not also a missing key or a mapping that says nothing. */
function withoutEchoes(issues: readonly Issue[], tree: Tree): readonly Issue[] {
  const unknown = new Map<string, readonly string[]>();
  for (const issue of issues) if (issue.code === 'unrecognized_keys') unknown.set(textOf(issue.path), issue.keys);
  const isEcho = ({ code, path }: Issue) => {
    if (code === 'custom' && unknown.has(textOf(path))) return true;
    const near = unknown.get(textOf(path.slice(0, -1))) ?? [];
    return findNearest(String(path.at(-1)), near) !== undefined && !locate(tree, path).found;
  };
  return unknown.size === 0 ? issues : issues.filter((issue) => !isEcho(issue));
}

function textOf(path: Path): string {
  return path.map(String).join('\0');
}

function explain(issue: Issue, { source, tree, broken }: Part, known: KnownKeys): readonly Problem[] {
  const { path } = issue;
  const located = locate(tree, path);
  if (located.trail.some((above) => broken.has(above))) return [];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) =>
      problemAt(source, keyOffset(tree, path, key), unknownKey(key, known.get(issue.keys) ?? [])),
    );
  const isKey = issue.code === 'invalid_key';
  const offset = isKey ? keyOffset(tree, path.slice(0, -1), String(path.at(-1))) : located.offset;
  return [problemAt(source, offset, complaintOf(issue, located))];
}

/** Of the alternatives of a union, the one whose outer form fits: only something inside it is wrong. */
function likeliest(branches: readonly Issue[][]): readonly Issue[] | undefined {
  const fitting = branches.filter((issues) => issues.every((issue) => issue.path.length > 0 || isCloser(issue)));
  return fitting.length === 1 ? fitting[0] : undefined;
}

function isCloser({ code }: Issue): boolean {
  return code !== 'invalid_type' && code !== 'invalid_value' && code !== 'invalid_union';
}

function unknownKey(key: string, known: readonly string[]): Complaint {
  const before = /^(.*?):/.exec(key)?.[1] ?? '';
  const hint = known.includes(before) ? { advice: `put a space after the colon of "${before}:"` } : suggest(key, known);
  return { code: 'unknown-key', message: `unknown key ${quote(key)}`, ...hint };
}

function complaintOf(issue: Issue, located: Located): Complaint {
  // What is wrong with a key is told inside the complaint about it.
  const own = issue.code === 'invalid_key' ? (issue.issues[0] as Issue | undefined) : issue;
  const params = own?.code === 'custom' ? own.params : undefined;
  const code = isStateCode(params?.code) ? params.code : codeOf(issue, located);
  const advice = typeof params?.advice === 'string' ? params.advice : adviceFor(issue, located);
  return { code, message: issue.message, ...(advice !== undefined && { advice }) };
}

function codeOf(issue: Issue, { found }: Located) {
  if (!found) return 'missing-key';
  return issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'wrong-type' : 'wrong-value';
}

function adviceFor(issue: Issue, { tree, found }: Located): string | undefined {
  if (!found) return undefined;
  const values = valuesOf(issue);
  if (tree.kind !== 'scalar') return values.length > 0 ? `write ${oneOf(values)}` : undefined;
  if (tree.value === null) return 'write a value, or remove the line';
  const written = tree.written.slice(0, 60);
  const expected = issue.code === 'invalid_type' ? issue.expected : '';
  if (expected === 'string') return `put it in quotes: "${written}"`;
  if (expected === 'array') return `write a list: [${written}]`;
  if (expected === 'boolean' && /^(yes|on|no|off)$/i.test(written))
    return `write ${/^(yes|on)$/i.test(written)}: YAML 1.2 reads ${written} as a text`;
  if (/^(number|int)$/.test(expected) && /^-?\d+$/.test(written)) return `write it without quotes: ${written}`;
  const near = findNearest(written, values);
  return near === undefined ? undefined : `did you mean "${near}"?`;
}

/** The words that would have been accepted here. */
function valuesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union'
    ? issue.errors.flat().flatMap((inner) => (inner.path.length === 0 ? valuesOf(inner) : []))
    : [];
}

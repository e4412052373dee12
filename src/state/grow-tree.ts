/** YAML nodes → tree. Refuses what is more than data: anchors, tags, merge keys, numbers that are easily misread. */
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import type { Problem } from '../model/problem.ts';
import { type Complaint, positionAt, problemAt, type Source } from './source.ts';
import type { Member, Scalar, Tree } from './tree.ts';
import { quote } from './words.ts';

export type Growth = {
  readonly source: Source;
  readonly problems: Problem[];
  /** Parts that already have a problem: what follows from it is not reported as well. */
  readonly broken: Set<Tree>;
};

/** `fallback` is where an absent node is said to stand. */
export function growTree(node: ParsedNode | null, growth: Growth, fallback = 0): Tree {
  if (node === null) return { kind: 'scalar', value: null, offset: fallback, written: '' };
  const offset = node.range[0];
  checkProperties(node, growth);
  if (isMap(node)) return { kind: 'mapping', members: growMembers(node, growth), offset };
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => growTree(item, growth, offset)), offset };
  const scalar = growScalar(node, offset);
  if (isAlias(node)) growth.broken.add(scalar);
  checkNumber(scalar, growth);
  return scalar;
}

function growScalar(node: ParsedNode, offset: number): Scalar {
  const value = isScalar(node) ? node.value : null;
  const written = isScalar(node) ? (node.source ?? '') : '';
  const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { kind: 'scalar', value: plain, offset, written };
}

function growMembers(map: YAMLMap.Parsed, growth: Growth): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const { key, value } of map.items) {
    const keyOffset = key.range[0];
    checkProperties(key, growth);
    const name = isScalar(key) ? String(key.value) : '';
    const member = { keyOffset, tree: growTree(value, growth, keyOffset) };
    const complaint = checkKey(name, members.get(name), growth.source);
    if (complaint) growth.problems.push(problemAt(growth.source, keyOffset, complaint));
    else members.set(name, member);
  }
  return members;
}

function checkKey(name: string, first: Member | undefined, source: Source): Complaint | undefined {
  if (name === '<<')
    return { code: 'merge-keys-not-allowed', message: 'merge keys are not allowed', advice: 'write the keys out' };
  if (name === '' || name === '__proto__')
    return { code: 'key-not-allowed', message: `${quote(name)} cannot be a key` };
  if (first === undefined) return undefined;
  const { line, column } = positionAt(source, first.keyOffset);
  return {
    code: 'duplicate-key',
    message: `the key ${quote(name)} is written twice: here and at ${line}:${column}`,
    advice: 'keep one of them',
  };
}

/** Nothing is expanded: an alias is refused where it stands, so a document of nested aliases costs no more than its text. */
function checkProperties(node: ParsedNode, { source, problems }: Growth): void {
  const start = node.range[0];
  if (isAlias(node)) problems.push(problemAt(source, start, notAllowed('alias', `*${node.source}`)));
  else if (node.anchor !== undefined) {
    const offset = source.text.lastIndexOf(`&${node.anchor}`, start);
    problems.push(problemAt(source, offset, notAllowed('anchor', `&${node.anchor}`)));
  }
  if (!isAlias(node) && node.tag !== undefined) {
    const offset = source.text.lastIndexOf(node.tag.startsWith('!') ? node.tag : '!!', start);
    problems.push(problemAt(source, offset < 0 ? start : offset, tagNotAllowed(node.tag)));
  }
}

function notAllowed(what: string, written: string): Complaint {
  return {
    code: 'anchors-not-allowed',
    message: `the ${what} ${quote(written)} is not allowed`,
    advice: 'write the value out where it is needed, or name it as a range or a policy of its own',
  };
}

function tagNotAllowed(tag: string): Complaint {
  const written = tag.replace(/^tag:yaml\.org,2002:/, '!!');
  return {
    code: 'tags-not-allowed',
    message: `the tag ${quote(written)} is not allowed: the state is plain data`,
    advice: 'remove the tag; put a text that looks like a number in quotes',
  };
}

const PLAIN_NUMBER = /^(0|-?[1-9]\d*|-?(0|[1-9]\d*)\.\d+)$/;

/** YAML 1.2 reads `0o17` as 15, `012` as 12 and `1e3` as 1000; readers, and YAML 1.1, differ about each of them. */
function checkNumber(scalar: Scalar, { source, problems, broken }: Growth): void {
  const { value, written } = scalar;
  const exact = typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value);
  if (typeof value !== 'number' || (PLAIN_NUMBER.test(written) && exact)) return;
  broken.add(scalar);
  const plainly = Number.isFinite(value) && exact && !/^0\d/.test(written) ? `write ${value || 0}, or ` : '';
  problems.push(
    problemAt(source, scalar.offset, {
      code: 'unusual-number',
      message: `${quote(written)} would be read as the number ${value}`,
      advice: `${plainly}put it in quotes if it is a text, such as an account id: "${written}"`,
    }),
  );
}

/**
 * `${env:TRUEUP_…}` in the connection fields of a fleet, and nowhere else. The value goes into the data only: the tree,
 * from which everything that is shown comes, keeps the placeholder.
 */
import type { Json } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { type Complaint, problemAt, type Source } from './source.ts';
import { type Path, type Scalar, type Tree, toJson } from './tree.ts';
import { quote } from './words.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Substituted = {
  readonly data: Json;
  readonly problems: readonly Problem[];
  /** Texts whose substitution failed. */
  readonly broken: ReadonlySet<Tree>;
};

const PLACEHOLDER = /\$\{env:(TRUEUP_[A-Z0-9_]+)\}/g;

/** `env` is undefined where nothing is substituted. */
export function substitute(source: Source, tree: Tree, env: Environment | undefined): Substituted {
  const connection = env === undefined ? new Set<Tree>() : connectionFields(tree);
  const problems: Problem[] = [];
  const broken = new Set<Tree>();
  const data = toJson(tree, (scalar) => {
    if (typeof scalar.value !== 'string') return scalar.value;
    const complaint = connection.has(scalar) ? misuse(scalar.value, env ?? {}) : misplaced(scalar.value);
    if (complaint === undefined) return connection.has(scalar) ? fill(scalar.value, env ?? {}) : scalar.value;
    problems.push(problemAt(source, scalar.offset, complaint));
    broken.add(scalar);
    return scalar.value;
  });
  return { data, problems, broken };
}

function fill(text: string, env: Environment): string {
  return text.replace(PLACEHOLDER, (_, name: string) => env[name] ?? '');
}

function misplaced(text: string): Complaint | undefined {
  if (!text.includes('${env:')) return undefined;
  return {
    code: 'env-not-allowed',
    message: 'nothing is substituted here',
    advice: `\${env:…} works in externalId, role, endpoints, caller and the ids of accounts of a Fleet; write the value itself here`,
  };
}

function misuse(text: string, env: Environment): Complaint | undefined {
  if (text.replace(PLACEHOLDER, '').includes('${')) return malformed(text);
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined || value === '')
      return {
        code: 'env-missing',
        message: `the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`,
        advice: `set ${name}, or write the value itself`,
      };
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
      return {
        code: 'env-missing',
        message: `the environment variable ${name} holds a line break or another control character`,
        advice: `set ${name} without it; a file that was read into it may end in a line break`,
      };
  }
  return undefined;
}

function malformed(text: string): Complaint {
  const name = /\$\{\{?\s*(?:env[:.]|secrets\.|vars\.)?\s*([A-Za-z0-9_]+)/.exec(text)?.[1] ?? 'NAME';
  const wanted = name.toUpperCase().startsWith('TRUEUP_') ? name.toUpperCase() : `TRUEUP_${name.toUpperCase()}`;
  return {
    code: 'env-malformed',
    message: `only variables whose names start with TRUEUP_ are substituted, written \${env:TRUEUP_…}`,
    advice: `write ${quote(`\${env:${wanted}}`)} and set that variable`,
  };
}

const CONNECTION: readonly Path[] = [
  ['externalId'],
  ['caller'],
  ['role', '*'],
  ['endpoints', '*', '*'],
  ['accounts', '*', 'id'],
];

function connectionFields(tree: Tree): ReadonlySet<Tree> {
  return new Set<Tree>(CONNECTION.flatMap((path) => scalarsAt(tree, path)));
}

/** `*` is any key of a mapping, or any item of a list. */
function scalarsAt(tree: Tree, [part, ...rest]: Path): readonly Scalar[] {
  if (part === undefined) return tree.kind === 'scalar' ? [tree] : [];
  if (tree.kind === 'list') return part === '*' ? tree.items.flatMap((item) => scalarsAt(item, rest)) : [];
  if (tree.kind !== 'mapping') return [];
  return [...tree.members]
    .filter(([key]) => part === '*' || key === part)
    .flatMap(([, member]) => scalarsAt(member.tree, rest));
}
